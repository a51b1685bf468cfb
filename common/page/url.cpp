#include "common/page/url.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "common/page/text.hpp"

namespace common {
namespace {

constexpr std::size_t max_url_bytes = 16 * 1024;

DownloadError refused(std::string_view url, std::string_view cause) {
    return DownloadError{
        .kind = ErrorKind::bad_url,
        .message = printable(fmt::format("cannot download '{}': {}", shown(url), cause))};
}

bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// The scheme of an absolute URL (RFC 3986, 3.1), in lower case; empty for a relative reference.
std::string scheme_of(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || !is_alpha(text[0]))
        return "";
    const std::string_view scheme = text.substr(0, colon);
    const bool valid = std::all_of(scheme.begin(), scheme.end(), [](char c) {
        return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
    });
    return valid ? lower_case(scheme) : "";
}

// Encodes what must not stand in a request target, and leaves what is encoded already.
std::string percent_encode(std::string_view text) {
    std::string encoded;
    encoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool begins_code =
            c == '%' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2]);
        const auto byte = static_cast<unsigned char>(c);  // char is signed on some machines only
        const bool must_encode = byte <= 0x20 || byte >= 0x7f || (c == '%' && !begins_code) ||
                                 std::string_view("\"<>\\^`{|}").find(c) != std::string_view::npos;
        if (must_encode)
            encoded += fmt::format("%{:02X}", byte);
        else
            encoded += c;
    }
    return encoded;
}

bool is_ipv6(const std::string& host) {
    in6_addr address{};
    return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

// RFC 1123 names and IPv4 addresses; the underscore is not in the RFC but in use.
bool is_host_name(std::string_view host) {
    return !host.empty() && host.size() <= 253 && host.front() != '.' && host.front() != '-' &&
           host.find("..") == std::string_view::npos &&
           std::all_of(host.begin(), host.end(), [](char c) {
               return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
           });
}

// Splits "host:port" and "[address]:port"; no error text for success.
std::optional<std::string> parse_authority(std::string_view authority, Url& url) {
    if (authority.find('@') != std::string_view::npos)
        return "user names and passwords in URLs are not supported; remove the part up to '@'";

    std::string_view port;
    if (authority.starts_with('[')) {
        const std::size_t close = authority.find(']');
        if (close == std::string_view::npos)
            return "the IPv6 address has no closing ']'";
        url.host = lower_case(authority.substr(1, close - 1));
        if (!is_ipv6(url.host))
            return fmt::format("'[{}]' is not an IPv6 address", shown(url.host));
        port = authority.substr(close + 1);
        if (!port.empty() && port.front() != ':')
            return "only a port may follow the IPv6 address";
    } else {
        const std::size_t colon = authority.find(':');
        url.host = lower_case(authority.substr(0, colon));
        if (!is_host_name(url.host))
            return fmt::format("'{}' is not a host name (names beyond ASCII: write the xn-- form)",
                               shown(url.host));
        if (colon != std::string_view::npos)
            port = authority.substr(colon);
    }

    url.port = url.https ? 443 : 80;
    if (port.size() <= 1)  // RFC 3986, 3.2.3: "host:" is "host"
        return std::nullopt;
    port.remove_prefix(1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc{} || end != port.data() + port.size() || url.port == 0)
        return fmt::format("port '{}' is not a number from 1 to 65535", shown(port));
    return std::nullopt;
}

// RFC 3986, 5.2.4.
std::string remove_dot_segments(std::string_view path) {
    std::string output;
    while (!path.empty()) {
        const std::size_t next = path.find('/', 1);
        std::string_view segment = path.substr(0, next);
        path = next == std::string_view::npos ? std::string_view{} : path.substr(next);
        const bool up = segment == "/..";
        if (up)
            output.erase(std::min(output.rfind('/'), output.size()));
        if (!up && segment != "/.")
            output += segment;
        else if (path.empty())
            output += '/';
    }
    return output;
}

// A relative reference as a whole URL (RFC 3986, 5.2.2), its dot segments still in it.
std::string absolute_form(const Url& from, std::string_view reference) {
    const std::string_view path = std::string_view(from.target).substr(0, from.target.find('?'));
    if (reference.starts_with("//"))
        return fmt::format("{}:{}", from.https ? "https" : "http", reference);
    if (reference.empty())
        return from.text();
    if (reference.starts_with('/'))
        return fmt::format("{}{}", from.origin(), reference);
    if (reference.starts_with('?'))
        return fmt::format("{}{}{}", from.origin(), path, reference);
    return fmt::format("{}{}{}", from.origin(), path.substr(0, path.rfind('/') + 1), reference);
}

}  // namespace

std::string Url::authority() const {
    const bool ipv6 = host.find(':') != std::string::npos;
    const std::string name = ipv6 ? fmt::format("[{}]", host) : host;
    return port == (https ? 443 : 80) ? name : fmt::format("{}:{}", name, port);
}

std::string Url::origin() const {
    return (https ? "https://" : "http://") + authority();
}

std::variant<DownloadError, Url> parse_url(std::string_view text) {
    if (text.size() > max_url_bytes)
        return refused(text, fmt::format("longer than {} bytes", max_url_bytes));
    if (std::any_of(text.begin(), text.end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
        return refused(text, "it contains a control character");

    const std::string scheme = scheme_of(text);
    if (scheme != "http" && scheme != "https")
        return refused(text, "a URL begins with http:// or https://");
    std::string_view rest = text.substr(scheme.size() + 1);
    if (!rest.starts_with("//"))
        return refused(text, fmt::format("'//' is missing after '{}:'", scheme));
    rest.remove_prefix(2);

    Url url;
    url.https = scheme == "https";
    rest = rest.substr(0, rest.find('#'));
    const std::size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
    if (const auto error = parse_authority(rest.substr(0, authority_end), url))
        return refused(text, *error);
    const std::string target = percent_encode(rest.substr(authority_end));
    url.target = target.starts_with('/') ? target : fmt::format("/{}", target);
    if (url.text().size() > max_url_bytes)
        return refused(text, fmt::format("longer than {} bytes when encoded", max_url_bytes));
    return url;
}

std::variant<DownloadError, Url> follow_redirect(const Url& from, std::string_view location) {
    const auto refused_redirect = [&](std::string_view cause) {
        return refused(from.text(),
                       fmt::format("it redirects to '{}', {}", shown(location), cause));
    };
    location = location.substr(0, location.find('#'));
    const std::string scheme = scheme_of(location);
    if (!scheme.empty() && scheme != "http" && scheme != "https")
        return refused_redirect("and only http and https are followed");

    auto parsed = parse_url(scheme.empty() ? absolute_form(from, location) : std::string(location));
    if (const auto* error = std::get_if<DownloadError>(&parsed))
        return refused_redirect("which is refused: " + error->message);
    Url& url = std::get<Url>(parsed);
    if (from.https && !url.https)
        return refused_redirect("and leaving https for http would lose its protection");
    const std::size_t query = std::min(url.target.find('?'), url.target.size());
    url.target = remove_dot_segments(std::string_view(url.target).substr(0, query)) +
                 url.target.substr(query);
    return parsed;
}

}  // namespace common
