// Prints the known differences, and checks them. `cmake --build build/release --target
// parser_differences`.
#include <fmt/format.h>

#include <exception>
#include <map>
#include <string>

#include "parsers/differences.hpp"
#include "parsers/parsers.hpp"
#include "parsers/replies.hpp"

namespace {

int print_differences() {
    std::map<std::string, std::string> bytes;
    std::size_t differing = 0;
    for (const parsers::Reply& reply : parsers::replies()) {
        bytes[reply.name] = reply.bytes;
        differing +=
            parsers::read_with_reader(reply.bytes) != parsers::read_with_library(reply.bytes);
    }
    std::size_t listed = 0;
    std::string heading;
    for (const parsers::Difference& difference : parsers::known_differences()) {
        const std::string title = fmt::format("{}: {}", difference.section, difference.reason);
        if (title != heading)
            fmt::print("{}\n", heading = title);
        for (const std::string& name : difference.replies)
            fmt::print("    {:<58} reader: {}; cpp-httplib: {}\n", name,
                       parsers::read_with_reader(bytes[name]),
                       parsers::read_with_library(bytes[name]));
        listed += difference.replies.size();
    }
    fmt::print("{} replies, {} differences with cpp-httplib {}, {} listed\n", bytes.size(),
               differing, parsers::library_version(), listed);
    return differing == listed ? 0 : 1;
}

}  // namespace

int main() {
    try {
        return print_differences();
    } catch (const std::exception& error) {
        fmt::print(stderr, "parser_differences: {}\n", error.what());
        return 1;
    }
}
