// Whether a command printed what the page shows, whatever differs from run to run.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "console_block.hpp"

namespace documentation {

// Replaces what is different in every run: times and other decimals, percentages and sizes with a
// unit, ports, process ids, hashes, addresses, the width of columns and bars.
std::string masked(const std::string& line);

struct Comparison {
    bool same = false;
    std::size_t first_missing = 0;  // in `expected`, when not the same; its size: there is more
    std::size_t matched = 0;        // lines of `got` before the place where they differ
    // For each expected line the one that it stands for; none for "...". Only when the same.
    std::vector<std::optional<std::size_t>> lines{};
};

Comparison compare_output(const Lines& expected, const Lines& got, const Declaration& declared);

}  // namespace documentation
