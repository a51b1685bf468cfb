// Replies of a server, good and bad, for the comparison of parsers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace parsers {

struct Reply {
    std::string name;   // "chunk size: 0x5"; no two have the same
    std::string bytes;  // all that the server sends before it closes the connection
};

// All of them, in the same order every time.
std::vector<Reply> replies();

// In ASCII: a line end is \r\n in letters, and another byte that is no text \x and two digits.
std::string printable(std::string_view bytes);

}  // namespace parsers
