// The same bytes for two parsers of HTTP/1.1: what each of them says.
#pragma once

#include <string>

namespace parsers {

// Each in words that can be compared: "200 'hello'", "302 '' to /page", "nothing" for bytes that
// are no whole response. What follows the response is not told: cpp-httplib hides it.

// common::ResponseReader, in one piece and byte by byte.
std::string read_with_reader(const std::string& bytes);
// httplib::Client, from a ReplyServer of its own that sends the bytes and closes the connection.
std::string read_with_library(const std::string& bytes);

std::string library_version();

}  // namespace parsers
