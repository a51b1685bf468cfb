// The run as a picture: which lanes there are, what stands in them, and what the files hold.
#include "common/run/timeline.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "common/run/timeline_scale.hpp"
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
using test_support::contains;
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

// A new connection after a redirect, and work: each step takes so many ms.
Timestamps with_every_step(int ms) {
    return {.begin = at(0),
            .redirected = at(ms),
            .resolved = at(2 * ms),
            .connected = at(3 * ms),
            .secured = at(4 * ms),
            .requested = at(5 * ms),
            .answered = at(6 * ms),
            .received = at(7 * ms),
            .end = at(8 * ms)};
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
    const Timestamps whole = with_every_step(1);
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
    CHECK(steps_of_failure(ErrorKind::connect) == "resolve");
    CHECK(steps_of_failure(ErrorKind::stopped) == "resolve");
    for (const ErrorKind kind : {ErrorKind::bad_url, ErrorKind::worker_died, ErrorKind::internal})
        CHECK(steps_of_failure(kind) == "unknown");
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
    // What a page computes is no wait.
    const Run computing = run_of({page(times(0, 100, {}, 50))}, 1, 150);
    REQUIRE(prediction_for(computing));
    CHECK(prediction_for(computing)->wait == doctest::Approx(0.1));
    // Of two pages it is the slower one.
    const Run two = run_of({page(times(0, 300)), page(times(0, 100))}, 2, 300);
    REQUIRE(prediction_for(two));
    CHECK(prediction_for(two)->rounds == 1);
    CHECK(prediction_for(two)->wait == doctest::Approx(0.3));
}

TEST_CASE("the terminal shows one lane per thread, with a scale and the prediction") {
    const Strings lines = lines_of(timeline_text(two_threads(), false));
    REQUIRE(lines.size() == 6);
    CHECK(lines[0].empty());
    const std::string half(34, '-');
    CHECK(lines[1] == "thread 1  |" + half + "|" + half);
    CHECK(lines[2] == "thread 2  |" + half + "|" + half);
    CHECK(lines[3].starts_with("          0 s"));
    CHECK(lines[3].find("0.05") == 10 + 17);
    CHECK(lines[3].find("0.1") == 10 + 35);
    CHECK(lines[3].find("0.15") == 10 + 52);
    CHECK(lines[4] == "          | page begins   + connects   - waits   # computes   x failed");
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
    const Run run = run_of({page(slow), failure(times(0, 100, {1, 100, 102}))}, 2, 100);
    const std::string text = timeline_text(run, false);
    const std::string lane = lines_of(text).at(1);
    for (const char glyph : {'+', '-', '#'})
        CHECK(std::count(lane.begin(), lane.end(), glyph) >= 16);
    CHECK(lane.find('x') == std::string::npos);
    CHECK(lines_of(text).at(2).ends_with("-x"));
    const std::string coloured = timeline_text(run, true);
    for (const char* glyph : {"\033[35m+", "\033[36m-", "\033[33m#", "\033[1;31mx\033[0m"})
        CHECK(contains(coloured, glyph));
    const Run every = run_of({page(with_every_step(10))}, 1, 80);  // nine columns a step
    CHECK(lines_of(timeline_text(every, false)).at(1) ==
          "page 1  |" + std::string(8, '-') + std::string(27, '+') + std::string(27, '-') +
              std::string(9, '#'));
}

TEST_CASE("a column shows what took most of its time") {
    using std::chrono::microseconds;
    const auto lane = [](microseconds connected, microseconds answered) {
        Timestamps slow = times(0, 70, {0, 100, 101});
        slow.connected = slow.requested = start + connected;
        slow.answered = slow.received = start + answered;
        const Run run = run_of({page(slow), page(times(0, 70, {1, 100, 102}))}, 2, 70);
        return lines_of(timeline_text(run, false)).at(1);  // a column is a millisecond
    };
    const auto repeated = [](std::size_t count, char glyph) { return std::string(count, glyph); };
    CHECK(lane(microseconds(20'400), microseconds(60'300)) ==
          "thread 1  |" + repeated(19, '+') + repeated(40, '-') + repeated(10, '#'));
    CHECK(lane(microseconds(20'600), microseconds(60'700)) ==
          "thread 1  |" + repeated(20, '+') + repeated(40, '-') + repeated(9, '#'));
}

