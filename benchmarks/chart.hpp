// The table of compare as a picture, in both languages at once.
#pragma once

#include <string>

#include "table.hpp"

namespace benchmarks {

// An SVG file: a bar for each model's time, with a mark at its ideal time. `made_by`: the command
// that makes the file again.
std::string bars(const Table& table, const std::string& made_by);

// The step between the marks of an axis that goes to `most`: 1, 2 or 5 times a power of ten, so
// that there are 4 to 10 of them. `most` is above 0.
double axis_step(double most);

}  // namespace benchmarks
