// The run as Chrome trace events. Written event by event: as a tree in memory, the JSON of 10,000
// pages would take longer than some runs. What needs escaping goes through nlohmann/json.
#include <fmt/compile.h>
#include <fmt/format.h>
#include <unistd.h>

#include <iterator>
#include <set>
#include <utility>

#include "common/run/json_string.hpp"
#include "common/run/timeline.hpp"

namespace common {
namespace {

class Trace {
  public:
    explicit Trace(const Run& run)
        : run_(run), overlapping_(lane_kind_of(run) == LaneKind::place) {}

    std::string json() && {
        events_ = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n";
        name_process(getpid(), run_.model);
        for (std::size_t index = 0; index < run_.results.size(); ++index)
            add_page(index);
        events_ += "\n]}\n";
        return std::move(events_);
    }

  private:
    void add_page(std::size_t index) {
        const Result& result = run_.results[index];
        const Timestamps& times = times_of(result);
        const std::vector<Span> spans = spans_of(result);
        if (spans.empty())
            return;
        name_worker(times);
        const auto* error = std::get_if<DownloadError>(&result);
        const std::string name = error ? fmt::format("page {}: {}", index + 1, name_of(error->kind))
                                       : fmt::format("page {}", index + 1);
        const std::string outcome =
            error ? fmt::format("\"error\":{}", json_string(error->message))
                  : fmt::format("\"status\":{},\"bytes\":{}", std::get<Page>(result).status,
                                std::get<Page>(result).bytes);
        add(times, name, spans.front().begin, spans.back().end,
            fmt::format(",\"args\":{{\"url\":{},{}}}", json_string(run_.urls[index]), outcome));
        for (const Span& span : spans)
            add(times, name_of(span.step), span.begin, span.end);
    }

    // Spans of one thread must lie within each other or apart ("X"); those of pages that take turns
    // in one thread overlap, so each place in flight gets a track of its own ("b" and "e").
    void add(const Timestamps& times, std::string_view name, Clock::time_point begin,
             Clock::time_point end, std::string_view arguments = "") {
        if (overlapping_) {
            add_half('b', times, name, begin, arguments);
            add_half('e', times, name, end, "");
            return;
        }
        const auto [ts, ts_ns] = microseconds(begin - run_.begin);
        const auto [duration, duration_ns] = microseconds(end - begin);
        append(FMT_COMPILE("{{\"name\":\"{}\",\"ph\":\"X\",\"pid\":{},\"tid\":{},\"ts\":{}.{:03},"
                           "\"dur\":{}.{:03}{}}}"),
               name, times.process_id, times.thread_id, ts, ts_ns, duration, duration_ns,
               arguments);
    }

    void add_half(char phase, const Timestamps& times, std::string_view name,
                  Clock::time_point time, std::string_view arguments) {
        const auto [ts, ts_ns] = microseconds(time - run_.begin);
        append(FMT_COMPILE("{{\"name\":\"{}\",\"ph\":\"{}\",\"cat\":\"page\",\"id\":{},\"pid\":{},"
                           "\"tid\":{},\"ts\":{}.{:03}{}}}"),
               name, phase, times.worker, times.process_id, times.thread_id, ts, ts_ns, arguments);
    }

    void name_process(std::int32_t process, const std::string& name) {
        if (processes_.insert(process).second)
            append(FMT_COMPILE("{{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":{},\"args\":"
                               "{{\"name\":{}}}}}"),
                   process, json_string(name));
    }

    void name_worker(const Timestamps& times) {
        if (!threads_.insert(times.thread_id).second)
            return;
        name_process(times.process_id, fmt::format("{} worker {}", run_.model, times.worker + 1));
        append(FMT_COMPILE("{{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":{},\"tid\":{},"
                           "\"args\":{{\"name\":\"{}\"}}}}"),
               times.process_id, times.thread_id,
               overlapping_ ? "event loop" : fmt::format("worker {}", times.worker + 1));
    }

    template <typename Format, typename... Values>
    void append(const Format& format, const Values&... values) {
        if (events_.ends_with('}'))
            events_ += ",\n";
        fmt::format_to(std::back_inserter(events_), format, values...);
    }

    // Whole ones, and the nanoseconds beyond.
    static std::pair<std::int64_t, std::int64_t> microseconds(Clock::duration duration) {
        const std::int64_t nanoseconds = std::chrono::nanoseconds(duration).count();
        return {nanoseconds / 1000, nanoseconds % 1000};
    }

    const Run& run_;
    const bool overlapping_;
    std::string events_;
    std::set<std::int32_t> processes_;
    std::set<std::int32_t> threads_;
};

}  // namespace

std::string trace_json(const Run& run) {
    return Trace(run).json();
}

}  // namespace common
