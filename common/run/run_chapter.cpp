#include "common/run/run_chapter.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <exception>
#include <memory>
#include <system_error>

#include "common/net/tls.hpp"
#include "common/page/page_writer.hpp"
#include "common/run/command_line.hpp"
#include "common/run/limits.hpp"
#include "common/run/prepare_process.hpp"
#include "common/run/report.hpp"
#include "common/run/stop.hpp"
#include "common/run/timeline.hpp"
#include "common/run/url_list.hpp"

namespace common {
namespace {

// Fewer workers, with a warning, where that many could not open what they need.
void fit_workers_to_open_files(Options& options) {
    constexpr std::size_t reserve = 16;  // standard streams, the practice site, an event loop
    const std::size_t open_files = raise_open_file_limit();
    const std::size_t each = options.save_directory.empty() ? 1 : 2;
    const std::size_t possible =
        open_files > reserve ? std::max<std::size_t>((open_files - reserve) / each, 1) : 1;
    if (options.workers <= possible)
        return;
    print_error("only {} open files are allowed (ulimit -n): {} {} instead of {}\n", open_files,
                possible, possible == 1 ? "worker" : "workers", options.workers);
    options.workers = possible;
}

void check_save_directory(const std::string& path) {
    struct stat status {};
    if (path.empty())
        return;
    if (mkdir(path.c_str(), 0777) != 0 && errno != EEXIST)
        throw std::system_error(errno, std::generic_category(),
                                fmt::format("cannot make the directory '{}'", path));
    if (stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
        throw std::system_error(ENOTDIR, std::generic_category(),
                                fmt::format("cannot save to '{}'", path));
    if (access(path.c_str(), W_OK | X_OK) != 0)
        throw std::system_error(errno, std::generic_category(),
                                fmt::format("cannot save to '{}'", path));
}

// The list of pages, and the practice site if it is from there.
struct Task {
    std::unique_ptr<PracticeSite> site;
    std::vector<std::string> urls;
};

Task make_task(CommandLine& line) {
    Task task;
    if (line.wants_practice_site()) {
        std::vector<std::string> arguments;
        if (line.practice_site.plain)
            arguments.emplace_back("--plain");
        task.site = std::make_unique<PracticeSite>(arguments);
        task.urls = task.site->page_urls(line.practice_site);
        if (line.options.ca_file.empty())
            line.options.ca_file = task.site->ca_file();
        return task;
    }
    task.urls = line.urls;
    if (!line.input.empty()) {
        const std::string list = read_file(line.input);
        if (has_inner_byte_order_mark(list))
            print_error("a byte-order mark in the middle of '{}' was left out\n", line.input);
        const std::vector<std::string> more = urls_in(list);
        task.urls.insert(task.urls.end(), more.begin(), more.end());
        if (task.urls.empty())
            print_error("no URL in '{}'\n", line.input);
    }
    return task;
}

// Reads the certificates before the clock starts, and before a fork, so that children share them.
void prepare_tls(const CommandLine& line, const std::vector<std::string>& urls) {
    const auto is_https = [](const std::string& text) {
        const auto url = parse_url(text);
        return std::holds_alternative<Url>(url) && std::get<Url>(url).https;
    };
    if (!line.options.ca_file.empty() || std::any_of(urls.begin(), urls.end(), is_https))
        tls_client_context(line.options.ca_file);
}

// The report on standard output is for a program: what is for people must not stand between.
StandardStream stream_for_people(const CommandLine& line) {
    const bool taken = line.report == "-" || line.timeline == "-" || line.trace == "-";
    return taken ? StandardStream::errors : StandardStream::output;
}

Run run(const Chapter& chapter, const CommandLine& line, std::vector<std::string> urls) {
    // More workers than pages would have nothing to do.
    const std::size_t useful_workers = std::max<std::size_t>(urls.size(), 1);
    Run run{.model = chapter.model,
            .workers = std::min(line.options.workers, useful_workers),
            .urls = std::move(urls)};
    if (line.wants_practice_site())
        run.latency = std::chrono::milliseconds(line.practice_site.latency_ms);
    Options options = line.options;
    options.workers = run.workers;

    LiveOutput output(run.urls, line.quiet, stream_for_people(line));
    run.begin = Clock::now();
    run.results = chapter.download_all(
        run.urls, options,
        [&](std::size_t index, const Result& result) { output.page_done(index, result); });
    run.seconds = Clock::now() - run.begin;
    run.results.resize(run.urls.size());  // a result that a model did not give is a failure
    return run;
}

// Colours are for people who look at a terminal and have not said no: https://no-color.org.
bool wants_colour(StandardStream stream) {
    const char* no_colour = std::getenv("NO_COLOR");
    return obeys_escape_sequences(stream) && (!no_colour || *no_colour == '\0');
}

// All files that were asked for; one that cannot be written does not cost the others.
void write_files(const Run& run, const CommandLine& line) {
    std::exception_ptr first_error;
    const auto write = [&](const std::string& path, auto make_text) {
        try {
            if (path == "-")
                print(StandardStream::output, make_text());
            else if (!path.empty())
                write_file(path, make_text());
        } catch (const std::system_error&) {
            first_error = first_error ? first_error : std::current_exception();
        }
    };
    write(line.report, [&] { return json_report(run); });
    write(line.timeline, [&] { return timeline_svg(run, line.command, line.timeline_seconds); });
    write(line.trace, [&] { return trace_json(run); });
    if (first_error)
        std::rethrow_exception(first_error);
}

int report(const Run& run, const CommandLine& line) {
    const StandardStream people = stream_for_people(line);
    if (!line.quiet)
        print(people, timeline_text(run, wants_colour(people)));
    print(people, summary(run));
    write_files(run, line);
    finish_output();
    if (stop_requested())
        return 128 + stop_signal();
    return count_arrived(run.results) == run.urls.size() ? 0 : 1;
}

}  // namespace

int run_chapter(int argc, char** argv, const Chapter& chapter) {
    prepare_process();
    auto parsed = parse_command_line(argc, argv, chapter);
    if (const int* status = std::get_if<int>(&parsed))
        return *status;
    auto& line = std::get<CommandLine>(parsed);
    const auto fail = [&](int status, const std::exception& error) {
        print_error("{}: {}\n", chapter.model, error.what());
        return status;
    };

    Task task;
    try {
        install_stop_signals();
        fit_workers_to_open_files(line.options);
        check_save_directory(line.options.save_directory);
        task = make_task(line);
        prepare_tls(line, task.urls);
        prepare_hash();
    } catch (const std::exception& error) {
        return fail(2, error);
    }
    try {
        return report(run(chapter, line, std::move(task.urls)), line);
    } catch (const std::exception& error) {
        return fail(1, error);
    }
}

}  // namespace common
