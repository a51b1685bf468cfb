// The command lines of compare and scale, which have most options in common.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "figures.hpp"
#include "measure.hpp"

namespace benchmarks {

struct CommandLine {
    std::string program;  // "compare" or "scale"
    Job job;
    std::size_t repeat = 1;
    bool beside = false;                  // what a person would use instead, too
    std::size_t most_in_flight = 10'000;  // of scale
    // Files to write; "" for none.
    std::string markdown_file = {};
    std::string portuguese_markdown_file = {};
    std::string json_file = {};
    std::string svg_file = {};
};

// Fills `line`, whose values are the defaults. An exit status when the program is to end at once.
std::optional<int> parse_command_line(int argc, char** argv, CommandLine& line);

// What somebody else would type for the same figures: without the files that it writes.
std::string command_of(const CommandLine& line, const CommandLine& defaults);

// The same figures in all the forms that a file may have.
struct Forms {
    std::function<std::string(Language)> markdown;
    std::function<std::string()> json;
    std::function<std::string(const std::string& made_by)> svg;
};

// Writes the files that were asked for. Throws std::system_error that names the file.
void write_files(const CommandLine& line, const std::string& command, const Forms& forms);

}  // namespace benchmarks
