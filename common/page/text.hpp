// Small things with text that the standard library lacks, for ASCII.
#pragma once

#include <string>
#include <string_view>

namespace common {

inline bool is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
inline bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

inline std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

// Without the characters of `white_space` at both ends.
inline std::string_view trimmed(std::string_view text, std::string_view white_space = " \t") {
    const std::size_t first = text.find_first_not_of(white_space);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

// As much of a text as a message shows: a person needs no more of it.
inline std::string_view shown(std::string_view text) {
    return text.substr(0, 200);
}

// A line of output must stay a line: what a terminal would obey is shown as a question mark.
inline std::string printable(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            c = '?';
    return text;
}

}  // namespace common
