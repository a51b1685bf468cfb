// The command line that all chapters share.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/practice_site/practice_site_process.hpp"
#include "common/run/run_chapter.hpp"

namespace common {

struct CommandLine {
    Options options;
    PracticeSiteOptions practice_site;
    std::vector<std::string> urls;
    std::string input;   // file with URLs; empty: none
    std::string report;  // files to write; empty: none
    std::string timeline;
    double timeline_seconds = 0;
    std::string trace;
    std::string command;  // the whole of it, as it was given
    bool quiet = false;

    bool wants_practice_site() const { return urls.empty() && input.empty(); }
};

// The parsed command line, or the exit status when there is nothing to run: 0 after --help, 2 with
// an error and a usage line on standard error.
std::variant<int, CommandLine> parse_command_line(int argc, char** argv, const Chapter& chapter);

}  // namespace common
