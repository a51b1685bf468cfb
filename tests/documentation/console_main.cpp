// Runs every command in the console blocks of pages, each page in a clean copy of the repository.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>

#include "console_runner.hpp"
#include "repository.hpp"
#include "support/processes.hpp"

namespace {

struct Arguments {
    std::vector<std::string> pages;
    bool show = false;
};

bool run_page(const std::string& page, bool show) {
    using documentation::Shell;
    const test_support::TemporaryDirectory copy;
    documentation::copy_repository(copy.path());
    const bool own = documentation::network_namespaces_are_permitted();
    if (!own)
        fmt::print("{}: no right to a network of its own; fixed ports may be in use\n", page);
    setenv("CCACHE_BASEDIR", copy.path().c_str(), 1);  // the copy has another name each time
    Shell shell(copy.path(), own ? Shell::Network::own : Shell::Network::shared);
    const documentation::ConsoleReport report = documentation::run_console_blocks(
        page, documentation::read(page), shell, documentation::ConsoleLimits{}, true);
    if (show)
        fmt::print("\n{}", report.shown);
    for (const std::string& complaint : report.complaints)
        fmt::print("\n{}\n", complaint);
    fmt::print("\n{}: {} commands run, {} blocks declared as not run, {} complaints\n", page,
               report.commands, report.blocks_not_run, report.complaints.size());
    return report.complaints.empty();
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Runs the commands in the console blocks of pages and compares their output.");
    Arguments arguments;
    app.add_option("page", arguments.pages, "\"02_threads/README.md\"; none: every README");
    app.add_flag("--show", arguments.show, "Print the blocks with what really came, to paste");
    CLI11_PARSE(app, argc, argv);
    try {
        bool good = true;
        for (const std::string& page :
             arguments.pages.empty() ? documentation::readmes() : arguments.pages)
            good = run_page(page, arguments.show) && good;
        return good ? 0 : 1;
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