TEST_CASE("a page that failed as soon as it began is marked as failed") {
    const Result refused =
        DownloadError{.kind = ErrorKind::bad_url, .times = times(0, 1, {1, 100, 102})};
    Run run = run_of({page(times(0, 100, {0, 100, 101})), refused}, 2, 100);
    common::times_of(run.results[1]).requested = {};
    common::times_of(run.results[1]).answered = {};
    CHECK(lines_of(timeline_text(run, false)).at(2) == "thread 2  x");
    CHECK_FALSE(contains(timeline_svg(run, "threads"), "class=\"connecting\""));
}

// As many pages as results, each in a lane of its own.
Run run_with_lanes(LaneKind kind, std::int32_t lanes) {
    std::vector<Result> results;
    for (std::int32_t i = 0; i < lanes; ++i) {
        const std::int32_t process = kind == LaneKind::process ? 201 + i : 100;
        const std::int32_t thread = kind == LaneKind::thread ? 301 + i : process;
        results.push_back(page(times(0, 100, {static_cast<std::uint32_t>(i), process, thread})));
    }
    return run_of(results, kind == LaneKind::page ? 1 : results.size(), 100);
}

TEST_CASE("a row of the terminal's timeline says what its lanes are, and which") {
    struct Example {
        LaneKind kind;
        std::string first;
        std::string last;
    };
    for (const Example& example :
         std::vector<Example>{{LaneKind::page, "page 1  ", "pages 16-17  "},
                              {LaneKind::thread, "thread 1  ", "threads 16-17  "},
                              {LaneKind::process, "process 201  ", "workers 16-17  "},
                              {LaneKind::place, "place 1  ", "places 16-17  "}}) {
        const Strings lines = lines_of(timeline_text(run_with_lanes(example.kind, 17), false));
        CAPTURE(lines.at(1));
        CAPTURE(lines.at(16));
        CHECK(lines.at(1).starts_with(example.first));
        CHECK(lines.at(16).starts_with(example.last));
    }
}

TEST_CASE("where pages are shorter than three columns their beginnings are not marked") {
    for (const int pages : {46, 47}) {  // in two lanes of 70 columns
        std::vector<Result> results;
        for (int i = 0; i < pages; ++i)
            results.push_back(
                page(times(i / 2 * 10, 10, {static_cast<std::uint32_t>(i % 2), 100, 101 + i % 2})));
        const std::string text = timeline_text(run_of(results, 2, 240), false);
        CHECK(contains(text, "| page begins   + connects") == (pages == 46));
        CHECK(count_of(text, "|") == (pages == 46 ? 46 + 1 : 0));
    }
}

TEST_CASE("a scale's step is the smallest round one that gives no more than so many parts") {
    using common::scale_step;
    CHECK(scale_step(4, 5) == doctest::Approx(1));
    CHECK(scale_step(7, 5) == doctest::Approx(2));
    CHECK(scale_step(11, 5) == doctest::Approx(2.5));
    CHECK(scale_step(20, 5) == doctest::Approx(5));
    CHECK(scale_step(30, 5) == doctest::Approx(10));
    CHECK(scale_step(0.07, 5) == doctest::Approx(0.02));
    CHECK(scale_step(30, 10) == doctest::Approx(5));
}

