#include "console_runner.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include "console_output.hpp"
#include "repository.hpp"
#include "support/processes.hpp"

namespace documentation {
namespace {

struct Outcome {
    std::optional<int> exit_status;
    Lines output;
    Comparison comparison;
};

std::string marked(const Lines& lines) {
    return lines.empty() ? "    | (nothing)"
                         : fmt::format("    | {}", fmt::join(lines, "\n    | "));
}

std::string line_or_nothing(const Lines& lines, std::size_t place) {
    return place < lines.size() ? lines[place] : "(nothing)";
}

std::string difference(const Command& command, const Outcome& outcome) {
    const Comparison& comparison = outcome.comparison;
    return fmt::format(
        "line {} differs\n    expected: {}\n    got:      {}\n    all that came:\n{}",
        command.line + 1 + comparison.first_missing,
        line_or_nothing(command.output, comparison.first_missing),
        line_or_nothing(outcome.output, comparison.matched), marked(outcome.output));
}

class PageRun {
  public:
    PageRun(const std::string& name, Shell& shell, const ConsoleLimits& limits, bool progress)
        : name_(name), shell_(shell), limits_(limits), progress_(progress) {}

    // False when the shell cannot go on.
    bool run(const ConsoleBlock& block) {
        show(block.indent, "```console");
        bool found_status = !block.declared.exit_status || *block.declared.exit_status == 0;
        for (const Command& command : block.commands) {
            ++report_.commands;
            const Outcome outcome = run(command, block.declared);
            judge(command, block.declared, outcome);
            show_command(block.indent, command, outcome);
            if (!outcome.exit_status)
                return false;
            found_status = found_status || outcome.exit_status == block.declared.exit_status;
        }
        if (!found_status)
            complain(block.line, fmt::format("no command ended with {}, as was declared",
                                             *block.declared.exit_status));
        show(block.indent, "```");
        report_.shown += "\n";
        return true;
    }

    ConsoleReport& report() { return report_; }

  private:
    Outcome run(const Command& command, const Declaration& declared) {
        if (progress_)
            fmt::print("{}:{}: $ {}\n", name_, command.line, command.text);
        std::fflush(stdout);
        Outcome outcome;
        outcome.exit_status = shell_.run(command.text, limits_.command);
        if (command.in_background() && !command.output.empty())
            shell_.wait_for_output(
                [&](const Lines& output) {
                    return compare_output(command.output, output, declared).same;
                },
                limits_.first_output_of_job);
        outcome.output = shell_.take_output();
        outcome.comparison = compare_output(command.output, outcome.output, declared);
        return outcome;
    }

    void judge(const Command& command, const Declaration& declared, const Outcome& outcome) {
        if (!outcome.exit_status)
            complain(command.line, fmt::format("did not end in time, or ended the shell: $ {}\n{}",
                                               command.text, marked(outcome.output)));
        else if (*outcome.exit_status != 0 && outcome.exit_status != declared.exit_status)
            complain(command.line, fmt::format("exit status {} of $ {}\n{}", *outcome.exit_status,
                                               command.text, marked(outcome.output)));
        else if (!outcome.comparison.same)
            complain(command.line, fmt::format("not what the page shows of $ {}\n    {}",
                                               command.text, difference(command, outcome)));
    }

    void complain(std::size_t line, const std::string& what) {
        report_.complaints.push_back(fmt::format("{}:{}: {}", name_, line, what));
    }

    void show(std::size_t indent, const std::string& line) {
        report_.shown += fmt::format("{:{}}{}\n", "", line.empty() ? 0 : indent, line);
    }

    // Lines that the page leaves out stay out, when the others are as the page has them.
    void show_command(std::size_t indent, const Command& command, const Outcome& outcome) {
        const Lines texts = lines_of(command.text);
        for (std::size_t i = 0; i < texts.size(); ++i)
            show(indent, (i == 0 ? "$ " : "> ") + texts[i]);
        if (!outcome.comparison.same) {
            for (const std::string& line : outcome.output)
                show(indent, line);
            return;
        }
        for (const std::optional<std::size_t>& line : outcome.comparison.lines)
            show(indent, line ? outcome.output[*line] : "...");
    }

    const std::string& name_;
    Shell& shell_;
    const ConsoleLimits& limits_;
    bool progress_;
    ConsoleReport report_;
};

}  // namespace

ConsoleReport run_console_blocks(const std::string& name, const std::string& text, Shell& shell,
                                 const ConsoleLimits& limits, bool progress) {
    const ConsoleBlocks found = console_blocks_of(text);
    PageRun page(name, shell, limits, progress);
    for (const std::string& complaint : found.complaints)
        page.report().complaints.push_back(fmt::format("{}: {}", name, complaint));
    for (const ConsoleBlock& block : found.blocks) {
        if (block.declared.not_run_because) {
            ++page.report().blocks_not_run;
            continue;
        }
        page.report().shown += fmt::format("{}:{}:\n", name, block.line);
        if (!page.run(block))
            break;
    }
    return page.report();
}

void copy_repository(const std::string& to) {
    for (const std::string& path : files_of(from_root(""))) {
        const std::filesystem::path copy = to + "/" + path;
        std::filesystem::create_directories(copy.parent_path());
        std::filesystem::copy_file(from_root(path), copy);
    }
}

}  // namespace documentation
