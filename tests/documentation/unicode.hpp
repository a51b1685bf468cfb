// Just enough of Unicode for English and Portuguese: what a letter is, and lower case.
#pragma once

#include <string>
#include <vector>

namespace documentation {

std::u32string decode(const std::string& utf8);
std::string encode(const std::u32string& text);

bool is_letter_or_digit(char32_t c);
char32_t lower(char32_t c);

// "As corrotinas, (co-rotinas)" is as, corrotinas, ",", "(", co-rotinas, ")": words in lower case,
// hyphens and apostrophes inside them kept, every other sign a word of its own.
std::vector<std::string> words_of(const std::string& text);

}  // namespace documentation
