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
    std::string json_file;
    std::string language = "en";
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
    app.add_option("--language", arguments.language, "Of --markdown")
        ->check(CLI::IsMember({"en", "pt-br"}))
        ->capture_default_str();
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
    return {{"synchronous", TUTORIAL_SYNC, 1},
            {"thread with 5 workers", TUTORIAL_THREADS, 5},
            {"thread with 50 workers", TUTORIAL_THREADS, 50},
            {"parallelism (multiprocess)", TUTORIAL_MULTIPROCESS, common::processor_count()},
            {"asynchronous coroutines", TUTORIAL_ASYNC, std::min<std::size_t>(pages, 100)}};
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

int compare(const Arguments& arguments, const std::string& command) {
    const common::PracticeSite site(arguments.site.plain ? std::vector{"--plain"s}
                                                         : std::vector<std::string>{});
    const std::string list_file = fmt::format("/tmp/compare-list-{}.txt", getpid());
    common::write_file(list_file, joined(site.page_urls(arguments.site)));

    benchmarks::Table table;
    table.job = {list_file, site.ca_file(), arguments.site.pages, arguments.site.latency_ms,
                 arguments.work_mib};
    table.conditions =
        fmt::format("{} pages of {} bytes, {} ms each, {}; {}", arguments.site.pages,
                    arguments.site.page_bytes, arguments.site.latency_ms,
                    arguments.site.plain ? "http" : "https", benchmarks::describe_machine());
    table.command = command;
    for (const benchmarks::Model& model : models(arguments.site.pages))
        table.rows.push_back({model, {}});

    fmt::print("{}\n\n{}", table.conditions, benchmarks::terminal_heading());
    measure_all(table, arguments.repeat);
    unlink(list_file.c_str());

    const auto language = arguments.language == "en" ? benchmarks::Language::english
                                                     : benchmarks::Language::portuguese;
    if (!arguments.markdown_file.empty())
        common::write_file(arguments.markdown_file, benchmarks::markdown(table, language));
    if (!arguments.json_file.empty())
        common::write_file(arguments.json_file, benchmarks::json(table));
    return all_arrived(table) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    if (const auto status = parse(argc, argv, arguments))
        return *status;
    std::string command = "compare";
    for (int i = 1; i < argc; ++i)
        command += " "s + argv[i];
    try {
        return compare(arguments, command);
    } catch (const std::exception& error) {
        fmt::print(stderr, "compare: {}\n", error.what());
        return 1;
    }
}
