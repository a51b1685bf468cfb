// What every fuzz target shares: an invariant that stops the program when it does not hold, so that
// libFuzzer keeps the input.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace fuzz {

inline void require(bool holds, const char* invariant) {
    if (holds)
        return;
    std::fprintf(stderr, "not true: %s\n", invariant);
    std::abort();
}

inline bool has_control_characters(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace fuzz
