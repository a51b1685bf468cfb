// Where cpp-httplib and common::ResponseReader do not say the same: known, and why.
#pragma once

#include <string>
#include <vector>

namespace parsers {

// The version of cpp-httplib that the list was made with; another may read differently.
extern const char* const listed_for_version;

// Replies that differ in the same way for the same reason.
struct Difference {
    const char* section;  // what the reader follows: "RFC 9112, 7.1"
    const char* reason;
    std::string reader;  // what each says, as in parsers.hpp
    std::string library;
    std::vector<std::string> replies;  // their names
};

const std::vector<Difference>& known_differences();

}  // namespace parsers
