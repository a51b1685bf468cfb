// Where the marks of a time scale go: the same for the terminal and for pictures.
#pragma once

#include <cmath>

namespace common {

// The smallest of 1, 2, 2.5 and 5 times a power of ten that divides `seconds` into at most `most`
// parts. `seconds` > 0.
inline double scale_step(double seconds, int most) {
    const double least = seconds / most;
    const double power = std::pow(10, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 2.5, 5.0})
        if (factor * power >= least)
            return factor * power;
    return 10 * power;
}

}  // namespace common
