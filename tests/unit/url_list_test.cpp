// Which lines of a list are URLs.
#include "common/run/url_list.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <vector>

#include "common/net/descriptor.hpp"
#include "support/processes.hpp"

namespace {

using common::urls_in;
using Strings = std::vector<std::string>;

const std::string byte_order_mark = "\xEF\xBB\xBF";

TEST_CASE("a list without lines has no URLs") {
    CHECK(urls_in("").empty());
    CHECK(urls_in("\n").empty());
    CHECK(urls_in("\r\n\r\n").empty());
    CHECK(urls_in(byte_order_mark).empty());
    CHECK(urls_in(" \t ").empty());
}

TEST_CASE("a byte-order mark is no part of the first URL") {
    CHECK(urls_in(byte_order_mark + "http://a/\nhttp://b/") == Strings{"http://a/", "http://b/"});
    CHECK(urls_in(byte_order_mark + "# comment\nhttp://b/") == Strings{"http://b/"});
    CHECK(urls_in(byte_order_mark + "\r\nhttp://b/") == Strings{"http://b/"});
}

TEST_CASE("a byte-order mark that is not at the beginning of a line is kept") {
    CHECK(urls_in("a\nb" + byte_order_mark) == Strings{"a", "b" + byte_order_mark});
    CHECK(urls_in(byte_order_mark + byte_order_mark) == Strings{byte_order_mark});
}

TEST_CASE("comments are no URLs") {
    CHECK(urls_in("# one\n#two\n  # three\r\nhttp://a/\n#") == Strings{"http://a/"});
}

TEST_CASE("a number sign begins a comment after white space, and within a URL none") {
    CHECK(urls_in("http://a/#b\nhttp://c/ # d\nhttp://e/#f\t# g # h") ==
          Strings{"http://a/#b", "http://c/", "http://e/#f"});
}

TEST_CASE("a byte-order mark at the start of any line is no part of a URL") {
    const std::string& mark = byte_order_mark;
    CHECK(urls_in(mark + "http://a/\n" + mark + "# b\n" + mark + "http://c/") ==
          Strings{"http://a/", "http://c/"});
    CHECK(common::has_inner_byte_order_mark("http://a/\n" + mark));
    CHECK_FALSE(common::has_inner_byte_order_mark(mark + "http://a/\n"));
    CHECK_FALSE(common::has_inner_byte_order_mark(""));
}

TEST_CASE("lines that are no valid URLs are kept so that they are reported") {
    const std::string binary("\0\x01\xFF", 3);
    CHECK(urls_in("gopher://a\nnonsense\n" + binary + "\nhttp://a/" + binary + "b\n") ==
          Strings{"gopher://a", "nonsense", binary, "http://a/" + binary + "b"});
}

TEST_CASE("a file is read whole and unchanged") {
    const test_support::TemporaryDirectory directory;
    // More than read_file's buffer, with every byte in it.
    std::string text;
    for (int i = 0; i < 200'000; ++i)
        text += static_cast<char>(i % 256);
    test_support::write_text(directory.file("list"), text);
    test_support::write_text(directory.file("empty"), "");
    const std::size_t descriptors = test_support::count_open_descriptors();
    CHECK(common::read_file(directory.file("list")) == text);
    CHECK(common::read_file(directory.file("empty")) == "");
    CHECK(test_support::count_open_descriptors() == descriptors);
}

TEST_CASE("standard input is read to its end and stays open") {
    const test_support::TemporaryDirectory directory;
    test_support::write_text(directory.file("list"), "http://a/");
    const common::Descriptor own(dup(STDIN_FILENO));
    const common::Descriptor list(open(directory.file("list").c_str(), O_RDONLY | O_CLOEXEC));
    REQUIRE(dup2(list.get(), STDIN_FILENO) == STDIN_FILENO);
    CHECK(common::read_file("-") == "http://a/");
    // What were opened next would be taken for standard input.
    CHECK(fcntl(STDIN_FILENO, F_GETFD) >= 0);
    own.get() >= 0 ? dup2(own.get(), STDIN_FILENO) : close(STDIN_FILENO);
}

TEST_CASE("a file that cannot be read is an error that names it") {
    const test_support::TemporaryDirectory directory;
    for (const std::string& path : {directory.file("missing"), directory.path()}) {
        std::string message;
        int code = 0;
        try {
            common::read_file(path);
        } catch (const std::system_error& error) {
            message = error.what();
            code = error.code().value();
        }
        CHECK(message.find("'" + path + "'") != std::string::npos);
        CHECK(code == (path == directory.path() ? EISDIR : ENOENT));
    }
}

}  // namespace
