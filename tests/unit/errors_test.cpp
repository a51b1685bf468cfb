// Errors have one text for each cause, which names the page and what to do.
#include "common/page/errors.hpp"

#include <doctest/doctest.h>

#include <string>
#include <system_error>
#include <vector>

namespace {

using common::ErrorKind;
using common::Url;

Url parsed(const std::string& text) {
    return std::get<Url>(common::parse_url(text));
}

TEST_CASE("errors say their numbers") {
    const Url url = parsed("http://a/");
    const auto says = [](const common::DownloadError& error, const std::string& part) {
        CAPTURE(error.message);
        CHECK(error.message.find(part) != std::string::npos);
    };
    says(timeout_error(url, std::chrono::milliseconds(1)), "after 0.001 s;");
    says(timeout_error(url, std::chrono::milliseconds(250)), "after 0.25 s;");
    says(timeout_error(url, std::chrono::milliseconds(30'000)), "after 30 s;");
    says(too_large_error(url, 18446744073709551615U), "18446744073709551615 bytes");
    says(status_error(url, 418), "418");
    CHECK(status_error(url, 418).status == 418);
}

TEST_CASE("a status's error blames the URL only where the URL can be at fault") {
    const Url url = parsed("http://a/");
    const auto advice = [&](int status) {
        const std::string message = status_error(url, status).message;
        return message.substr(message.find("; ") + 2);
    };
    for (const int status : {400, 404, 405, 410, 414, 418})
        CHECK(advice(status) == "check the URL");
    for (const int status : {408, 425, 429, 500, 502, 503, 504, 599})
        CHECK(advice(status) == "try again later");
    for (const int status : {401, 403, 407})
        CHECK(advice(status) == "it is not for everybody");
    for (const int status : {300, 302, 304})
        CHECK(advice(status) == "it leads nowhere");
}

TEST_CASE("an error has its kind and says what was asked for, why it failed and what to do") {
    const Url url = parsed("https://example.com:8443/page");
    const std::error_code refused = std::make_error_code(std::errc::connection_refused);
    struct Example {
        ErrorKind kind;
        common::DownloadError error;
        std::string message;
    };
    for (const auto& [kind, error, message] : std::vector<Example>{
             {ErrorKind::timeout, timeout_error(url, std::chrono::milliseconds(2500)),
              "https://example.com:8443/page was not complete after 2.5 s; --timeout allows more"},
             {ErrorKind::truncated, truncated_error(url, "within the header"),
              "example.com:8443 closed the connection within the header; try again later"},
             {ErrorKind::protocol, protocol_error(url, "no status line"),
              "example.com:8443 did not answer in HTTP/1.1: no status line; is it a web server?"},
             {ErrorKind::too_large, too_large_error(url, 1000),
              "https://example.com:8443/page is larger than 1000 bytes; --max-bytes allows more"},
             {ErrorKind::too_many_redirects, common::too_many_redirects_error("http://a/b"),
              "http://a/b is redirected more than 10 times; is it a loop?"},
             {ErrorKind::http_status, status_error(url, 503),
              "https://example.com:8443/page answered with status 503; try again later"},
             {ErrorKind::stopped, stopped_error(url),
              "https://example.com:8443/page was stopped before it arrived"},
             {ErrorKind::internal, common::internal_error("http://a/b", "no memory"),
              "http://a/b was given up: this program failed: no memory"},
             {ErrorKind::connect, socket_error(url, refused, true),
              "cannot connect to example.com:8443: Connection refused; is it up?"},
             {ErrorKind::reset, socket_error(url, refused, false),
              "the connection to example.com:8443 broke: Connection refused; try again later"},
             {ErrorKind::resolve, resolve_error(url, "no such name"),
              "no address for host 'example.com': no such name; check the name and the network"}}) {
        CHECK(error.kind == kind);
        CHECK(error.message == message);
        CHECK(error.status.has_value() == (kind == ErrorKind::http_status));
    }
}

TEST_CASE("what a server says is printed without what a terminal would obey") {
    const std::string message = protocol_error(parsed("http://a/"), "\x1b[2J\n").message;
    CHECK(message == "a did not answer in HTTP/1.1: ?[2J?; is it a web server?");
}

}  // namespace
