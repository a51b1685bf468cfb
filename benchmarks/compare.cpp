// The main job: all models side by side on one practice site: what each took, and what it cost.
#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "beside.hpp"
#include "beside_table.hpp"
#include "chart.hpp"
#include "command_line.hpp"
#include "common/run/output.hpp"
#include "common/run/prepare_process.hpp"
#include "common/run/run_chapter.hpp"
#include "machine.hpp"
#include "measure.hpp"
#include "table.hpp"

namespace {

using benchmarks::CommandLine;
using benchmarks::Language;
using benchmarks::Measurement;
using benchmarks::Model;
using benchmarks::of_chapter;
using benchmarks::Peer;
using benchmarks::Row;
using benchmarks::Table;
using common::print_error;
using common::print_output;

// The rows of the Python tutorial's table, in its order.
std::vector<Model> models(std::size_t pages) {
    return {of_chapter("01_sync", {.name = {"synchronous", "síncrono"},
                                   .short_name = "synchronous",
                                   .takes_workers = false,
                                   .uses_processors = false}),
            of_chapter("02_threads", {.name = {"thread with 5 workers", "thread com 5 workers"},
                                      .short_name = "5 threads",
                                      .workers = 5}),
            of_chapter("02_threads", {.name = {"thread with 50 workers", "thread com 50 workers"},
                                      .short_name = "50 threads",
                                      .workers = 50}),
            of_chapter("03_multiprocess",
                       {.name = {"parallelism (multiprocess)", "paralelismo (multiprocesso)"},
                        .short_name = "processes",
                        .workers = common::processor_count()}),
            of_chapter("04_async", {.name = {"asynchronous coroutines", "corrotinas assíncronas"},
                                    .short_name = "coroutines",
                                    .workers = std::min<std::size_t>(pages, 100),
                                    .uses_processors = false})};
}

// A speed that comes from missing pages is none: says so, and the exit status with it.
bool arrived_all(const Row& row, const Table& table) {
    const Measurement& run = row.runs.back();
    common::print(common::StandardStream::errors, run.warnings);
    if (run.arrived == table.job.site.pages)
        return true;
    print_error("{}: {} of {} pages arrived\n", row.model.name.english, run.arrived,
                table.job.site.pages);
    return false;
}

// Every model in turn, again and again: what disturbs the machine for a while disturbs all alike.
// Returns whether all pages arrived every time.
bool measure_all(Table& table, std::size_t repeat, const benchmarks::JobSite& site) {
    const bool live = repeat == 1;
    const bool progress = !live && common::obeys_escape_sequences(common::StandardStream::errors);
    bool all_arrived = true;
    for (std::size_t round = 1; round <= repeat; ++round) {
        for (Row& row : table.rows) {
            if (live)
                print_output("{}", terminal_name(row.model));
            if (progress)
                print_error("\r\033[Kround {} of {}: {}", round, repeat, row.model.name.english);
            row.runs.push_back(measure(row.model, site));
            if (live)
                print_output("{}", terminal_figures(row, table));
            all_arrived = arrived_all(row, table) && all_arrived;
        }
        for (Peer& peer : table.beside.peers) {
            if (progress)
                print_error("\r\033[Kround {} of {}: {}", round, repeat, peer.short_name);
            measure(peer, site, table.rows.at(peer.twin).model.workers);
        }
    }
    if (progress)
        print_error("\r\033[K");
    for (const Row& row : table.rows)
        if (!live)
            print_output("{}{}", terminal_name(row.model), terminal_figures(row, table));
    return all_arrived;
}

int compare(const CommandLine& line, const CommandLine& defaults) {
    Table table{.job = line.job,
                .machine = benchmarks::describe_machine(),
                .processors = common::processor_count(),
                .command = command_of(line, defaults),
                .rows = {}};
    const std::vector<Model> all_models = models(line.job.site.pages);
    for (const Model& model : all_models)
        table.rows.push_back({model, {}});

    const benchmarks::JobSite site(line.job);
    if (line.beside)
        table.beside = find_peers(all_models, line.job.site.plain);
    print_output("{};\n{}\n\n{}", conditions(table.job, Language::english), table.machine,
                 benchmarks::terminal_heading());
    const bool all_arrived = measure_all(table, line.repeat, site);
    print_output("\n{}\n{}\n", terminal_costs(table),
                 benchmarks::wrapped(ideal_note(table, Language::english)));
    if (line.beside)
        print_output("\n{}", terminal_beside(table));
    write_files(line, table.command,
                {.markdown = [&](Language language) { return markdown(table, language); },
                 .json = [&] { return json(table); },
                 .svg = [&](const std::string& made_by) { return bars(table, made_by); }});
    return all_arrived ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    common::prepare_process();
    const CommandLine defaults{.program = "compare", .job = {}};
    CommandLine line = defaults;
    if (const auto status = parse_command_line(argc, argv, line))
        return *status;
    try {
        const int status = compare(line, defaults);
        common::finish_output();
        return status;
    } catch (const std::exception& error) {
        print_error("compare: {}\n", error.what());
        return 1;
    }
}
