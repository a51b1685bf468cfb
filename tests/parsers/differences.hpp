// Where cpp-httplib and the reader of 04_async do not say the same: known, and why.
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
    const char* reader;  // what each says, as in parsers.hpp
    const char* library;
    std::vector<std::string> replies;  // their names
};

const std::vector<Difference>& known_differences();

}  // namespace parsers
