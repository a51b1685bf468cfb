// Fuzzes parse_url and follow_redirect. The input's first line is a URL, the rest the Location of a
// redirect from there; all of it together is parsed as a URL too.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "common/page/url.hpp"
#include "require.hpp"

namespace {

using common::DownloadError;
using common::Url;
using fuzz::require;

void check_refused(const DownloadError& error) {
    require(error.kind == common::ErrorKind::bad_url, "what is refused is a bad_url");
    require(!error.message.empty(), "what is refused says why");
    require(!fuzz::has_control_characters(error.message), "a message is one harmless line");
}

// What follows goes into a request as it is.
void check_accepted(const Url& url) {
    require(!url.host.empty(), "a URL has a host");
    require(url.port != 0, "a URL has a port");
    require(url.target.starts_with('/'), "a target begins with a slash");
    require(std::all_of(url.target.begin(), url.target.end(),
                        [](char c) { return c > 0x20 && c < 0x7f; }),
            "a target has no spaces, no control characters, nothing beyond ASCII");
    require(std::all_of(url.host.begin(), url.host.end(),
                        [](char c) {
                            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                                   c == '.' || c == '_' || c == ':';
                        }),
            "a host is a name or an address in lower case");
    const auto again = common::parse_url(url.text());
    require(std::holds_alternative<Url>(again), "the text of a URL is a URL");
    require(std::get<Url>(again) == url, "the text of a URL is the same URL");
}

void check(const std::variant<DownloadError, Url>& parsed) {
    if (const auto* error = std::get_if<DownloadError>(&parsed))
        check_refused(*error);
    else
        check_accepted(std::get<Url>(parsed));
}

void check_redirect(const Url& from, std::string_view location) {
    const auto to = common::follow_redirect(from, location);
    check(to);
    const auto* url = std::get_if<Url>(&to);
    if (!url)
        return;
    require(!from.https || url->https, "a redirect does not leave https for http");
    const std::string_view path = std::string_view(url->target).substr(0, url->target.find('?'));
    require(path.find("/../") == path.npos && path.find("/./") == path.npos &&
                !path.ends_with("/..") && !path.ends_with("/."),
            "a redirect leads to a path without dot segments");
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t line_end = std::min(input.find('\n'), size);
    const std::string_view text = input.substr(0, line_end);
    const std::string_view location = input.substr(std::min(line_end + 1, size));

    check(common::parse_url(input));
    const auto parsed = common::parse_url(text);
    check(parsed);
    if (const auto* url = std::get_if<Url>(&parsed))
        check_redirect(*url, location);
    for (const bool https : {false, true})
        check_redirect({.https = https, .host = "a.example", .port = 8080, .target = "/b/c/d?e=/f"},
                       text);
    return 0;
}
