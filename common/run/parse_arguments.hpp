// What all programs answer to a wrong command line. Includes CLI11: for the one file of a program
// that defines its options.
#pragma once

#include <CLI/CLI.hpp>
#include <iostream>
#include <optional>
#include <string_view>

namespace common {

// Parses. An exit status when there is nothing to run: 0 after --help, 2 with an error and a usage
// line ("usage: NAME SYNOPSIS") on standard error.
inline std::optional<int> parse_arguments(CLI::App& app, int argc, char** argv,
                                          std::string_view synopsis) {
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {
            std::cout << app.help();
            return 0;
        }
        std::cerr << app.get_name() << ": " << error.what() << "\nusage: " << app.get_name() << " "
                  << synopsis << "   (--help tells more)\n";
        return 2;
    }
    return std::nullopt;
}

}  // namespace common
