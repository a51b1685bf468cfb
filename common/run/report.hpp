// What a run says: lines while it goes on, a summary, the JSON report.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "common/page/result.hpp"
#include "common/run/run.hpp"

namespace common {

// How many of the results are pages. Counted from the results, never from the list.
std::size_t count_arrived(const std::vector<Result>& results);

// One line per page on standard output as it arrives; on standard error a progress bar when that
// is a terminal. page_done is thread-safe: the lines of two pages never mix.
class LiveOutput {
  public:
    LiveOutput(const std::vector<std::string>& urls, bool quiet);
    ~LiveOutput();
    LiveOutput(const LiveOutput&) = delete;
    LiveOutput& operator=(const LiveOutput&) = delete;

    void page_done(std::size_t index, const Result& result);

  private:
    void clear_bar();
    void draw_bar();

    const std::vector<std::string>& urls_;
    const bool quiet_;
    const bool bar_;
    std::mutex mutex_;  // guards everything below, and the terminal
    std::size_t done_ = 0;
    std::size_t failed_ = 0;
};

// "50 of 50 pages arrived in 1.02 s (threads, 5 workers): 819200 bytes"; failures by kind below.
std::string summary(const Run& run);

// The report of --report: one JSON object, pages in the order of the list.
std::string json_report(const Run& run);

// Writes to standard output and remembers the first error instead of throwing. Not thread-safe.
void print_line(std::string_view text);

// Flushes standard output. Throws std::system_error when anything could not be written, unless
// the reader of a pipe had closed it.
void finish_output();

// Writes all of `text` to the file, through a temporary one. Throws std::system_error that names
// the file.
void write_file(const std::string& path, std::string_view text);

}  // namespace common
