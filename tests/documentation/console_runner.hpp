// Runs the console blocks of a page and compares what they print with what the page shows.
#pragma once

#include <chrono>
#include <string>

#include "console_block.hpp"
#include "shell.hpp"

namespace documentation {

struct ConsoleLimits {
    std::chrono::milliseconds command = std::chrono::minutes(15);
    std::chrono::milliseconds first_output_of_job = std::chrono::seconds(10);
};

struct ConsoleReport {
    Lines complaints;   // each with the page, the line, what was expected and what came
    std::string shown;  // the blocks as they should be, ready to paste
    std::size_t commands = 0;
    std::size_t blocks_not_run = 0;
};

// `name` is for the complaints: "02_threads/README.md". `progress`: print each command as it runs.
ConsoleReport run_console_blocks(const std::string& name, const std::string& text, Shell& shell,
                                 const ConsoleLimits& limits, bool progress = false);

// Copies the repository as it is in the working tree: files_of(). Nothing built is in it.
void copy_repository(const std::string& to);

}  // namespace documentation
