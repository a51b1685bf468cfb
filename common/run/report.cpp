#include "common/run/report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "common/page/text.hpp"
#include "common/page/whole_file.hpp"

namespace common {
namespace {

// "https://127.0.0.1:40123" of a URL; "" where there is no such part.
std::string_view origin_of(std::string_view url) {
    const std::size_t slashes = url.find("://");
    if (slashes == std::string_view::npos)
        return "";
    return url.substr(0, url.find_first_of("/?#", slashes + 3));
}

// The origin that all have; "" when there is no such.
std::string common_origin(const std::vector<std::string>& urls) {
    const std::string_view first = urls.empty() ? "" : origin_of(urls.front());
    const bool same = std::all_of(urls.begin(), urls.end(),
                                  [&](const std::string& url) { return origin_of(url) == first; });
    return same ? std::string(first) : "";
}

// With an ellipsis in the middle, where both ends tell most, when it is longer than `room`.
std::string cut_to(std::string text, std::size_t room) {
    constexpr std::string_view ellipsis = "...";
    if (text.size() <= room)
        return text;
    std::size_t begin = (room - ellipsis.size()) / 2;
    std::size_t end = text.size() - (room - ellipsis.size() - begin);
    const auto is_within_character = [&](std::size_t place) {  // of several bytes, in UTF-8
        return place < text.size() && (static_cast<unsigned char>(text[place]) & 0xC0U) == 0x80U;
    };
    while (begin > 0 && is_within_character(begin))
        --begin;
    while (is_within_character(end))
        ++end;
    return text.replace(begin, end - begin, ellipsis);
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

}  // namespace

std::size_t count_arrived(const std::vector<Result>& results) {
    return static_cast<std::size_t>(std::count_if(results.begin(), results.end(), arrived));
}

std::string page_line(const std::string& page, const Result& result, std::size_t columns) {
    const auto* error = std::get_if<DownloadError>(&result);
    const double seconds = times_of(result).download_time().count();
    std::string line =
        error ? fmt::format("FAILED {:>8} {:>7.3f} s  ", name_of(error->kind), seconds)
              : fmt::format("{:>5} {:>7} B {:>7.3f} s  ", std::get<Page>(result).status,
                            std::get<Page>(result).bytes, seconds);
    // As it stands in the list, which may be any file: the report has it whole.
    constexpr std::size_t longest = 300;
    constexpr std::size_t shortest = 20;
    const std::string text = printable(page.substr(0, longest));
    line +=
        columns == 0 ? text : cut_to(text, std::max(columns, line.size() + shortest) - line.size());
    return line + (error ? ": " + error->message : "") + "\n";
}

LiveOutput::LiveOutput(const std::vector<std::string>& urls, bool quiet, StandardStream lines)
    : urls_(urls),
      origin_(common_origin(urls)),
      quiet_(quiet),
      lines_(lines),
      bar_(!quiet && obeys_escape_sequences(StandardStream::errors)) {}

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
    if (done_ == 1 && !origin_.empty())
        print(lines_, fmt::format("pages of {}\n", printable(origin_)));
    const std::string page = urls_.at(index).substr(origin_.size());
    print(lines_, page_line(page.empty() ? "/" : page, result, terminal_width(lines_)));
    draw_bar();
}

void LiveOutput::clear_bar() {
    if (bar_)
        print_error("\r\033[K");
}

// Asks for the width each time: a window may change (SIGWINCH, which by default does nothing).
void LiveOutput::draw_bar() {
    const std::string text = fmt::format(" {} of {}{}", done_, urls_.size(),
                                         failed_ == 0 ? "" : fmt::format(", {} failed", failed_));
    constexpr std::size_t shortest = 10;
    const std::size_t width = terminal_width(StandardStream::errors);
    const std::size_t others = text.size() + 3;  // two brackets, and the cursor behind it all
    if (!bar_ || width < others + shortest)
        return;
    const std::size_t bar = std::min<std::size_t>(width - others, 40);
    print_error("[{:<{}}]{}", std::string(done_ * bar / urls_.size(), '#'), bar, text);
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
    WholeFile file(path);
    if (!file.write(text) || !file.finish())
        throw std::system_error(file.error(), std::generic_category(),
                                fmt::format("cannot write '{}'", path));
}

}  // namespace common
