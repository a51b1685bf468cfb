// The same bytes for two parsers of HTTP/1.1: what each of them says.
#pragma once

#include <string>

namespace parsers {

// Each in words that can be compared: "200 'hello'", "302 '' to /page, 4 bytes left", "nothing"
// for bytes that are no whole response.
std::string read_with_reader(
    const std::string& bytes);  // of 04_async, in one piece and byte by byte
std::string read_with_library(const std::string& bytes);  // cpp-httplib, as its authors wrote it

std::string library_version();

}  // namespace parsers
