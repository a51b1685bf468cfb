// Errors have one text for each cause, which names the page and what to do.
#include "common/page/errors.hpp"

#include <doctest/doctest.h>

#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using common::ErrorKind;
using common::Url;

Url parsed(const std::string& text) {
    return std::get<Url>(common::parse_url(text));
}

TEST_CASE("each error has its kind and names the URL or the host") {
    const Url url = parsed("https://example.com:8443/page");
    const std::error_code refused = std::make_error_code(std::errc::connection_refused);
    for (const auto& example : std::vector<std::pair<ErrorKind, common::DownloadError>>{
             {ErrorKind::timeout, timeout_error(url, std::chrono::milliseconds(1500))},
             {ErrorKind::truncated, truncated_error(url, "within the header")},
             {ErrorKind::protocol, protocol_error(url, "no status line")},
             {ErrorKind::too_large, too_large_error(url, 1000)},
             {ErrorKind::too_many_redirects, common::too_many_redirects_error(url.text())},
             {ErrorKind::http_status, status_error(url, 404)},
             {ErrorKind::stopped, stopped_error(url)},
             {ErrorKind::connect, socket_error(url, refused, true)},
             {ErrorKind::reset, socket_error(url, refused, false)},
             {ErrorKind::resolve, resolve_error(url, "no such name")},
             {ErrorKind::internal, common::internal_error(url.text(), "no memory")}}) {
        const ErrorKind kind = example.first;
        const common::DownloadError& error = example.second;
        CAPTURE(error.message);
        CHECK(error.kind == kind);
        CHECK(error.message.find("example.com") != std::string::npos);
        CHECK(error.status.has_value() == (kind == ErrorKind::http_status));
    }
}

TEST_CASE("errors say their numbers and causes") {
    const Url url = parsed("http://a/");
    const auto says = [](const common::DownloadError& error, const std::string& part) {
        CAPTURE(error.message);
        CHECK(error.message.find(part) != std::string::npos);
    };
    says(timeout_error(url, std::chrono::milliseconds(1500)), "1.5 s");
    says(truncated_error(url, "after 7 bytes"), "after 7 bytes");
    says(protocol_error(url, "no status line"), "no status line");
    says(too_large_error(url, 18446744073709551615U), "18446744073709551615 bytes");
    says(common::too_many_redirects_error(url.text()), "10 times");
    says(status_error(url, 418), "418");
    says(resolve_error(url, "no such name"), "no such name");
    says(common::internal_error("http://a/", "no memory"), "no memory");
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

}  // namespace
