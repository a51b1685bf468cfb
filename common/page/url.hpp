// URLs, as far as a download needs them (RFC 3986).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "common/page/result.hpp"

namespace common {

struct Url {
    bool https = false;
    std::string host;  // lower case; an IPv6 address without its brackets
    std::uint16_t port = 0;
    std::string target;  // path and query, percent-encoded, begins with '/': what a request names

    // "https://host:port", the port only where it is not the scheme's own. Two URLs with the same
    // origin can share a connection.
    std::string origin() const;
    // "host:port" as the Host header wants it (RFC 9110, 7.2).
    std::string authority() const;
    std::string text() const { return origin() + target; }

    friend bool operator==(const Url&, const Url&) = default;
};

// Accepts absolute http and https URLs. Encodes what must not stand in a request (spaces,
// non-ASCII bytes, a '%' that begins no code), drops the fragment. Refuses, as bad_url: other
// schemes, user names, control characters, ports outside 1-65535, host names that are neither
// DNS names nor addresses, and anything over 16 KiB. Thread-safe.
std::variant<DownloadError, Url> parse_url(std::string_view text);

// Where a redirect from `from` with this Location header leads (RFC 3986, 5.2). Refuses, as
// bad_url: what parse_url refuses, and to leave https for http.
std::variant<DownloadError, Url> follow_redirect(const Url& from, std::string_view location);

}  // namespace common
