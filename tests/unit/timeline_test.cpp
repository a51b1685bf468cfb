// The run as a picture: which lanes there are, what stands in them, and what the files hold.
#include "common/run/timeline.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "support/text.hpp"

namespace {

using common::Clock;
using common::DownloadError;
using common::ErrorKind;
using common::LaneKind;
using common::Page;
using common::Result;
using common::Run;
using common::Span;
using common::Step;
using common::Timestamps;
using std::chrono::milliseconds;
using test_support::count_of;
using Strings = std::vector<std::string>;

const Clock::time_point start = Clock::time_point(std::chrono::hours(7));

Clock::time_point at(int ms) {
    return start + milliseconds(ms);
}

struct Who {
    std::uint32_t worker = 0;
    std::int32_t process = 100;
    std::int32_t thread = 100;
};

// A page on a kept connection: asked for at once, answered and received `wait` ms later.
Timestamps times(int begin, int wait, Who who = {}, int compute = 0) {
    return {.begin = at(begin),
            .requested = at(begin),
            .answered = at(begin + wait),
            .received = at(begin + wait),
            .end = at(begin + wait + compute),
            .worker = who.worker,
            .process_id = who.process,
            .thread_id = who.thread};
}

Result page(const Timestamps& times) {
    return Page{.status = 200, .bytes = 10, .times = times};
}

Result failure(const Timestamps& times) {
    return DownloadError{.kind = ErrorKind::timeout, .message = "too \"late\"", .times = times};
}

Run run_of(std::vector<Result> results, std::size_t workers, int ms) {
    Run run{.model = "threads", .workers = workers, .begin = start, .seconds = milliseconds(ms)};
    for (std::size_t i = 0; i < results.size(); ++i)
        run.urls.push_back("http://a/" + std::to_string(i));
    run.results = std::move(results);
    return run;
}

// Two threads, two pages each, one after another, 100 ms a page.
Run two_threads() {
    return run_of({page(times(0, 100, {0, 100, 101})), page(times(0, 100, {1, 100, 102})),
                   page(times(100, 100, {0, 100, 101})), page(times(100, 100, {1, 100, 102}))},
                  2, 200);
}

Strings lines_of(const std::string& text) {
    Strings lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

std::string steps_of(const Result& result) {
    std::string steps;
    Clock::time_point reached = times_of(result).begin;
    for (const Span& span : spans_of(result)) {
        CHECK(span.begin == reached);
        reached = span.end;
        steps += std::string(steps.empty() ? "" : ", ") + std::string(name_of(span.step));
    }
    return steps;
}

TEST_CASE("the steps of a page follow one another without gaps") {
    const Timestamps whole{.begin = at(0),
                           .redirected = at(1),
                           .resolved = at(2),
                           .connected = at(3),
                           .secured = at(4),
                           .requested = at(5),
                           .answered = at(6),
                           .received = at(7),
                           .end = at(8)};
    CHECK(steps_of(page(whole)) ==
          "redirect, resolve, connect, TLS handshake, request, wait, receive, compute");
    CHECK(spans_of(page(whole)).back().end == at(8));
    CHECK(steps_of(page(times(0, 100))) == "wait");
    CHECK(steps_of(page(times(0, 100, {}, 5))) == "wait, compute");
    CHECK(spans_of(failure({})).empty());
}

TEST_CASE("a page that failed did so in the step that it had not finished") {
    Timestamps failed{.begin = at(0), .received = at(10), .end = at(10)};
    const auto steps_of_failure = [&](ErrorKind kind = ErrorKind::timeout) {
        return steps_of(DownloadError{.kind = kind, .message = "", .times = failed});
    };
    CHECK(steps_of_failure() == "resolve");
    CHECK(steps_of_failure(ErrorKind::resolve) == "resolve");
    CHECK(steps_of_failure(ErrorKind::bad_url) == "unknown");
    CHECK(steps_of_failure(ErrorKind::worker_died) == "unknown");
    failed.resolved = at(1);
    CHECK(steps_of_failure() == "resolve, connect");
    failed.connected = at(2);
    CHECK(steps_of_failure() == "resolve, connect, TLS handshake");
    failed.secured = at(3);
    CHECK(steps_of_failure() == "resolve, connect, TLS handshake, request");
    failed.requested = at(4);
    CHECK(steps_of_failure() == "resolve, connect, TLS handshake, request, wait");
    failed.answered = at(5);
    CHECK(steps_of_failure() == "resolve, connect, TLS handshake, request, wait, receive");
}

TEST_CASE("a lane is what the model has several of") {
    const auto kind = [](Who first, Who second) {
        return lane_kind_of(run_of({page(times(0, 1, first)), page(times(0, 1, second))}, 2, 9));
    };
    CHECK(kind({0, 100, 101}, {1, 100, 102}) == LaneKind::thread);
    CHECK(kind({0, 101, 101}, {1, 102, 102}) == LaneKind::process);
    CHECK(kind({0, 100, 100}, {1, 100, 100}) == LaneKind::place);
    CHECK(lane_kind_of(run_of({page(times(0, 1)), page(times(1, 1))}, 1, 9)) == LaneKind::page);
    // A page that never began has no process.
    CHECK(lane_kind_of(run_of({page(times(0, 1, {0, 100, 101})), DownloadError{}}, 2, 9)) ==
          LaneKind::thread);
}

TEST_CASE("the prediction is rounds of pages times the latency, or else the median page") {
    Run run = run_of({page(times(0, 90)), page(times(0, 110)), page(times(0, 900)),
                      page(times(0, 100)), page(times(0, 80))},
                     2, 300);
    REQUIRE(prediction_for(run));
    CHECK(prediction_for(run)->rounds == 3);
    CHECK(prediction_for(run)->wait == doctest::Approx(0.1));
    run.latency = milliseconds(50);
    CHECK(prediction_for(run)->seconds() == doctest::Approx(0.15));
    run.results[2] = failure(times(0, 900));
    CHECK_FALSE(prediction_for(run));
    CHECK_FALSE(prediction_for(run_of({}, 1, 5)));
}

TEST_CASE("the terminal shows one lane per thread, with a scale and the prediction") {
    const Strings lines = lines_of(timeline_text(two_threads(), false));
    REQUIRE(lines.size() == 6);
    CHECK(lines[0].empty());
    const std::string half(34, '-');
    CHECK(lines[1] == "thread 1  |" + half + "|" + half);
    CHECK(lines[2] == "thread 2  |" + half + "|" + half);
    CHECK(lines[3].starts_with("          0 s"));
    CHECK(lines[3].find("0.1") == 10 + 35);
    CHECK(lines[5] == "predicted, from the waits alone: 2 x 0.100 s = 0.200 s; measured: 0.200 s");
}

TEST_CASE("one worker's pages are a staircase") {
    std::vector<Result> results;
    for (int i = 0; i < 4; ++i)
        results.push_back(page(times(i * 25, 25)));
    const Strings lines = lines_of(timeline_text(run_of(results, 1, 100), false));
    std::size_t previous = 0;
    for (std::size_t i = 1; i <= 4; ++i) {
        CHECK(lines.at(i).starts_with("page " + std::to_string(i)));
        CHECK(lines.at(i).find('|') > previous);
        previous = lines.at(i).find('|');
    }
}

TEST_CASE("connecting, computing and failing have characters of their own") {
    Timestamps slow = times(0, 50, {0, 100, 101}, 50);
    slow.resolved = slow.connected = at(1);
    slow.secured = slow.requested = at(25);
    const std::string text =
        timeline_text(run_of({page(slow), failure(times(0, 100, {1, 100, 102}))}, 2, 100), false);
    const std::string lane = lines_of(text).at(1);
    for (const char glyph : {'+', '-', '#'})
        CHECK(std::count(lane.begin(), lane.end(), glyph) >= 16);
    CHECK(lane.find('x') == std::string::npos);
    CHECK(lines_of(text).at(2).ends_with("-x"));
}

TEST_CASE("however many pages and workers, the terminal's timeline is 80 columns and 20 lines") {
    for (const std::size_t workers : {1U, 7U, 16U, 17U, 1000U, 100'000U}) {
        CAPTURE(workers);
        std::vector<Result> results;
        for (std::uint32_t i = 0; i < 2000; ++i)
            results.push_back(page(times(static_cast<int>(i), 7,
                                         {i % static_cast<std::uint32_t>(workers), 100, 101})));
        results.push_back(failure(times(2000, 5)));
        const Strings lines = lines_of(timeline_text(run_of(results, workers, 2007), false));
        CHECK(lines.size() <= 20);
        CHECK(lines.size() >= std::min<std::size_t>(workers == 1 ? 2001 : workers, 16) + 3);
        for (const std::string& line : lines)
            CHECK(line.size() <= 80);
    }
}

TEST_CASE("every failure is marked, also where a lane stands for many workers") {
    std::vector<Result> results;
    for (std::uint32_t i = 0; i < 100; ++i)
        results.push_back(i == 57 ? failure(times(0, 50, {i, 100, 101}))
                                  : page(times(0, 100, {i, 100, 101})));
    const Strings lines = lines_of(timeline_text(run_of(results, 100, 100), false));
    std::size_t marked = 0;
    for (const std::string& line : lines)
        if (line.find("-x-") != std::string::npos) {
            ++marked;
            CHECK(line.starts_with("threads 57-62"));
        }
    CHECK(marked == 1);
}

TEST_CASE("every lane is drawn in the row that names it") {
    for (std::uint32_t failed = 0; failed < 17; ++failed) {
        std::vector<Result> results;
        for (std::uint32_t i = 0; i < 17; ++i)
            results.push_back(i == failed ? failure(times(0, 50, {i, 100, 101}))
                                          : page(times(0, 100, {i, 100, 101})));
        for (const std::string& line : lines_of(timeline_text(run_of(results, 17, 100), false))) {
            if (line.find("-x-") == std::string::npos)
                continue;
            CAPTURE(line);
            const std::string numbers = line.substr(line.find_first_of("0123456789"));
            const std::size_t dash = numbers.find('-');
            const auto first = std::stoul(numbers);
            const auto last = dash < 3 ? std::stoul(numbers.substr(dash + 1)) : first;
            CHECK(first <= failed + 1);
            CHECK(failed + 1 <= last);
        }
    }
}

TEST_CASE("colours add to what the characters say already") {
    const std::string plain = timeline_text(two_threads(), false);
    std::string coloured = timeline_text(two_threads(), true);
    CHECK(plain.find('\033') == std::string::npos);
    CHECK(coloured.find("\033[36m") != std::string::npos);
    for (std::size_t i = coloured.find('\033'); i != std::string::npos; i = coloured.find('\033'))
        coloured.erase(i, coloured.find('m', i) - i + 1);
    CHECK(coloured == plain);
}

TEST_CASE("a run without pages or without time has no timeline") {
    CHECK(timeline_text(run_of({}, 5, 10), false).empty());
    CHECK(timeline_text(run_of({page(times(0, 0))}, 1, 0), false).empty());
}

TEST_CASE("pages that nobody took up have a lane without a mark") {
    const Strings lines =
        lines_of(timeline_text(run_of({page(times(0, 10)), DownloadError{}}, 1, 10), false));
    CHECK(lines.at(1).starts_with("page 1  |--"));
    CHECK(lines.at(2) == "page 2  ");
}

TEST_CASE("a process's lane has its number, also when some pages nobody took up") {
    const Strings lines =
        lines_of(timeline_text(run_of({page(times(0, 10, {0, 101, 101})),
                                       page(times(0, 10, {1, 102, 102})), DownloadError{}},
                                      2, 10),
                               false));
    CHECK(lines.at(1).starts_with("process 101  |--"));
    CHECK(lines.at(2).starts_with("process 102  |--"));
}

TEST_CASE("the picture says in both languages what it shows, and how it was made") {
    const std::string svg = timeline_svg(two_threads(), "threads --workers 2");
    CHECK(svg.find(">threads: 4 pages, 2 workers, 0.200 s · 4 páginas, 2 workers, 0,200 s<") !=
          std::string::npos);
    CHECK(svg.find("4 of 4 pages arrived.") != std::string::npos);
    CHECK(svg.find("4 de 4 páginas chegaram.") != std::string::npos);
    CHECK(svg.find("<metadata>made by: threads --workers 2</metadata>") != std::string::npos);
    CHECK(svg.find("fails") == std::string::npos);
    CHECK(svg.find("computes") == std::string::npos);
}

TEST_CASE("the picture has a bar for every wait, and a cross for every failure") {
    Run run = two_threads();
    run.results[1] = failure(times_of(run.results[1]));
    const std::string svg = timeline_svg(run, "threads");
    const std::size_t waits = svg.find("<path class=\"waiting\" d=\"");
    REQUIRE(waits != std::string::npos);
    CHECK(count_of(svg.substr(waits, svg.find("/>", waits) - waits), "M") == 4);
    // Two strokes for the failure and two in the legend.
    CHECK(count_of(svg, "class=\"failed cross\"") == 4);
    CHECK(svg.find("3 of 4 pages arrived.") != std::string::npos);
}

TEST_CASE("the picture of a run with thousands of lanes stays within its height") {
    std::vector<Result> results;
    for (std::uint32_t i = 0; i < 1000; ++i)
        results.push_back(page(times(0, 100, {i, 100, 100})));
    const std::string svg = timeline_svg(run_of(results, 1000, 100), "async");
    const std::size_t box = svg.find("viewBox=\"0 0 860 ");
    REQUIRE(box != std::string::npos);
    CHECK(std::stod(svg.substr(box + 17)) < 640);
    CHECK(count_of(svg, "<text") < 60);
    CHECK(svg.find(">1000</text>") != std::string::npos);
}

// Where the first page's bar begins and ends.
std::pair<double, double> first_bar(const std::string& svg) {
    const std::size_t path = svg.find("<path class=\"waiting\" d=\"M");
    REQUIRE(path != std::string::npos);
    const std::size_t at = svg.find('M', path) + 1;
    return {std::stod(svg.substr(at)), std::stod(svg.substr(svg.find('h', at) + 1))};
}

TEST_CASE("pictures may have a longer time axis, and never a shorter one, than their run") {
    const Run run = run_of({page(times(0, 100))}, 1, 100);
    const auto [begin, length] = first_bar(timeline_svg(run, "sync"));
    const auto [same_begin, quarter] = first_bar(timeline_svg(run, "sync", 0.4));
    CHECK(same_begin == begin);
    CHECK(quarter == doctest::Approx(length / 4));
    CHECK(timeline_svg(run, "sync", 0.05) == timeline_svg(run, "sync"));
    CHECK(timeline_svg(run, "sync", 0.4).find(">0.4</text>") != std::string::npos);
}

TEST_CASE("a picture of nothing is a picture") {
    CHECK(timeline_svg(run_of({}, 1, 0), "sync").ends_with("</svg>\n"));
}

nlohmann::json events_of(const Run& run) {
    return nlohmann::json::parse(trace_json(run)).at("traceEvents");
}

TEST_CASE("the trace has the page and its steps as complete events of the real threads") {
    Run run = two_threads();
    run.results[3] = failure(times_of(run.results[3]));
    run.urls[3] = "http://a/\"\xff\n";
    const auto events = events_of(run);
    std::size_t pages = 0;
    std::set<int> threads;
    for (const auto& event : events) {
        if (event.at("ph") == "M")
            continue;
        CHECK(event.at("ph") == "X");
        CHECK(event.at("pid") == 100);
        CHECK(event.at("dur") == 100'000.0);
        threads.insert(event.at("tid").get<int>());
        pages += event.contains("args") ? 1 : 0;
    }
    CHECK(pages == 4);
    CHECK(threads == std::set{101, 102});
    const auto last = std::find_if(events.begin(), events.end(), [](const auto& event) {
        return event.at("name") == "page 4: timeout";
    });
    REQUIRE(last != events.end());
    CHECK(last->at("ts") == 100'000.0);
    CHECK(last->at("args").at("error") == "too \"late\"");
    CHECK(last->at("args").at("url") == "http://a/\"\uFFFD\n");
}

TEST_CASE("the trace tells nanoseconds") {
    Timestamps page_times = times(0, 1);
    page_times.answered = page_times.received = page_times.end =
        at(1) + std::chrono::nanoseconds(5);
    const std::string trace = trace_json(run_of({page(page_times)}, 1, 2));
    CHECK(count_of(trace, "\"dur\":1000.005") == 2);  // the page, and its wait
}

TEST_CASE("the trace of pages that take turns in one thread has a track for each place") {
    const auto events =
        events_of(run_of({page(times(0, 100, {0})), page(times(10, 100, {1}, 20))}, 2, 130));
    std::multiset<std::string> halves;
    bool computes = false;
    for (const auto& event : events)
        if (event.at("ph") != "M") {
            halves.insert(event.at("ph"));
            CHECK(event.at("cat") == "page");
            CHECK(event.at("id") ==
                  (event.at("ts") < 10'000.0 || event.at("ts") == 100'000.0 ? 0 : 1));
            computes = computes || event.at("name") == "compute";
        }
    // Two pages with a wait each, and one that computes.
    CHECK(halves.count("b") == 5);
    CHECK(halves.count("e") == 5);
    CHECK(computes);
}

TEST_CASE("the trace names processes and threads") {
    const auto events =
        events_of(run_of({page(times(0, 1, {0, 201, 201})), page(times(0, 1, {1, 202, 202})),
                          page(times(1, 1, {0, 201, 201}))},
                         2, 2));
    std::multiset<std::string> names;
    for (const auto& event : events)
        if (event.at("ph") == "M")
            names.insert(event.at("args").at("name"));
    CHECK(names == std::multiset<std::string>{"threads", "threads worker 1", "threads worker 2",
                                              "worker 1", "worker 2"});
}

}  // namespace
