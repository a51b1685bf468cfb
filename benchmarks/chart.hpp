// The table of compare as a picture, in both languages at once.
#pragma once

#include <string>

#include "table.hpp"

namespace benchmarks {

// An SVG file: a bar for each model's time, with a mark at its ideal time. `made_by`: the command
// that makes the file again.
std::string bars(const Table& table, const std::string& made_by);

}  // namespace benchmarks
