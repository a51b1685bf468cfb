#include "common/run/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

namespace common {
namespace {

struct Mark {
    Step step;  // the step that ends here
    Clock::time_point Timestamps::*end;
};
constexpr std::array marks = {
    Mark{Step::redirect, &Timestamps::redirected}, Mark{Step::resolve, &Timestamps::resolved},
    Mark{Step::connect, &Timestamps::connected},   Mark{Step::handshake, &Timestamps::secured},
    Mark{Step::request, &Timestamps::requested},   Mark{Step::wait, &Timestamps::answered}};

bool is_set(Clock::time_point mark) {
    return mark != Clock::time_point{};
}

// Whether a page that had reached no mark failed while it was on its way to a connection: a bad URL
// never is, and of a worker that died nobody knows.
bool was_connecting(const Result& result) {
    if (arrived(result))
        return true;
    const ErrorKind kind = std::get<DownloadError>(result).kind;
    return kind == ErrorKind::resolve || kind == ErrorKind::connect || kind == ErrorKind::timeout ||
           kind == ErrorKind::stopped;
}

// What a page was at when it ended without reaching the next mark.
Step step_after(const Timestamps& times, const Result& result) {
    if (is_set(times.answered))
        return Step::receive;
    if (is_set(times.requested))
        return Step::wait;
    if (is_set(times.secured))
        return Step::request;
    if (is_set(times.connected))
        return Step::handshake;
    if (is_set(times.resolved))
        return Step::connect;
    return was_connecting(result) ? Step::resolve : Step::unknown;
}

// Of the pages that arrived; nothing when none did.
std::optional<double> median_seconds_per_page(const Run& run) {
    std::vector<double> seconds;
    for (const Result& result : run.results)
        if (arrived(result))
            seconds.push_back(times_of(result).download_time().count());
    if (seconds.empty())
        return std::nullopt;
    const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
    std::nth_element(seconds.begin(), middle, seconds.end());
    return *middle;
}

}  // namespace

std::string_view name_of(Step step) {
    constexpr std::array<std::string_view, 9> names = {"redirect",      "resolve", "connect",
                                                       "TLS handshake", "request", "wait",
                                                       "receive",       "compute", "unknown"};
    return names.at(static_cast<std::size_t>(step));
}

std::vector<Span> spans_of(const Result& result) {
    const Timestamps& times = times_of(result);
    std::vector<Span> spans;
    if (!is_set(times.begin))
        return spans;
    spans.reserve(marks.size() + 2);
    Clock::time_point reached = times.begin;
    const auto add = [&](Step step, Clock::time_point end) {
        if (end > reached)
            spans.push_back({step, reached, end});
        reached = std::max(reached, end);
    };
    for (const Mark& mark : marks)
        if (is_set(times.*mark.end))
            add(mark.step, times.*mark.end);
    add(step_after(times, result), times.received);
    add(Step::compute, times.end);
    return spans;
}

LaneKind lane_kind_of(const Run& run) {
    if (run.workers == 1)
        return LaneKind::page;
    std::set<std::int32_t> processes;
    bool main_thread_alone = true;
    for (const Result& result : run.results) {
        const Timestamps& times = times_of(result);
        if (!is_set(times.begin))
            continue;
        processes.insert(times.process_id);
        main_thread_alone = main_thread_alone && times.thread_id == times.process_id;
    }
    if (processes.size() > 1)
        return LaneKind::process;
    return main_thread_alone ? LaneKind::place : LaneKind::thread;
}

std::size_t lane_of(const Run& run, std::size_t index, LaneKind kind) {
    return kind == LaneKind::page ? index : times_of(run.results.at(index)).worker;
}

std::size_t count_lanes(const Run& run, LaneKind kind) {
    return kind == LaneKind::page ? run.results.size() : run.workers;
}

std::vector<std::size_t> lane_numbers(const Run& run, LaneKind kind) {
    std::vector<std::size_t> numbers(count_lanes(run, kind));
    std::iota(numbers.begin(), numbers.end(), std::size_t{1});
    if (kind != LaneKind::process)
        return numbers;
    for (const Result& result : run.results)
        if (const Timestamps& times = times_of(result);
            times.process_id != 0 && times.worker < numbers.size())
            numbers[times.worker] = static_cast<std::size_t>(times.process_id);
    return numbers;
}

std::optional<Prediction> prediction_for(const Run& run) {
    const auto wait = run.latency ? std::chrono::duration<double>(*run.latency).count()
                                  : median_seconds_per_page(run);
    if (!wait || run.results.empty() || count_arrived(run.results) < run.results.size())
        return std::nullopt;
    return Prediction{(run.results.size() + run.workers - 1) / run.workers, *wait};
}

}  // namespace common
