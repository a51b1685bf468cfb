// Prints the table, fault by model. `cmake --build build/release --target fault_table`.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "faults/faults.hpp"

namespace {

int print_table() {
    const faults::Sites sites;
    const std::vector<faults::Program> programs = faults::programs();
    std::vector<std::string> wrong;
    std::size_t cells = 0;
    std::string group;
    fmt::print("{:<32}{:<19}", "fault", "outcome");
    for (std::size_t i = 0; i < programs.size(); ++i)
        fmt::print(" {}", "ABCDEFGH"[i]);
    fmt::print("\n");
    for (const faults::Fault& fault : sites.faults()) {
        if (fault.group != group)
            fmt::print("-- {}\n", group = fault.group);
        fmt::print("{:<32}{:<19}", fault.name, fault.kind.empty() ? "arrives" : fault.kind);
        for (const faults::Program& program : programs) {
            std::fflush(stdout);
            const std::string error = faults::check(program, fault, sites);
            fmt::print(" {}", error.empty() ? '+' : '!');
            ++cells;
            if (!error.empty())
                wrong.push_back(fmt::format("{}, {}: {}", fault.name, program.model, error));
        }
        fmt::print("\n");
    }
    for (std::size_t i = 0; i < programs.size(); ++i)
        fmt::print("{}: {}   ", "ABCDEFGH"[i], programs[i].model);
    fmt::print("\n{} of {} cells hold\n", cells - wrong.size(), cells);
    for (const std::string& line : wrong)
        fmt::print("! {}\n", line);
    return wrong.empty() ? 0 : 1;
}

}  // namespace

int main() {
    try {
        return print_table();
    } catch (const std::exception& error) {
        fmt::print(stderr, "fault_table: {}\n", error.what());
        return 1;
    }
}
