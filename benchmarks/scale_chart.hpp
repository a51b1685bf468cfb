// The table of scale as a picture, in both languages at once.
#pragma once

#include <string>

#include "scale_table.hpp"

namespace benchmarks {

// An SVG file: CPU time per page and memory per page in flight, a line for each model, both axes
// logarithmic. `made_by`: the command that makes the file again.
std::string lines(const Scale& scale, const std::string& made_by);

// The powers of ten, as exponents, that hold all values; at least one apart, 0 and 1 for
// no value. The values are above 0.
struct Decades {
    int first = 0;
    int last = 1;
};
Decades decades_of(const std::vector<double>& values);

}  // namespace benchmarks