TEST_CASE("short times are told in milliseconds") {
    CHECK(common::seconds_text(1.0094) == "1.009 s");
    CHECK(common::seconds_text(0.01) == "0.010 s");
    CHECK(common::seconds_text(0.0098) == "9.80 ms");
    CHECK(common::seconds_text(0.00041) == "0.41 ms");
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
    CHECK(count_of(lines_of(coloured).at(1), "\033[36m") == 1);  // all of one colour
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
    CHECK(contains(svg,
                   ">from the waits alone: 2 x 0.100 s = 0.200 s · "
                   "só pelas esperas: 2 x 0,100 s = 0,200 s<"));
    CHECK(svg.find("4 of 4 pages arrived.") != std::string::npos);
    CHECK(svg.find("4 de 4 páginas chegaram.") != std::string::npos);
    CHECK(svg.find("<metadata>made by: threads --workers 2</metadata>") != std::string::npos);
    CHECK(svg.find("fails") == std::string::npos);
    CHECK(svg.find("computes") == std::string::npos);
    CHECK(contains(svg, "viewBox=\"0 0 860 222\""));  // two lanes of 24 and what is around them
    CHECK(contains(timeline_svg(run_of({page(times(0, 5))}, 1, 5), "sync"),
                   " pages, 1 worker, 0.005 s · 1 páginas, 1 worker, 0,005 s<"));
}

TEST_CASE("each page has its bar in its lane, from its begin to its end") {
    const std::string svg = timeline_svg(two_threads(), "threads");
    CHECK(contains(svg,
                   "<path class=\"waiting\" d=\"M84 125.92h376v8.16h-376zM84 149.92h376v8.16h-376z"
                   "M460 125.92h376v8.16h-376zM460 149.92h376v8.16h-376z\"/>"));
    CHECK(contains(svg,
                   "<path class=\"muted\" d=\"M84 119.2h1v21.6h-1zM84 143.2h1v21.6h-1z"
                   "M460 119.2h1v21.6h-1zM460 143.2h1v21.6h-1z\"/>"));
}

TEST_CASE("each kind of step has a colour, a height and a name in the legend") {
    const Timestamps whole = with_every_step(10);
    const std::string svg = timeline_svg(run_of({page(whole)}, 1, 80), "sync");
    CHECK(contains(svg,
                   "<path class=\"waiting\" d=\"M84 125.92h94v8.16h-94z"
                   "M460 125.92h94v8.16h-94zM554 125.92h94v8.16h-94z\"/>"));
    CHECK(contains(svg,
                   "<path class=\"connecting\" d=\"M178 122.56h94v14.88h-94z"
                   "M272 122.56h94v14.88h-94zM366 122.56h94v14.88h-94z\"/>"));
    CHECK(contains(svg, "<path class=\"receiving\" d=\"M648 122.56h94v14.88h-94z\"/>"));
    CHECK(contains(svg, "<path class=\"computing\" d=\"M742 119.2h94v21.6h-94z\"/>"));
    CHECK(contains(svg,
                   "<rect class=\"connecting\" x=\"84\" y=\"75.04\" width=\"18\" "
                   "height=\"9.92\"/>"));
    // Beside a name of 19 bytes.
    CHECK(contains(svg, "<rect class=\"waiting\" x=\"247.7\" "));
    CHECK(contains(svg, "x=\"273.7\" y=\"84\" text-anchor=\"start\">waits"));
    std::size_t previous = 0;
    for (const auto& [kind, name] : {std::pair{"connecting", ">connects · conecta</text>"},
                                     {"waiting", ">waits · espera</text>"},
                                     {"receiving", ">receives · recebe</text>"},
                                     {"computing", ">computes · calcula</text>"}}) {
        CHECK(count_of(svg, std::string("<rect class=\"") + kind + "\" ") == 1);
        CHECK(svg.find(name) != std::string::npos);
        CHECK(svg.find(name) > previous);
        previous = svg.find(name);
    }
}

TEST_CASE("what is too short to be seen in the picture is not in its legend") {
    for (const int ms : {1, 3}) {  // of 752 units for a second
        Timestamps quick = times(0, 1000);
        quick.received = quick.end = at(1000 + ms);
        const std::string svg = timeline_svg(run_of({page(quick)}, 1, 1000 + ms), "sync");
        CHECK(contains(svg, "<path class=\"receiving\""));
        CHECK(contains(svg, ">waits · espera</text>"));
        CHECK(contains(svg, ">receives · recebe</text>") == (ms == 3));
    }
}

