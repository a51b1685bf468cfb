// The main job: all models side by side on one practice site, as one table.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>
#include <optional>
#include <thread>

#include "common/practice_site.hpp"
#include "common/report.hpp"
#include "common/run_chapter.hpp"
#include "measure.hpp"
#include "table.hpp"

namespace {

using namespace std::string_literals;

struct Arguments {
    common::PracticeSiteOptions site;
    unsigned work_mib = 0;
    std::size_t repeat = 1;
    std::string markdown_file;
    std::string portuguese_markdown_file;
    std::string json_file;
};

std::optional<int> parse(int argc, char** argv, Arguments& arguments) {
    CLI::App app("Downloads the same pages with every model and prints one table.", "compare");
    app.add_option("--pages", arguments.site.pages, "How many pages")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    app.add_option("--latency", arguments.site.latency_ms, "Milliseconds until a page is answered")
        ->check(CLI::Range(1, 600'000))
        ->capture_default_str();
    app.add_option("--page-bytes", arguments.site.page_bytes, "Size of a page")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_flag("--plain", arguments.site.plain, "http instead of https");
    app.add_option("--work", arguments.work_mib, "MiB to hash after each download: CPU-bound work")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    app.add_option("--repeat", arguments.repeat, "Runs of each model, in turn; medians are shown")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    app.add_option("--markdown", arguments.markdown_file, "Write the table for a README to FILE")
        ->type_name("FILE");
    app.add_option("--markdown-pt-br", arguments.portuguese_markdown_file,
                   "The same table in Brazilian Portuguese")
        ->type_name("FILE");
    app.add_option("--json", arguments.json_file, "Write every run to FILE")->type_name("FILE");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {
            std::cout << app.help();
            return 0;
        }
        std::cerr << "compare: " << error.what()
                  << "\nusage: compare [OPTIONS]   (--help tells more)\n";
        return 2;
    }
    return std::nullopt;
}

// The rows of the Python tutorial's table, in its order.
std::vector<benchmarks::Model> models(std::size_t pages) {
    return {{"synchronous", "síncrono", TUTORIAL_SYNC, 1},
            {"thread with 5 workers", "thread com 5 trabalhadores", TUTORIAL_THREADS, 5},
            {"thread with 50 workers", "thread com 50 trabalhadores", TUTORIAL_THREADS, 50},
            {"parallelism (multiprocess)", "paralelismo (multiprocesso)", TUTORIAL_MULTIPROCESS,
             common::processor_count()},
            {"asynchronous coroutines", "corrotinas assíncronas", TUTORIAL_ASYNC,
             std::min<std::size_t>(pages, 100)}};
}

// Without the files that it writes: what somebody else would type.
std::string command_of(const Arguments& arguments) {
    const Arguments defaults;
    std::string command = "compare";
    const auto add = [&](const char* option, auto value, auto default_value) {
        if (value != default_value)
            command += fmt::format(" {} {}", option, value);
    };
    add("--pages", arguments.site.pages, defaults.site.pages);
    add("--latency", arguments.site.latency_ms, defaults.site.latency_ms);
    add("--page-bytes", arguments.site.page_bytes, defaults.site.page_bytes);
    add("--work", arguments.work_mib, defaults.work_mib);
    add("--repeat", arguments.repeat, defaults.repeat);
    return command + (arguments.site.plain ? " --plain" : "");
}

std::string joined(const std::vector<std::string>& lines) {
    return fmt::format("{}\n", fmt::join(lines, "\n"));
}

// Every model in turn, again and again: what disturbs the machine for a while disturbs all alike.
void measure_all(benchmarks::Table& table, std::size_t repeat) {
    const bool live = repeat == 1;
    const bool progress = !live && isatty(STDERR_FILENO) != 0;
    for (std::size_t round = 1; round <= repeat; ++round) {
        for (benchmarks::Row& row : table.rows) {
            if (live)
                fmt::print("{}", benchmarks::terminal_name(row.model));
            if (progress)
                fmt::print(stderr, "\r\033[Kround {} of {}: {}", round, repeat, row.model.name);
            std::fflush(stdout);
            row.runs.push_back(measure(row.model, table.job));
            if (live)
                fmt::print("{}", benchmarks::terminal_figures(row, table));
        }
    }
    if (progress)
        fmt::print(stderr, "\r\033[K");
    for (const benchmarks::Row& row : table.rows)
        if (!live)
            fmt::print("{}{}", benchmarks::terminal_name(row.model),
                       benchmarks::terminal_figures(row, table));
}

// A speed that comes from missing pages is none: says so, and the exit status with it.
bool all_arrived(const benchmarks::Table& table) {
    bool all = true;
    for (const benchmarks::Row& row : table.rows)
        for (const benchmarks::Measurement& measurement : row.runs)
            if (measurement.arrived != table.job.pages) {
                fmt::print(stderr, "{}: {} of {} pages arrived\n", row.model.name,
                           measurement.arrived, table.job.pages);
                all = false;
            }
    return all;
}

int compare(const Arguments& arguments) {
    const common::PracticeSite site(arguments.site.plain ? std::vector{"--plain"s}
                                                         : std::vector<std::string>{});
    const std::string list_file = fmt::format("/tmp/compare-list-{}.txt", getpid());
    common::write_file(list_file, joined(site.page_urls(arguments.site)));

    benchmarks::Table table;
    table.job = {.list_file = list_file,
                 .ca_file = site.ca_file(),
                 .pages = arguments.site.pages,
                 .page_bytes = arguments.site.page_bytes,
                 .latency_ms = arguments.site.latency_ms,
                 .work_mib = arguments.work_mib};
    table.command = command_of(arguments);
    for (const benchmarks::Model& model : models(arguments.site.pages))
        table.rows.push_back({model, {}});

    fmt::print("{}\n\n{}", conditions(table.job, benchmarks::Language::english),
               benchmarks::terminal_heading());
    measure_all(table, arguments.repeat);
    unlink(list_file.c_str());

    if (!arguments.markdown_file.empty())
        common::write_file(arguments.markdown_file,
                           benchmarks::markdown(table, benchmarks::Language::english));
    if (!arguments.portuguese_markdown_file.empty())
        common::write_file(arguments.portuguese_markdown_file,
                           benchmarks::markdown(table, benchmarks::Language::portuguese));
    if (!arguments.json_file.empty())
        common::write_file(arguments.json_file, benchmarks::json(table));
    return all_arrived(table) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    if (const auto status = parse(argc, argv, arguments))
        return *status;
    try {
        return compare(arguments);
    } catch (const std::exception& error) {
        fmt::print(stderr, "compare: {}\n", error.what());
        return 1;
    }
}
