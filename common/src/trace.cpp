// The run as Chrome trace events. Written event by event: as a tree in memory, the JSON of 10,000
// pages would take longer than some runs. What needs escaping goes through nlohmann/json.
#include <fmt/format.h>
#include <unistd.h>

#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "common/timeline.hpp"

namespace common {
namespace {

std::string quoted(const std::string& text) {
    // URLs may hold any bytes; JSON holds UTF-8 only.
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

class Trace {
  public:
    explicit Trace(const Run& run)
        : run_(run), overlapping_(lane_kind_of(run) == LaneKind::place) {}

    std::string json() {
        name_process(getpid(), run_.model);
        for (std::size_t index = 0; index < run_.results.size(); ++index)
            add_page(index);
        return fmt::format("{{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n{}\n]}}\n",
                           fmt::to_string(events_));
    }

  private:
    void add_page(std::size_t index) {
        const Result& result = run_.results[index];
        const Times& times = times_of(result);
        const std::vector<Span> spans = spans_of(times);
        if (spans.empty())
            return;
        name_worker(times);
        const auto* error = std::get_if<DownloadError>(&result);
        const std::string name = error ? fmt::format("page {}: {}", index + 1, name_of(error->kind))
                                       : fmt::format("page {}", index + 1);
        const std::string outcome =
            error ? fmt::format("\"error\":{}", quoted(error->message))
                  : fmt::format("\"status\":{},\"bytes\":{}", std::get<Page>(result).status,
                                std::get<Page>(result).bytes);
        add(times, name, spans.front().begin, spans.back().end,
            fmt::format(",\"args\":{{\"url\":{},{}}}", quoted(run_.urls[index]), outcome));
        for (const Span& span : spans)
            add(times, name_of(span.step), span.begin, span.end);
    }

    // Spans of one thread must lie within each other or apart ("X"); those of pages that take turns
    // in one thread overlap, so each place in flight gets a track of its own ("b" and "e").
    void add(const Times& times, std::string_view name, Clock::time_point begin,
             Clock::time_point end, std::string_view arguments = "") {
        if (!overlapping_)
            return event(times, name,
                         fmt::format("\"ph\":\"X\",\"ts\":{:.3f},\"dur\":{:.3f}{}",
                                     microseconds(begin - run_.begin), microseconds(end - begin),
                                     arguments));
        const auto half = [&](char phase, Clock::time_point time, std::string_view more) {
            event(times, name,
                  fmt::format("\"ph\":\"{}\",\"cat\":\"page\",\"id\":{},\"ts\":{:.3f}{}", phase,
                              times.worker, microseconds(time - run_.begin), more));
        };
        half('b', begin, arguments);
        half('e', end, "");
    }

    void name_process(std::int32_t process, const std::string& name) {
        if (processes_.insert(process).second)
            begin_event(
                "\"name\":\"process_name\",\"ph\":\"M\",\"pid\":{},\"args\":{{\"name\":{}}}",
                process, quoted(name));
    }

    void name_worker(const Times& times) {
        name_process(times.process_id, fmt::format("{} worker {}", run_.model, times.worker + 1));
        if (threads_.insert(times.thread_id).second)
            begin_event(
                "\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":{},\"tid\":{},\"args\":"
                "{{\"name\":\"{}\"}}",
                times.process_id, times.thread_id,
                overlapping_ ? "event loop" : fmt::format("worker {}", times.worker + 1));
    }

    void event(const Times& times, std::string_view name, std::string_view rest) {
        begin_event("\"name\":\"{}\",\"pid\":{},\"tid\":{},{}", name, times.process_id,
                    times.thread_id, rest);
    }

    template <typename... Values>
    void begin_event(const char* format, const Values&... values) {
        fmt::format_to(std::back_inserter(events_), "{}{{", events_.size() == 0 ? "" : ",\n");
        fmt::format_to(std::back_inserter(events_), fmt::runtime(format), values...);
        events_.push_back('}');
    }

    static double microseconds(Clock::duration duration) {
        return std::chrono::duration<double, std::micro>(duration).count();
    }

    const Run& run_;
    const bool overlapping_;
    fmt::memory_buffer events_;
    std::set<std::int32_t> processes_;
    std::set<std::int32_t> threads_;
};

}  // namespace

std::string trace_json(const Run& run) {
    return Trace(run).json();
}

}  // namespace common
