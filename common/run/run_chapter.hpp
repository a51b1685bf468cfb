// The main() of every chapter: command line, practice site, timing, report and exit status.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "common/run/download_all.hpp"
#include "common/run/limits.hpp"  // processor_count(), for default_workers

namespace common {

struct Chapter {
    std::string model;                           // the program's name: "threads"
    std::optional<std::size_t> default_workers;  // none: one worker, and no option to change it
    DownloadAll* download_all;
};

// Returns the exit status: 0 every page arrived; 1 some did not, or the results could not be
// written; 2 wrong usage; 128 + n when signal n stopped it, after the report.
int run_chapter(int argc, char** argv, const Chapter& chapter);

}  // namespace common
