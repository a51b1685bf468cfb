// What a practice site counts, out of its JSON: without a parser that takes long to compile.
#pragma once

#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace check {

// The number that /stats or /log has for a name; 0 if it has none.
inline int number_in(const std::string& json, std::string_view name) {
    const auto found = json.find(fmt::format("\"{}\":", name));
    return found == std::string::npos ? 0 : std::atoi(&json[found + name.size() + 3]);
}

}  // namespace check
