// Each model with more and more pages in flight: what a page costs then, and where it ends.
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <optional>

#include "command_line.hpp"
#include "common/page/text.hpp"
#include "common/run/output.hpp"
#include "common/run/own_folder.hpp"
#include "common/run/prepare_process.hpp"
#include "machine.hpp"
#include "measure.hpp"
#include "scale_chart.hpp"
#include "scale_table.hpp"

namespace {

using benchmarks::CommandLine;
using benchmarks::Job;
using benchmarks::Language;
using benchmarks::Measurement;
using benchmarks::Model;
using benchmarks::Scale;
using benchmarks::ScaleRow;
using benchmarks::Text;
using common::print_error;
using common::print_output;

const std::vector<Model>& models() {
    static const std::vector<Model> all = {
        {.name = {"synchronous", "síncrono"},
         .short_name = "synchronous",
         .program = common::beside_this_program("../01_sync/sync"),
         .takes_workers = false},
        {.name = {"threads", "threads"},
         .short_name = "threads",
         .program = common::beside_this_program("../02_threads/threads")},
        {.name = {"multiprocess", "multiprocesso"},
         .short_name = "multiprocess",
         .program = common::beside_this_program("../03_multiprocess/multiprocess")},
        {.name = {"coroutines", "corrotinas"},
         .short_name = "coroutines",
         .program = common::beside_this_program("../04_async/async")}};
    return all;
}

Text in_both(const std::string& text) {
    return {text, text};
}

// A new practice site for each run, since a failed one may leave connections behind. The memory of
// many processes is from a run of its own: looking at them often enough would spoil the times, and
// looking at all of them takes a while, for which they wait longer for their pages.
Measurement measure_apart(const Model& model, const Job& job) {
    constexpr std::size_t many = 50;
    Measurement run = measure(model, benchmarks::JobSite(job));
    if (run.usage.processes <= many)
        return run;
    Job slower = job;
    slower.site.latency_ms += static_cast<unsigned>(run.usage.processes);
    const benchmarks::Usage second =
        measure(model, benchmarks::JobSite(slower), benchmarks::Looks::thorough).usage;
    run.usage.peak_memory_bytes = std::max(run.usage.peak_memory_bytes, second.peak_memory_bytes);
    run.usage.memory_known = second.memory_known;
    return run;
}

// Why the model goes no further, or nothing. A run that lost pages or was given up says nothing of
// the cost.
std::optional<Text> run_once(ScaleRow& row, const Job& job) {
    Measurement run;
    try {
        run = measure_apart(row.model, job);
    } catch (const benchmarks::TimedOut&) {
        return Text{fmt::format("a run did not end within {} s", job.time_limit.count()),
                    fmt::format("uma execução não terminou em {} s", job.time_limit.count())};
    } catch (const std::exception& error) {
        return in_both(error.what());
    }
    if (run.arrived < job.site.pages)
        return Text{fmt::format("{} of {} pages arrived", run.arrived, job.site.pages),
                    fmt::format("chegaram {} de {} páginas", run.arrived, job.site.pages)};
    row.runs.push_back(run);
    if (!run.warnings.empty())
        return in_both(std::string(common::trimmed(run.warnings, "\n")));
    return std::nullopt;
}

std::optional<Text> run_row(ScaleRow& row, const Job& job, std::size_t repeat) {
    print_output("{}", scale_terminal_name(row.model));
    std::optional<Text> reason;
    for (std::size_t i = 0; i < repeat && !reason; ++i)
        reason = run_once(row, job);
    print_output("{}", row.runs.empty() ? "  stopped\n" : scale_terminal_figures(row, job));
    return reason;
}

// Goes up until the model ends, or `most` is reached.
void run_model(const Model& model, const CommandLine& line, Scale& scale) {
    for (const std::size_t level : benchmarks::scale_levels(line.most_in_flight)) {
        ScaleRow row{model, {}};
        row.model.workers = level;
        auto reason = run_row(row, scale_job(line.job, level), line.repeat);
        if (!reason && !model.takes_workers && line.most_in_flight > 1)
            reason = Text{"one page at a time, that is the model",
                          "uma página de cada vez, o modelo é esse"};
        if (!row.runs.empty())
            scale.rows.push_back(row);
        if (reason) {
            scale.stops.push_back({row.model, *reason});
            return;
        }
    }
}

int scale_up(const CommandLine& line, const CommandLine& defaults) {
    Scale scale{.job = line.job,
                .machine = benchmarks::describe_machine(),
                .command = command_of(line, defaults),
                .rows = {},
                .stops = {}};
    print_output("{};\n{}\n\n{}", benchmarks::wrapped(scale_conditions(scale, Language::english)),
                 scale.machine, benchmarks::scale_terminal_heading());
    for (const Model& model : models())
        run_model(model, line, scale);
    for (const benchmarks::Stop& stop : scale.stops)
        print_output("\n{}\n", benchmarks::wrapped(stop_text(stop, Language::english)));
    if (scale.rows.empty())
        return 1;
    write_files(line, scale.command,
                {.markdown = [&](Language language) { return scale_markdown(scale, language); },
                 .json = [&] { return scale_json(scale); },
                 .svg = [&](const std::string& made_by) { return lines(scale, made_by); }});
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    common::prepare_process();
    const CommandLine defaults{.program = "scale",
                               .job = {.site = {.latency_ms = 1000, .plain = true},
                                       .time_limit = std::chrono::minutes(5)}};
    CommandLine line = defaults;
    if (const auto status = parse_command_line(argc, argv, line))
        return *status;
    try {
        const int status = scale_up(line, defaults);
        common::finish_output();
        return status;
    } catch (const std::exception& error) {
        print_error("scale: {}\n", error.what());
        return 1;
    }
}
