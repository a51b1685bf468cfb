// What tests ask of a program's output.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace test_support {

using Strings = std::vector<std::string>;

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

inline std::ptrdiff_t count_lines(const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
}

inline std::string joined(const Strings& words, const char* separator) {
    return fmt::format("{}", fmt::join(words, separator));
}

}  // namespace test_support
