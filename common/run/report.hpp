// What a run says: lines while it goes on, a summary, the JSON report.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "common/page/result.hpp"
#include "common/run/output.hpp"
#include "common/run/run.hpp"

namespace common {

// How many of the results are pages. Counted from the results, never from the list.
std::size_t count_arrived(const std::vector<Result>& results);

// One line: of a page that arrived its status, size and seconds, of another its kind of failure,
// then `page`, the URL or the part of it that is to be shown. In a terminal of `columns` (0: none)
// that is cut where the line would be too long.
std::string page_line(const std::string& page, const Result& result, std::size_t columns);

// One line per page on `lines` as it arrives, under a line with the site that all are of, if they
// are; on standard error a progress bar when that is a terminal. page_done is thread-safe: the
// lines of two pages never mix.
class LiveOutput {
  public:
    LiveOutput(const std::vector<std::string>& urls, bool quiet, StandardStream lines);
    ~LiveOutput();
    LiveOutput(const LiveOutput&) = delete;
    LiveOutput& operator=(const LiveOutput&) = delete;

    void page_done(std::size_t index, const Result& result);

  private:
    void clear_bar();
    void draw_bar();

    const std::vector<std::string>& urls_;
    const std::string origin_;  // what all URLs begin with, or ""
    const bool quiet_;
    const StandardStream lines_;
    const bool bar_;
    std::mutex mutex_;  // guards everything below, and the terminal
    std::size_t done_ = 0;
    std::size_t failed_ = 0;
};

// "50 of 50 pages arrived in 1.02 s (threads, 5 workers): 819200 bytes"; failures by kind below.
std::string summary(const Run& run);

// The report of --report: one JSON object, pages in the order of the list.
std::string json_report(const Run& run);

// Writes all of `text` to the file, through a temporary one. Throws std::system_error that names
// the file.
void write_file(const std::string& path, std::string_view text);

}  // namespace common
