// The rules of HTTP/1.1 that both clients share.
#include "common/page/http_rules.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace {

using common::BodyFraming;
using common::ErrorKind;
using common::has_connection_option;
using common::Url;
using Strings = std::vector<std::string>;

// "none", "chunked", "until close", "5 bytes", or "error: " and the text.
std::string framing(int status, const Strings& content_lengths, const Strings& codings) {
    const auto answer = common::body_framing(status, content_lengths, codings);
    if (const auto* error = std::get_if<std::string>(&answer))
        return "error: " + *error;
    const auto& body = std::get<BodyFraming>(answer);
    if (const auto* length = std::get_if<common::LengthBody>(&body))
        return fmt::format("{} bytes", length->bytes);
    if (std::holds_alternative<common::ChunkedBody>(body))
        return "chunked";
    return std::holds_alternative<common::NoBody>(body) ? "none" : "until close";
}

bool is_error(const std::string& text) {
    return text.starts_with("error: ");
}

Url parsed(const std::string& text) {
    return std::get<Url>(common::parse_url(text));
}

TEST_CASE("responses of 1xx have no body whatever their fields say") {
    for (const int status : {100, 199})
        CHECK(framing(status, {"5"}, {"chunked"}) == "none");
}

TEST_CASE("a body without length or coding ends with the connection") {
    for (const int status : {200, 203, 205, 206, 301, 303, 305, 404, 500})
        CHECK(framing(status, {}, {}) == "until close");
}

TEST_CASE("a body with a length has that many bytes") {
    for (const int status : {200, 206, 302, 404, 500})
        CHECK(framing(status, {"5"}, {}) == "5 bytes");
    CHECK(framing(200, {"0"}, {}) == "0 bytes");
    CHECK(framing(200, {"007"}, {}) == "7 bytes");
    CHECK(framing(200, {" 5\t"}, {}) == "5 bytes");
    CHECK(framing(200, {"18446744073709551615"}, {}) == "18446744073709551615 bytes");
}

TEST_CASE("empty elements of a list are ignored") {
    for (const char* length : {"5,", ",5", " , 5", "5,,5"})
        CHECK(framing(200, {length}, {}) == "5 bytes");
    for (const char* coding : {"chunked,", ",chunked", " , chunked, "})
        CHECK(framing(200, {}, {coding}) == "chunked");
    CHECK(framing(200, {}, {"", "chunked"}) == "chunked");
    CHECK(is_error(framing(200, {}, {","})));
}

TEST_CASE("the statuses from 200 to 299 are success") {
    for (int status = 0; status < 1000; ++status)
        CHECK(common::is_success(status) == (status / 100 == 2));
}

TEST_CASE("five statuses are redirects") {
    std::vector<int> redirects;
    for (int status = 100; status < 600; ++status)
        if (common::is_redirect(status))
            redirects.push_back(status);
    CHECK(redirects == std::vector<int>{301, 302, 303, 307, 308});
}

TEST_CASE("a request names the target and the host and asks for unchanged bytes") {
    CHECK(common::request_text(parsed("http://Example.com/a b?c#d")) ==
          "GET /a%20b?c HTTP/1.1\r\n"
          "Host: example.com\r\n"
          "User-Agent: concurrency-tutorial\r\n"
          "Accept: */*\r\n"
          "Accept-Encoding: identity\r\n"
          "\r\n");
}

TEST_CASE("the Host field has brackets and every port but the default one") {
    const auto host_of = [](const std::string& url) {
        const std::string text = common::request_text(parsed(url));
        const std::size_t begin = text.find("\r\nHost: ") + 8;
        return text.substr(begin, text.find("\r\n", begin) - begin);
    };
    CHECK(host_of("http://a:80/") == "a");
    CHECK(host_of("http://a:8080/") == "a:8080");
    CHECK(host_of("https://a:443/") == "a");
    CHECK(host_of("https://a:80/") == "a:80");
    CHECK(host_of("https://[::1]:8443/") == "[::1]:8443");
    CHECK(host_of("https://[::1]/") == "[::1]");
}

TEST_CASE("a connection option is found anywhere in the list and in any case") {
    for (const char* value : {"close", "Close", "CLOSE", " close\t", "keep-alive, close",
                              "close,keep-alive", "a ,\tclose , b", ",close", "close,", ",,close"})
        CHECK(has_connection_option(value, "close"));
    CHECK(has_connection_option("Keep-Alive", "keep-alive"));
}

TEST_CASE("a connection option is a whole element of the list") {
    for (const char* value : {"", ",", "closed", "xclose", "keep-alive", "close x", "clo se",
                              "close;q=1", "clos", "\"close\""})
        CHECK_FALSE(has_connection_option(value, "close"));
}

TEST_CASE("an error says what is wrong with a length or a coding") {
    CHECK(framing(200, {"5", "6"}, {}) == "error: conflicting Content-Length 5 and 6");
    CHECK(framing(200, {"7, 8"}, {}) == "error: conflicting Content-Length 7 and 8");
    CHECK(framing(200, {"5x"}, {}) == "error: Content-Length '5x' is not a number");
    CHECK(framing(200, {"5", " "}, {}) == "error: empty Content-Length");
    CHECK(framing(200, {"5"}, {"chunked"}) == "error: both Transfer-Encoding and Content-Length");
    CHECK(framing(200, {}, {"gzip", "chunked"}) ==
          "error: unsupported Transfer-Encoding 'gzip, chunked'");
}

TEST_CASE("of a long value an error shows the beginning") {
    const std::string shown(200, 'x');
    const std::string value = shown + "yyy";
    CHECK(framing(200, {value}, {}) == "error: Content-Length '" + shown + "' is not a number");
    CHECK(framing(200, {}, {value}) == "error: unsupported Transfer-Encoding '" + shown + "'");
}

}  // namespace
