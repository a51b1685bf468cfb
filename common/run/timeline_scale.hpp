// How times are shown: the same on the terminal and in pictures.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>

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

// "1.009 s", and "0.41 ms" for what would be nearly nothing of a second.
inline std::string seconds_text(double seconds) {
    return seconds >= 0.01 ? fmt::format("{:.3f} s", seconds)
                           : fmt::format("{:.2f} ms", seconds * 1000);
}

}  // namespace common
