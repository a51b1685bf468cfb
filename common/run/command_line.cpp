#include "common/run/command_line.hpp"

#include <fmt/format.h>

#include "common/run/parse_arguments.hpp"

namespace common {

std::variant<int, CommandLine> parse_command_line(int argc, char** argv, const Chapter& chapter) {
    CommandLine line;
    line.command = chapter.model;
    for (int i = 1; i < argc; ++i)
        line.command += fmt::format(" {}", argv[i]);
    line.options.workers = chapter.default_workers.value_or(1);
    double timeout_seconds = 30;

    CLI::App app(fmt::format("Downloads pages with the model '{}' and reports what came back.",
                             chapter.model),
                 chapter.model);
    app.add_option("URL", line.urls, "Pages to download; none: those of the practice site");
    app.add_option("-i,--input", line.input,
                   "Read URLs from FILE, one a line; '#' begins a comment, '-' is standard input")
        ->type_name("FILE");
    if (chapter.default_workers)
        app.add_option("-w,--workers", line.options.workers, "How many at once")
            ->type_name("N")
            ->check(CLI::Range(1, 100'000))
            ->capture_default_str();
    app.add_option("--timeout", timeout_seconds, "Deadline for one whole page, in seconds")
        ->type_name("S")
        ->check(CLI::Range(0.001, 1e6))
        ->capture_default_str();
    app.add_option("--max-bytes", line.options.max_bytes, "A larger page is a failure")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_option("--ca-file", line.options.ca_file,
                   "Trust these certificates instead of the system's")
        ->type_name("PEM");
    app.add_option("--work", line.options.work_mib,
                   "After each download, hash MIB mebibytes: CPU-bound work")
        ->type_name("MIB")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    app.add_option("--save", line.options.save_directory, "Write every page to DIR")
        ->type_name("DIR");
    app.add_option("--report", line.report, "Write a JSON report to FILE")->type_name("FILE");
    app.add_option("--timeline", line.timeline, "Draw the run as an SVG picture, to FILE")
        ->type_name("FILE");
    app.add_option("--trace", line.trace,
                   "Write Chrome trace events, for Perfetto or chrome://tracing, to FILE")
        ->type_name("FILE");
    app.add_flag("-q,--quiet", line.quiet, "Print the summary only");

    const std::string group = "Practice site (when no URL is given)";
    auto* pages = app.add_option("--pages", line.practice_site.pages, "How many pages it has");
    pages->type_name("N")->check(CLI::Range(0, 1'000'000));
    auto* latency =
        app.add_option("--latency", line.practice_site.latency_ms, "Milliseconds until it answers");
    latency->type_name("MS")->check(CLI::Range(0, 600'000));
    auto* bytes = app.add_option("--page-bytes", line.practice_site.page_bytes, "Size of a page");
    bytes->type_name("N")->check(CLI::NonNegativeNumber);
    auto* plain = app.add_flag("--plain", line.practice_site.plain, "http instead of https");
    const auto site_options = {pages, latency, bytes, plain};
    for (CLI::Option* option : site_options)
        option->group(group)->capture_default_str();

    app.callback([&] {
        for (const CLI::Option* option : site_options)
            if (!line.wants_practice_site() && option->count() > 0)
                throw CLI::ExcludesError(
                    option->get_name() + " is for the practice site, which URLs or --input replace",
                    2);
    });
    if (const auto status = parse_arguments(app, argc, argv, "[OPTIONS] [URL...]"))
        return *status;
    line.options.timeout =
        std::chrono::milliseconds(static_cast<std::int64_t>(timeout_seconds * 1000));
    return line;
}

}  // namespace common
