// The list of pages as a file: one URL a line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace common {

// The URLs of a list's text: a byte-order mark at the start of a line, white space around a URL,
// blank lines, and a '#' at the start or after white space with the rest of its line are no URLs;
// every other line is one, valid or not, so that none is skipped unseen. Ends of line may be LF or
// CRLF.
std::vector<std::string> urls_in(std::string_view text);

// Whether a byte-order mark stands where none belongs, as where files were joined.
bool has_inner_byte_order_mark(std::string_view text);

// Reads the file whole; "-" is standard input. Throws std::system_error that names the file, also
// for one of more than 256 MiB. A signal that asks to stop ends it early, with what has come.
std::string read_file(const std::string& path);

}  // namespace common
