// Each model with more and more pages in flight: what a page costs then, and where it ends.
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <optional>
#include <utility>

#include "beside.hpp"
#include "command_line.hpp"
#include "common/page/text.hpp"
#include "common/run/limits.hpp"
#include "common/run/output.hpp"
#include "common/run/prepare_process.hpp"
#include "machine.hpp"
#include "measure.hpp"
#include "scale_chart.hpp"
#include "scale_table.hpp"

namespace {

using benchmarks::CommandLine;
using benchmarks::Job;
using benchmarks::JobSite;
using benchmarks::Language;
using benchmarks::Measurement;
using benchmarks::Model;
using benchmarks::of_chapter;
using benchmarks::Peer;
using benchmarks::Scale;
using benchmarks::ScaleRow;
using benchmarks::Text;
using common::print_error;
using common::print_output;

// A program that goes up: a model, or what stands beside it.
struct Climber {
    Model model;
    std::optional<Peer> peer = {};
    double base_memory_bytes = std::numeric_limits<double>::quiet_NaN();  // with one in flight
    bool stopped = false;

    Measurement measure(const JobSite& site, benchmarks::Looks looks) const {
        return peer ? run_once(*peer, site, model.workers, looks)
                    : benchmarks::measure(model, site, looks);
    }
};

// One page at a time, or one process for each, is no way to have thousands in flight: those minimal
// programs are left to compare.
std::vector<Model> models() {
    Model synchronous = of_chapter(
        "01_sync",
        {.name = {"synchronous", "síncrono"}, .short_name = "synchronous", .takes_workers = false});
    Model processes = of_chapter(
        "03_multiprocess", {.name = {"multiprocess", "multiprocesso"}, .short_name = "processes"});
    synchronous.minimal_program.clear();
    synchronous.minimal_script.clear();
    processes.minimal_script.clear();
    return {
        synchronous,
        of_chapter("02_threads", {.name = {"threads", "threads"}, .short_name = "threads"}),
        processes,
        of_chapter("04_async", {.name = {"coroutines", "corrotinas"}, .short_name = "coroutines"})};
}

// A new practice site for each run, since a failed one may leave connections behind. The memory of
// many processes is from a run of its own: looking at them often enough would spoil the times, and
// looking at all of them takes a while, for which they wait longer for their pages.
Measurement measure_apart(const Climber& climber, const Job& job) {
    constexpr std::size_t many = 50;
    Measurement run = climber.measure(JobSite(job), benchmarks::Looks::sparing);
    if (run.usage.processes <= many)
        return run;
    Job slower = job;
    slower.site.latency_ms += static_cast<unsigned>(run.usage.processes);
    const benchmarks::Usage second =
        climber.measure(JobSite(slower), benchmarks::Looks::thorough).usage;
    run.usage.peak_memory_bytes = std::max(run.usage.peak_memory_bytes, second.peak_memory_bytes);
    run.usage.memory_known = second.memory_known;
    return run;
}

Text in_both(const std::string& text) {
    return {text, text};
}

// Why the program goes no further, or nothing. A run that lost pages or was given up says nothing
// of the cost, and neither does one with far fewer in flight than it was asked to have.
std::optional<Text> run_once(const Climber& climber, ScaleRow& row, const Job& job) {
    Measurement run;
    try {
        run = measure_apart(climber, job);
    } catch (const benchmarks::TimedOut&) {
        return Text{fmt::format("a run did not end within {} s", job.time_limit.count()),
                    fmt::format("uma execução não terminou em {} s", job.time_limit.count())};
    } catch (const std::exception& error) {
        return in_both(error.what());
    }
    if (run.arrived < job.site.pages)
        return Text{fmt::format("{} of {} pages arrived", run.arrived, job.site.pages),
                    fmt::format("chegaram {} de {} páginas", run.arrived, job.site.pages)};
    if (climber.peer && run.most_in_flight < row.in_flight / 2)
        return Text{fmt::format("it had only {} in flight at once", run.most_in_flight),
                    fmt::format("teve só {} em andamento ao mesmo tempo", run.most_in_flight)};
    run.base_memory_bytes = climber.base_memory_bytes;
    row.runs.push_back(run);
    if (!climber.peer && !run.warnings.empty())
        return in_both(std::string(common::trimmed(run.warnings, "\n")));
    return std::nullopt;
}

// The rows of one number in flight, and what fills them.
class Level {
  public:
    Level(std::size_t in_flight, const CommandLine& line, std::vector<Climber>& climbers,
          Scale& scale)
        : job_(scale_job(line.job, in_flight)), line_(line), climbers_(climbers), scale_(scale) {
        for (Climber& climber : climbers_) {
            climber.model.workers = in_flight;
            rows_.push_back(
                {.name = climber.peer ? climber.peer->name : climber.model.name,
                 .short_name = climber.peer ? climber.peer->short_name : climber.model.short_name,
                 .in_flight = in_flight,
                 .version = climber.peer ? climber.peer->version : ""});
        }
    }

