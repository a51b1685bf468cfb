#include "unicode.hpp"

#include <cstdint>
#include <stdexcept>

namespace documentation {
namespace {

std::size_t length_of_sequence(unsigned char first) {
    if (first < 0x80)
        return 1;
    if (first >= 0xF0)
        return 4;
    return first >= 0xE0 ? 3 : 2;
}

bool joins_letters(char32_t c) {
    return c == U'-' || c == U'\'' || c == U'’';
}

}  // namespace

std::u32string decode(const std::string& utf8) {
    std::u32string text;
    for (std::size_t i = 0; i < utf8.size();) {
        const auto first = static_cast<unsigned char>(utf8[i]);
        const std::size_t length = length_of_sequence(first);
        if (i + length > utf8.size())
            throw std::runtime_error("not UTF-8: " + utf8);
        char32_t c = length == 1 ? first : first & (0x7Fu >> length);
        for (std::size_t k = 1; k < length; ++k)
            c = (c << 6) | (static_cast<unsigned char>(utf8[i + k]) & 0x3Fu);
        text += c;
        i += length;
    }
    return text;
}

std::string encode(const std::u32string& text) {
    std::string utf8;
    const auto add = [&](char32_t byte) { utf8 += static_cast<char>(byte); };
    const auto add_rest = [&](char32_t c, int shift) {
        for (; shift >= 0; shift -= 6)
            add(0x80 | ((c >> shift) & 0x3F));
    };
    for (const char32_t c : text) {
        if (c < 0x80) {
            add(c);
        } else if (c < 0x800) {
            add(0xC0 | (c >> 6));
            add_rest(c, 0);
        } else if (c < 0x10000) {
            add(0xE0 | (c >> 12));
            add_rest(c, 6);
        } else {
            add(0xF0 | (c >> 18));
            add_rest(c, 12);
        }
    }
    return utf8;
}

// Beyond Latin: general punctuation, symbols, arrows and emoji are signs, the rest is letters.
bool is_letter_or_digit(char32_t c) {
    if (c < 0x80)
        return (c >= U'0' && c <= U'9') || (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z');
    if (c < 0xC0)
        return c == U'ª' || c == U'µ' || c == U'º';
    return c != U'×' && c != U'÷' && !(c >= 0x2000 && c < 0x2C00) && c < 0x1F000 && c != 0xFE0F;
}

char32_t lower(char32_t c) {
    const bool capital = (c >= U'A' && c <= U'Z') || (c >= U'À' && c <= U'Þ' && c != U'×');
    return capital ? c + 0x20 : c;
}

std::vector<std::string> words_of(const std::string& text) {
    const std::u32string all = decode(text);
    std::vector<std::string> words;
    std::u32string word;
    for (std::size_t i = 0; i <= all.size(); ++i) {
        const char32_t c = i < all.size() ? all[i] : U' ';
        const bool inside = !word.empty() && joins_letters(c) && i + 1 < all.size() &&
                            is_letter_or_digit(all[i + 1]);
        if (is_letter_or_digit(c) || inside) {
            word += lower(c);
            continue;
        }
        if (!word.empty())
            words.push_back(encode(word));
        word.clear();
        if (c > U' ' && c != 0xA0)
            words.push_back(encode({c}));
    }
    return words;
}

}  // namespace documentation
