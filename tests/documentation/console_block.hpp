// The console blocks of a page: commands, what they should print, and what is declared of them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "markdown.hpp"

namespace documentation {

struct Command {
    std::size_t line;  // of the page
    std::string text;
    Lines output;  // expected; "..." stands for any lines

    bool in_background() const { return text.ends_with("&") && !text.ends_with("&&"); }
};

// In an HTML comment on the line before the block, separated by semicolons:
//   unordered            the lines of each command come in any order
//   varies: 2, 48        these figures may be others
//   exit status: 1       a command ends with 1; the others with 0
//   not run: WHY         to the end of the comment
struct Declaration {
    bool unordered = false;
    std::vector<std::string> varying{};
    std::optional<int> exit_status{};
    std::optional<std::string> not_run_because{};
};

struct ConsoleBlock {
    std::size_t line;  // of the opening fence
    std::size_t indent;
    Declaration declared;
    std::vector<Command> commands;
};

struct ConsoleBlocks {
    std::vector<ConsoleBlock> blocks;
    Lines complaints;  // about what is no proper block or declaration
};

// Those of the English half, or of the whole page when it has no halves.
ConsoleBlocks console_blocks_of(const std::string& text);

}  // namespace documentation
