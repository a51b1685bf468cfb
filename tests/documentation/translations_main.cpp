// Records that the two languages of every README say the same. Refuses when one changed alone.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>

#include "support/processes.hpp"
#include "translations.hpp"

namespace {

int record(const std::vector<std::string>& no_change_needed) {
    const auto now = documentation::sections_of_all_readmes();
    const std::string before = test_support::read_text(documentation::record_path());
    const auto changes = documentation::changes(documentation::parse_record(before), now);
    const auto refusals = documentation::refusals(changes, no_change_needed);
    if (!refusals.empty()) {
        fmt::print(stderr, "Nothing recorded:\n{}\n", documentation::joined(refusals));
        return 1;
    }
    test_support::write_text(documentation::record_path(), documentation::written(now));
    fmt::print("{} sections recorded, {} of them changed\n", now.size(), changes.size());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Records that both languages of every section of the READMEs say the same.");
    std::vector<std::string> no_change_needed;
    app.add_option("--no-change-needed", no_change_needed,
                   "A section that changed in one language only, rightly: \"README.md#Chapters\"");
    CLI11_PARSE(app, argc, argv);
    try {
        return record(no_change_needed);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
