#include "command_line.hpp"

#include <fmt/format.h>

#include <limits>

#include "common/run/parse_arguments.hpp"
#include "common/run/report.hpp"

namespace benchmarks {
namespace {

using common::add_number;

bool is_scale(const CommandLine& line) {
    return line.program == "scale";
}

void add_job_options(CLI::App& app, CommandLine& line) {
    if (!is_scale(line))
        add_number(app, "--pages", line.job.site.pages, 1, 1'000'000, "How many pages")
            ->type_name("N");
    add_number(app, "--latency", line.job.site.latency_ms, 1, 600'000,
               "Milliseconds until a page is answered")
        ->type_name("MS");
    add_number(app, "--page-bytes", line.job.site.page_bytes, 0,
               std::numeric_limits<std::size_t>::max(), "Size of a page")
        ->type_name("N");
    // With thousands of TLS handshakes the first pages would be there before the last are asked
    // for.
    if (is_scale(line))
        app.add_flag_callback(
            "--https", [&] { line.job.site.plain = false; }, "https instead of http");
    else
        app.add_flag("--plain", line.job.site.plain, "http instead of https");
    if (!is_scale(line))
        add_number(app, "--work", line.job.work_mib, 0, 1'000'000,
                   "MiB to hash after each download: CPU-bound work")
            ->type_name("MIB");
}

// The minimal programs ask for pages of that size, and compute nothing.
void add_beside(CLI::App& app, CommandLine& line) {
    CLI::Option* beside =
        app.add_flag("--beside", line.beside,
                     "Also the minimal programs, Python, Go, curl and wget2, on the same pages")
            ->excludes("--page-bytes");
    if (!is_scale(line))
        beside->excludes("--work");
}

void add_run_options(CLI::App& app, CommandLine& line, std::int64_t& time_limit_seconds) {
    add_number(app, "--repeat", line.repeat, 1, 1000,
               "Runs of each model; medians are shown, and least and most")
        ->type_name("N");
    if (is_scale(line))
        add_number(app, "--most", line.most_in_flight, 1, 100'000,
                   "Stop at that many pages in flight")
            ->type_name("N");
    add_number(app, "--time-limit", time_limit_seconds, 1, 86'400,
               "Seconds after which a run is given up")
        ->type_name("S");
}

void add_file_options(CLI::App& app, CommandLine& line) {
    const auto add = [&](const char* option, std::string& file, const char* description) {
        common::add_path(app, option, file, "FILE", description);
    };
    add("--markdown", line.markdown_file, "Write the tables for a README to FILE");
    add("--markdown-pt-br", line.portuguese_markdown_file, "The same in Brazilian Portuguese");
    add("--json", line.json_file, "Write every run to FILE");
    add("--svg", line.svg_file, "Draw the figures to FILE");
}

}  // namespace

std::optional<int> parse_command_line(int argc, char** argv, CommandLine& line) {
    CLI::App app(is_scale(line) ? "Downloads with more and more pages in flight: what each costs."
                                : "Downloads the same pages with every model and compares them.",
                 line.program);
    std::int64_t time_limit_seconds = line.job.time_limit.count();
    add_job_options(app, line);
    add_beside(app, line);
    add_run_options(app, line, time_limit_seconds);
    add_file_options(app, line);
    const auto status = common::parse_arguments(app, argc, argv, "[OPTIONS]");
    line.job.time_limit = std::chrono::seconds(time_limit_seconds);
    return status;
}

std::string command_of(const CommandLine& line, const CommandLine& defaults) {
    std::string command = line.program;
    const auto add = [&](const char* option, auto value, auto default_value) {
        if (value != default_value)
            command += fmt::format(" {} {}", option, value);
    };
    add("--pages", line.job.site.pages, defaults.job.site.pages);
    add("--latency", line.job.site.latency_ms, defaults.job.site.latency_ms);
    add("--page-bytes", line.job.site.page_bytes, defaults.job.site.page_bytes);
    add("--work", line.job.work_mib, defaults.job.work_mib);
    add("--repeat", line.repeat, defaults.repeat);
    add("--most", line.most_in_flight, defaults.most_in_flight);
    add("--time-limit", line.job.time_limit.count(), defaults.job.time_limit.count());
    if (line.job.site.plain != defaults.job.site.plain)
        command += line.job.site.plain ? " --plain" : " --https";
    return command + (line.beside ? " --beside" : "");
}

void write_files(const CommandLine& line, const std::string& command, const Forms& forms) {
    if (!line.markdown_file.empty())
        common::write_file(line.markdown_file, forms.markdown(Language::english));
    if (!line.portuguese_markdown_file.empty())
        common::write_file(line.portuguese_markdown_file, forms.markdown(Language::portuguese));
    if (!line.json_file.empty())
        common::write_file(line.json_file, forms.json());
    if (!line.svg_file.empty())
        common::write_file(line.svg_file, forms.svg(command + " --svg " + line.svg_file));
}

}  // namespace benchmarks
