// What all programs do with a command line. Includes CLI11: for the one file of a program that
// defines its options.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace common {

// Parses. An exit status when there is nothing to run: 0 after --help, 2 with an error and a usage
// line ("usage: NAME SYNOPSIS") on standard error.
std::optional<int> parse_arguments(CLI::App& app, int argc, char** argv, std::string_view synopsis);

// An option with a value that `take` accepts or not. Where it does not: "--port 'x' is not ..." and
// `what` as the rest.
CLI::Option* add_value(CLI::App& app, const std::string& names,
                       const std::function<bool(const std::string&)>& take, const std::string& what,
                       const std::string& description);

// The whole text as a number in the range, with a point in it at most; nothing for all else.
template <typename Number>
std::optional<Number> number_in(std::string_view text, Number least, Number most) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    // What is no number (NaN) is neither above nor below any.
    if (error != std::errc{} || end != text.data() + text.size() ||
        !(number >= least && number <= most))
        return std::nullopt;
    return number;
}

// A number of `Target`'s type; its value is the default that --help shows.
template <typename Target>
CLI::Option* add_number(CLI::App& app, const std::string& names, Target& target,
                        std::type_identity_t<Target> least, std::type_identity_t<Target> most,
                        const std::string& description) {
    const auto take = [&target, least, most](const std::string& text) {
        const auto number = number_in<Target>(text, least, most);
        target = number.value_or(target);
        return number.has_value();
    };
    const bool whole = std::is_integral_v<Target>;
    return add_value(app, names, take,
                     fmt::format("a {} from {} to {}{}", whole ? "whole number" : "number", least,
                                 most, whole ? "" : ", such as 2.5"),
                     description)
        ->default_str(fmt::format("{}", target));
}

// The name of a file or directory. An empty one is an error, and not the same as none: it comes
// from a variable that was never set.
CLI::Option* add_path(CLI::App& app, const std::string& names, std::string& target,
                      const std::string& type, const std::string& description);

}  // namespace common
