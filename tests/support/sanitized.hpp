// What sanitizers change in what the tests may expect of a program.
#pragma once

#include <string_view>

// They start threads of their own, and one looks for leaks in a process of its own at the end; what
// was freed they keep for a while.
inline bool is_sanitized() {
    return !std::string_view(TUTORIAL_SANITIZE).empty();
}