    // All in turn, again and again: what disturbs the machine for a while disturbs all alike.
    void run() {
        for (std::size_t round = 1; round <= line_.repeat; ++round)
            for (std::size_t i = 0; i < rows_.size(); ++i)
                if (!climbers_[i].stopped)
                    run_one(i, round == line_.repeat);
        for (const ScaleRow& row : rows_)
            if (!row.runs.empty())
                scale_.rows.push_back(row);
    }

  private:
    void run_one(std::size_t i, bool last) {
        Climber& climber = climbers_[i];
        ScaleRow& row = rows_[i];
        if (progress_)
            print_error("\r\033[K{}", last ? "" : scale_terminal_name(row, scale_));
        if (last)
            print_output("{}", scale_terminal_name(row, scale_));
        auto reason = run_once(climber, row, job_);
        if (!reason && last && !climber.model.takes_workers && line_.most_in_flight > 1)
            reason = Text{"one page at a time is all that this model does",
                          "este modelo baixa uma página de cada vez"};
        climber.stopped = reason.has_value();
        if (reason)
            scale_.stops.push_back({row.name, row.in_flight, *reason});
        if (!last && !climber.stopped)
            return;
        if (progress_ && !last)
            print_error("\r\033[K");
        if (!last)
            print_output("{}", scale_terminal_name(row, scale_));
        if (!row.runs.empty())
            finish(climber, row);
        print_output("{}", row.runs.empty() ? "  stopped\n" : scale_terminal_figures(row, scale_));
    }

    void finish(Climber& climber, ScaleRow& row) {
        if (climber.peer)
            row.ratio_to_ours = time_of(row) / time_of(rows_.at(climber.peer->twin));
        if (row.in_flight > 1)
            return;
        std::vector<double> memory;
        for (const Measurement& run : row.runs)
            memory.push_back(memory_of(run.usage));
        climber.base_memory_bytes = benchmarks::summary_of(memory).median;
    }

    static double time_of(const ScaleRow& row) {
        std::vector<double> seconds;
        for (const Measurement& run : row.runs)
            seconds.push_back(run.usage.wall_seconds);
        return seconds.empty() ? std::numeric_limits<double>::quiet_NaN()
                               : benchmarks::median(seconds);
    }

    const Job job_;
    const CommandLine& line_;
    // What runs before the last round shows nowhere else.
    const bool progress_ = line_.repeat > 1 &&
                           common::obeys_escape_sequences(common::StandardStream::errors);
    std::vector<Climber>& climbers_;
    Scale& scale_;
    std::vector<ScaleRow> rows_;
};

void print_notes(const Scale& scale) {
    print_output("\n{}\n", benchmarks::wrapped(scale_note(scale, Language::english)));
    if (scale.beside)
        print_output("{}\n", benchmarks::wrapped(benchmarks::versions_of(scale.rows)));
    for (const benchmarks::Stop& stop : scale.stops)
        print_output("\n{}\n", benchmarks::wrapped(stop_text(stop, Language::english)));
    for (const Text& note : scale.left_out)
        print_output("\n{}\n", benchmarks::wrapped(note.english));
}

std::vector<Climber> climbers_for(Scale& scale) {
    std::vector<Climber> climbers;
    for (const Model& model : models())
        climbers.push_back({model});
    if (!scale.beside)
        return climbers;
    common::raise_open_file_limit();  // as the models do for themselves
    benchmarks::Peers peers = benchmarks::find_peers(models(), scale.job.site.plain);
    for (Peer& peer : peers.peers)
        climbers.push_back({.model = {}, .peer = std::move(peer)});
    scale.left_out = std::move(peers.left_out);
    return climbers;
}

int scale_up(const CommandLine& line, const CommandLine& defaults) {
    Scale scale{.job = line.job,
                .machine = benchmarks::describe_machine(),
                .command = command_of(line, defaults),
                .rows = {},
                .stops = {},
                .beside = line.beside};
    std::vector<Climber> climbers = climbers_for(scale);
    print_output("{};\n{}\n\n{}", benchmarks::wrapped(scale_conditions(scale, Language::english)),
                 scale.machine, scale_terminal_heading(scale));
    for (const std::size_t in_flight : benchmarks::scale_levels(line.most_in_flight)) {
        if (scale.beside)
            print_output("{} in flight\n", in_flight);
        Level(in_flight, line, climbers, scale).run();
    }
    print_notes(scale);
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