TEST_CASE("a bar is long enough to be drawn, however short its time") {
    const std::string svg =
        timeline_svg(run_of({page(times(0, 1)), page(times(1, 9999))}, 1, 10'000), "sync");
    CHECK(contains(svg, "<path class=\"waiting\" d=\"M84 125.92h0.3v8.16h-0.3zM84.08 "));
}

TEST_CASE("what lies outside the run's time is drawn at its edge") {
    const Run run = run_of({page(times(-20, 200)), failure(times(50, 100))}, 1, 100);
    const std::string svg = timeline_svg(run, "sync");
    CHECK(contains(svg, "<path class=\"waiting\" d=\"M84 125.92h752v8.16h-752zM460 149.92h376v"));
    CHECK(contains(svg, "cross\" x1=\"831\" y1=\"149\" x2=\"841\""));
    const Strings lines = lines_of(timeline_text(run, false));
    CHECK(lines.at(1) == "page 1  |" + std::string(71, '-'));
    CHECK(lines.at(2) == "page 2  " + std::string(36, ' ') + "|" + std::string(34, '-') + "x");
}

TEST_CASE("the picture says in both languages what its lanes are") {
    struct Example {
        LaneKind kind;
        std::string heading;
        std::string english;
        std::string portuguese;
    };
    for (const Example& example : std::vector<Example>{
             {LaneKind::page, "page · página", "page", "página"},
             {LaneKind::thread, "thread", "thread", "thread"},
             {LaneKind::process, "process · processo", "process", "processo"},
             {LaneKind::place, "in flight · em andamento", "position among the pages in flight",
              "posição entre as páginas em andamento"}}) {
        CAPTURE(example.heading);
        const std::string svg = timeline_svg(run_with_lanes(example.kind, 2), "x");
        CHECK(contains(svg, ">" + example.heading + "</text>"));
        CHECK(contains(svg, "One lane for each " + example.english + ", time"));
        CHECK(contains(svg, "Uma faixa para cada " + example.portuguese + ", o tempo"));
        const bool process = example.kind == LaneKind::process;
        CHECK(contains(svg, std::string("x=\"74\" y=\"134\" text-anchor=\"end\">") +
                                (process ? "201" : "1") + "</text>"));
        CHECK(contains(svg, std::string("x=\"74\" y=\"158\" text-anchor=\"end\">") +
                                (process ? "202" : "2") + "</text>"));
    }
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
    CHECK(contains(svg, "cross\" x1=\"226.5\" y1=\"75\" x2=\"236.5\" y2=\"85\"/>"));
    CHECK(contains(svg, "cross\" x1=\"455\" y1=\"149\" x2=\"465\" y2=\"159\"/>"));
    CHECK(contains(svg, "cross\" x1=\"455\" y1=\"159\" x2=\"465\" y2=\"149\"/>"));
    CHECK(contains(svg, ">fails · falha</text>"));
    CHECK_FALSE(contains(svg, "from the waits alone"));
    CHECK(svg.find("3 of 4 pages arrived.") != std::string::npos);
    CHECK(contains(svg, "3 de 4 páginas chegaram."));
}

TEST_CASE("a failure is marked where its page failed, before what was computed of it") {
    const Run run = run_of({failure(times(0, 50, {}, 50))}, 1, 100);
    CHECK(contains(timeline_svg(run, "sync"), "cross\" x1=\"455\" y1=\"125\" x2=\"465\""));
    CHECK(lines_of(timeline_text(run, false)).at(1) ==
          "page 1  |" + std::string(35, '-') + "x" + std::string(35, '#'));
}

// As many pages as lanes, all at once.
std::string picture_with_lanes(std::uint32_t lanes) {
    std::vector<Result> results;
    for (std::uint32_t i = 0; i < lanes; ++i)
        results.push_back(page(times(0, 100, {i, 100, 100})));
    return timeline_svg(run_of(results, lanes, 100), "async");
}

TEST_CASE("the picture of a run with a thousand lanes stays within its height") {
    const std::string svg = picture_with_lanes(1000);
    const std::size_t box = svg.find("viewBox=\"0 0 860 ");
    REQUIRE(box != std::string::npos);
    CHECK(std::stod(svg.substr(box + 17)) < 640);
    CHECK(count_of(svg, "<text") < 60);
    CHECK(svg.find(">1000</text>") != std::string::npos);
    CHECK(count_of(svg, "text-anchor=\"end\"") == 21);  // 1, 50, 100, ... 1000
    CHECK(contains(svg, ">50</text>"));
    CHECK_FALSE(contains(svg, "<path class=\"muted\""));
}

TEST_CASE("lanes of a picture are numbered as far as there is room") {
    for (const auto& [lanes, numbers] :
         {std::pair{33U, 33U}, {34U, 7U}, {338U, 34U}, {340U, 14U}}) {
        CHECK(count_of(picture_with_lanes(lanes), "text-anchor=\"end\"") == numbers);
    }
}

TEST_CASE("beginnings of pages are left out of a picture where lanes are too thin for them") {
    CHECK(contains(picture_with_lanes(110), "<path class=\"muted\""));  // of 4 units
    CHECK_FALSE(contains(picture_with_lanes(111), "<path class=\"muted\""));
}

TEST_CASE("lanes of a picture are high enough to be seen, however many there are") {
    const std::string svg = picture_with_lanes(3000);
    CHECK(contains(svg, "viewBox=\"0 0 860 1074\""));  // 3000 lanes of 0.3, and what is around
    CHECK(contains(svg, "<path class=\"waiting\" d=\"M84 118.1h752v0.1h-752z"));
}

TEST_CASE("beginnings of pages are left out of a picture where they would hide their bars") {
    for (const int pages : {188, 190}) {  // in two lanes: each is 8 units long, or hardly less
        std::vector<Result> results;
        for (int i = 0; i < pages; ++i)
            results.push_back(
                page(times(i / 2, 1, {static_cast<std::uint32_t>(i % 2), 100, 101 + i % 2})));
        const std::string svg = timeline_svg(run_of(results, 2, pages / 2), "threads");
        CHECK(contains(svg, "<path class=\"waiting\""));
        CHECK(contains(svg, "<path class=\"muted\"") == (pages == 188));
    }
}

TEST_CASE("the picture's time axis has a line and a number at every step") {
    const std::string svg = timeline_svg(two_threads(), "threads", 1.5);
    CHECK(count_of(svg, "<line class=\"grid\"") == 8);
    CHECK(contains(svg, "<line class=\"grid\" x1=\"384.8\" y1=\"112\" x2=\"384.8\" y2=\"170\"/>"));
    CHECK(contains(svg, "x=\"384.8\" y=\"186\" text-anchor=\"middle\">0.6</text>"));
    CHECK(contains(svg, ">1.4</text>"));
    CHECK(contains(svg,
                   "x=\"460\" y=\"206\" text-anchor=\"middle\">"
                   "time in seconds · tempo em segundos</text>"));
    CHECK(contains(svg, "x=\"14\" y=\"106\" text-anchor=\"start\">thread</text>"));
    // In binary, seven times 0.1 is a little more than 0.7.
    CHECK(contains(timeline_svg(two_threads(), "threads", 0.7), ">0.7</text>"));
    CHECK(contains(timeline_svg(two_threads(), "threads", 0.3), ">0.3</text>"));
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
    for (const int ms : {0, 5}) {
        const std::string svg = timeline_svg(run_of({}, 1, ms), "sync");
        CHECK(svg.ends_with("</svg>\n"));
        CHECK(contains(svg, "viewBox=\"0 0 860 198\""));  // the height of one lane
        CHECK_FALSE(contains(svg, "class=\"grid\""));
    }
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

TEST_CASE("the trace is of milliseconds, and of a run without pages names the program") {
    const auto trace = nlohmann::json::parse(trace_json(run_of({}, 1, 2)));
    CHECK(trace.at("displayTimeUnit") == "ms");
    CHECK(trace.at("traceEvents").size() == 1);
}

TEST_CASE("the trace tells nanoseconds") {
    const auto page_of = [](int nanoseconds) {
        Timestamps page_times = times(0, 1);
        page_times.answered = page_times.received = page_times.end =
            at(1) + std::chrono::nanoseconds(nanoseconds);
        return page(page_times);
    };
    const std::string trace = trace_json(run_of({page_of(5), page_of(123)}, 1, 2));
    CHECK(count_of(trace, "\"dur\":1000.005") == 2);  // the page, and its wait
    CHECK(count_of(trace, "\"dur\":1000.123") == 2);
}

// All but the names of processes and threads.
std::vector<nlohmann::json> steps_in(const nlohmann::json& events) {
    std::vector<nlohmann::json> steps;
    std::copy_if(events.begin(), events.end(), std::back_inserter(steps),
                 [](const auto& event) { return event.at("ph") != "M"; });
    return steps;
}

TEST_CASE("the trace says of a page what came of it, and when it did what") {
    const auto steps = steps_in(events_of(run_of({page(times(5, 20, {0, 100, 101}, 10))}, 1, 40)));
    REQUIRE(steps.size() == 3);
    CHECK(steps[0].at("name") == "page 1");
    CHECK(steps[0].at("ts") == 5000.0);
    CHECK(steps[0].at("dur") == 30'000.0);
    CHECK(steps[0].at("args") ==
          nlohmann::json{{"url", "http://a/0"}, {"status", 200}, {"bytes", 10}});
    CHECK(steps[1].at("name") == "wait");
    CHECK(steps[1].at("ts") == 5000.0);
    CHECK(steps[1].at("dur") == 20'000.0);
    CHECK(steps[2].at("name") == "compute");
    CHECK(steps[2].at("ts") == 25'000.0);
    CHECK(steps[2].at("dur") == 10'000.0);
}

TEST_CASE("on a place's track each step begins and ends in its time, the page around it") {
    const auto events =
        events_of(run_of({page(times(0, 100, {0})), page(times(10, 100, {1}, 20))}, 2, 130));
    Strings halves;
    for (const auto& event : steps_in(events)) {
        CHECK(event.at("cat") == "page");
        halves.push_back(fmt::format(
            "{} {} {} {}{}", event.at("id").get<int>(), event.at("ph").get<std::string>(),
            event.at("name").get<std::string>(), event.at("ts").get<double>() / 1000,
            event.contains("args") ? " args" : ""));
    }
    CHECK(halves == Strings{"0 b page 1 0 args", "0 e page 1 100", "0 b wait 0", "0 e wait 100",
                            "1 b page 2 10 args", "1 e page 2 130", "1 b wait 10", "1 e wait 110",
                            "1 b compute 110", "1 e compute 130"});
    CHECK(std::count(events.begin(), events.end(),
                     nlohmann::json{{"name", "thread_name"},
                                    {"ph", "M"},
                                    {"pid", 100},
                                    {"tid", 100},
                                    {"args", {{"name", "event loop"}}}}) == 1);
}

TEST_CASE("the trace's names are those of the processes and threads that worked") {
    const auto events =
        events_of(run_of({page(times(0, 1, {0, 201, 201})), page(times(0, 1, {1, 202, 202})),
                          page(times(1, 1, {0, 201, 201}))},
                         2, 2));
    const auto process = [](int id, const char* name) {
        return nlohmann::json{
            {"name", "process_name"}, {"ph", "M"}, {"pid", id}, {"args", {{"name", name}}}};
    };
    const auto thread = [](int id, const char* name) {
        return nlohmann::json{{"name", "thread_name"},
                              {"ph", "M"},
                              {"pid", id},
                              {"tid", id},
                              {"args", {{"name", name}}}};
    };
    std::vector<nlohmann::json> names;
    std::copy_if(events.begin(), events.end(), std::back_inserter(names),
                 [](const auto& event) { return event.at("ph") == "M"; });
    CHECK(names == std::vector{process(getpid(), "threads"), process(201, "threads worker 1"),
                               thread(201, "worker 1"), process(202, "threads worker 2"),
                               thread(202, "worker 2")});
    CHECK(events.at(0) == names.at(0));
}

}  // namespace
