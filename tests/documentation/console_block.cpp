#include "console_block.hpp"

#include <fmt/format.h>

#include <regex>

namespace documentation {
namespace {

std::vector<std::string> split(const std::string& text, const char* separator) {
    const std::regex pattern(separator);
    return {std::sregex_token_iterator(text.begin(), text.end(), pattern, -1), {}};
}

// False when it is no declaration.
bool add_declaration(const std::string& text, Declaration& declared) {
    std::smatch match;
    if (text == "unordered")
        declared.unordered = true;
    else if (std::regex_match(text, match, std::regex("varies: (.+)")))
        declared.varying = split(match[1], "\\s*,\\s*");
    else if (std::regex_match(text, match, std::regex("exit status: ([0-9]{1,3})")))
        declared.exit_status = std::stoi(match[1]);
    else
        return false;
    return true;
}

Declaration parse_declaration(const std::string& comment, std::size_t line, Lines& complaints) {
    Declaration declared;
    std::smatch match;
    if (std::regex_match(comment, match, std::regex("not run:?\\s*(.*)"))) {
        declared.not_run_because = match[1];
        if (declared.not_run_because->empty())
            complaints.push_back(fmt::format("line {}: 'not run' needs a reason", line));
        return declared;
    }
    if (!comment.empty())
        for (const std::string& part : split(comment, "\\s*;\\s*"))
            if (!add_declaration(part, declared))
                complaints.push_back(fmt::format("line {}: '{}' is no declaration", line, part));
    return declared;
}

std::vector<Command> parse_commands(const CodeBlock& block, Lines& complaints) {
    std::vector<Command> commands;
    std::size_t line = block.line;
    for (const std::string& text : lines_of(block.text)) {
        ++line;
        if (text.starts_with("$ "))
            commands.push_back({line, text.substr(2), {}});
        else if (commands.empty())
            complaints.push_back(fmt::format("line {}: output of no command", line));
        else if (text.starts_with("> ") && commands.back().output.empty())
            commands.back().text.append("\n").append(text, 2);
        else
            commands.back().output.push_back(text);
    }
    if (commands.empty())
        complaints.push_back(fmt::format("line {}: no command ('$ ...')", block.line));
    return commands;
}

}  // namespace

ConsoleBlocks console_blocks_of(const std::string& text) {
    const Page page = parse(text);
    const Page english = halves_of(page).english;
    static const std::regex prompt("^ *\\$ ");
    static const std::regex shell("sh|bash|shell|shell-session|zsh");
    ConsoleBlocks found;
    for (const Line& line : page)
        if (line.kind == Kind::prose && std::regex_search(line.text, prompt))
            found.complaints.push_back(
                fmt::format("line {}: a command outside of a console block", line.number));
    for (const CodeBlock& block : code_blocks_of(english.empty() ? page : english)) {
        if (std::regex_match(block.language, shell))
            found.complaints.push_back(fmt::format(
                "line {}: write commands in a console block, where they are run", block.line));
        if (block.language != "console")
            continue;
        const Declaration declared = parse_declaration(block.comment, block.line, found.complaints);
        found.blocks.push_back(
            {block.line, block.indent, declared, parse_commands(block, found.complaints)});
    }
    return found;
}

}  // namespace documentation
