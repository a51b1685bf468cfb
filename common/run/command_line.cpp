#include "common/run/command_line.hpp"

#include <fmt/format.h>

#include <limits>

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
    app.add_option("URL", line.urls, "Pages to download; none: those of the practice site")
        ->type_name("");
    add_path(app, "-i,--input", line.input, "FILE",
             "Read URLs from FILE, one a line; '#' begins a comment, '-' is standard input");
    if (chapter.default_workers)
        add_number(app, "-w,--workers", line.options.workers, 1, 100'000, "How many at once")
            ->type_name("N");
    add_number(app, "--timeout", timeout_seconds, 0.001, 1e6,
               "Deadline for one whole page, in seconds")
        ->type_name("S");
    add_number(app, "--max-bytes", line.options.max_bytes, 0,
               std::numeric_limits<std::uint64_t>::max(), "A larger page is a failure")
        ->type_name("N");
    add_path(app, "--ca-file", line.options.ca_file, "PEM",
             "Trust these certificates instead of the system's");
    add_number(app, "--work", line.options.work_mib, 0, 1'000'000,
               "After each download, hash MIB mebibytes: CPU-bound work")
        ->type_name("MIB");
    add_path(app, "--save", line.options.save_directory, "DIR", "Write every page to DIR");
    add_path(
        app, "--report", line.report, "FILE",
        "Write a JSON report to FILE; '-' is standard output, and the lines for people then go "
        "to standard error");
    add_path(app, "--timeline", line.timeline, "FILE", "Draw the run as an SVG picture, to FILE");
    add_number(app, "--timeline-seconds", line.timeline_seconds, 0, 1e6,
               "Length of that picture's time axis, if the run is shorter")
        ->type_name("S");
    add_path(app, "--trace", line.trace, "FILE",
             "Write Chrome trace events, for Perfetto or chrome://tracing, to FILE");
    app.add_flag("-q,--quiet", line.quiet, "Print the summary only");

    const std::string group = "Practice site (when no URL is given)";
    auto* pages =
        add_number(app, "--pages", line.practice_site.pages, 0, 1'000'000, "How many pages it has");
    auto* latency = add_number(app, "--latency", line.practice_site.latency_ms, 0, 600'000,
                               "Milliseconds until it answers");
    auto* bytes = add_number(app, "--page-bytes", line.practice_site.page_bytes, 0,
                             std::numeric_limits<std::size_t>::max(), "Size of a page");
    auto* plain = app.add_flag("--plain", line.practice_site.plain, "http instead of https");
    pages->type_name("N");
    latency->type_name("MS");
    bytes->type_name("N");
    const auto site_options = {pages, latency, bytes, plain};
    for (CLI::Option* option : site_options)
        option->group(group);

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
