#include "common/run/report.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "common/page/text.hpp"

namespace common {
namespace {

std::string line_for(const std::string& listed_url, const Result& result) {
    // As it stands in the list, which may be any file: the report has it whole.
    const std::string url = printable(listed_url.substr(0, 300));
    const double seconds = times_of(result).download_time().count();
    if (const auto* page = std::get_if<Page>(&result))
        return fmt::format("{:>6} {:>11} B {:>8.3f} s  {}\n", page->status, page->bytes, seconds,
                           url);
    const auto& error = std::get<DownloadError>(result);
    return fmt::format("{:>6} {:>13} {:>8.3f} s  {}: {}\n", "FAILED", name_of(error.kind), seconds,
                       url, error.message);
}

nlohmann::ordered_json json_page(const std::string& url, const Result& result) {
    // URLs may hold any bytes; JSON holds UTF-8 only, so others are shown as U+FFFD when dumped.
    if (const auto* page = std::get_if<Page>(&result))
        return {{"url", url},
                {"ok", true},
                {"status", page->status},
                {"bytes", page->bytes},
                {"sha256", to_hex(page->sha256)}};
    const auto& error = std::get<DownloadError>(result);
    nlohmann::ordered_json json = {{"url", url}, {"ok", false}, {"status", nullptr}};
    if (error.status)
        json["status"] = *error.status;
    json["kind"] = name_of(error.kind);
    json["error"] = error.message;
    return json;
}

// The first errno of standard output. Written by print_line and finish_output, whose callers hold
// LiveOutput's mutex or are the only thread.
int output_error = 0;

}  // namespace

std::size_t count_arrived(const std::vector<Result>& results) {
    return static_cast<std::size_t>(std::count_if(results.begin(), results.end(), arrived));
}

void print_line(std::string_view text) {
    // A full disk or a reader that is gone must not end the downloads: finish_output() tells.
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() && output_error == 0)
        output_error = errno;
}

void finish_output() {
    if (std::fflush(stdout) != 0 && output_error == 0)
        output_error = errno;
    // The reader of a pipe may leave when it has seen enough (`| head -1`).
    if (output_error != 0 && output_error != EPIPE)
        throw std::system_error(output_error, std::generic_category(),
                                "cannot write to standard output");
}

LiveOutput::LiveOutput(const std::vector<std::string>& urls, bool quiet)
    : urls_(urls), quiet_(quiet), bar_(!quiet && isatty(STDERR_FILENO) != 0) {
    struct stat status {};
    // Whoever reads a pipe wants each line when it is there; a file can wait for a full buffer.
    if (fstat(STDOUT_FILENO, &status) == 0 && !S_ISREG(status.st_mode))
        std::setvbuf(stdout, nullptr, _IOLBF, 0);
}

LiveOutput::~LiveOutput() {
    clear_bar();
}

void LiveOutput::page_done(std::size_t index, const Result& result) {
    const std::lock_guard lock(mutex_);
    ++done_;
    failed_ += arrived(result) ? 0 : 1;
    if (quiet_)
        return;
    clear_bar();
    print_line(line_for(urls_.at(index), result));
    if (bar_) {
        std::fflush(stdout);
        draw_bar();
    }
}

void LiveOutput::clear_bar() {
    if (bar_)
        fmt::print(stderr, "\r\033[K");
}

void LiveOutput::draw_bar() {
    constexpr std::size_t width = 40;
    const std::size_t filled = urls_.empty() ? width : done_ * width / urls_.size();
    fmt::print(stderr, "[{:<{}}] {} of {}{}", std::string(filled, '#'), width, done_, urls_.size(),
               failed_ == 0 ? "" : fmt::format(", {} failed", failed_));
    std::fflush(stderr);
}

std::string summary(const Run& run) {
    const std::size_t arrived_pages = count_arrived(run.results);
    std::uint64_t bytes = 0;
    std::map<std::string_view, std::size_t> failures;
    for (const Result& result : run.results) {
        if (const auto* page = std::get_if<Page>(&result))
            bytes += page->bytes;
        else
            ++failures[name_of(std::get<DownloadError>(result).kind)];
    }
    std::string text =
        fmt::format("{} of {} pages arrived in {:.3f} s ({}, {} {}): {} bytes\n", arrived_pages,
                    run.results.size(), run.seconds.count(), run.model, run.workers,
                    run.workers == 1 ? "worker" : "workers", bytes);
    for (const auto& [kind, count] : failures)
        text += fmt::format("{:>6} {}\n", count, kind);
    return text;
}

std::string json_report(const Run& run) {
    nlohmann::ordered_json report = {{"model", run.model},
                                     {"workers", run.workers},
                                     {"seconds", run.seconds.count()},
                                     {"pages", nlohmann::ordered_json::array()}};
    for (std::size_t i = 0; i < run.results.size(); ++i)
        report["pages"].push_back(json_page(run.urls.at(i), run.results[i]));
    return report.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

void write_file(const std::string& path, std::string_view text) {
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    // A device, a pipe or a link is written to, not replaced by a rename.
    struct stat status {};
    const bool replace = lstat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
    const std::string temporary = replace ? fmt::format("{}.{}.part", path, getpid()) : path;
    std::unique_ptr<std::FILE, Close> file(std::fopen(temporary.c_str(), "wbe"));
    bool written = file && std::fwrite(text.data(), 1, text.size(), file.get()) == text.size() &&
                   std::fflush(file.get()) == 0;
    written = written && (!replace || std::rename(temporary.c_str(), path.c_str()) == 0);
    if (written)
        return;
    const std::system_error error(errno, std::generic_category(),
                                  fmt::format("cannot write '{}'", path));
    if (replace)
        std::remove(temporary.c_str());
    throw error;
}

}  // namespace common
