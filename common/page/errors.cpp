#include "common/page/errors.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "common/page/options.hpp"
#include "common/page/text.hpp"

namespace common {
namespace {

// Servers' words may be in the message.
DownloadError failure(ErrorKind kind, std::string message, std::optional<int> status = {}) {
    return DownloadError{.kind = kind, .message = printable(std::move(message)), .status = status};
}

// What a user can do about a status other than 2xx (RFC 9110, 15.4 to 15.6; RFC 6585).
std::string_view advice_for(int status) {
    if (status < 400)
        return "it leads nowhere";
    if (status == 401 || status == 403 || status == 407)
        return "it is not for everybody";
    if (status == 408 || status == 425 || status == 429 || status >= 500)
        return "try again later";
    return "check the URL";
}

}  // namespace

DownloadError timeout_error(const Url& url, std::chrono::milliseconds timeout) {
    const double seconds = std::chrono::duration<double>(timeout).count();
    return failure(ErrorKind::timeout,
                   fmt::format("{} was not complete after {:g} s; --timeout allows more",
                               url.text(), seconds));
}

DownloadError truncated_error(const Url& url, std::string_view received_so_far) {
    return failure(ErrorKind::truncated, fmt::format("{} closed the connection {}; try again later",
                                                     url.authority(), received_so_far));
}

DownloadError protocol_error(const Url& url, std::string_view cause) {
    return failure(ErrorKind::protocol,
                   fmt::format("{} did not answer in HTTP/1.1: {}; is it a web server?",
                               url.authority(), cause));
}

DownloadError too_large_error(const Url& url, std::uint64_t max_bytes) {
    return failure(
        ErrorKind::too_large,
        fmt::format("{} is larger than {} bytes; --max-bytes allows more", url.text(), max_bytes));
}

DownloadError too_many_redirects_error(std::string_view url) {
    return failure(ErrorKind::too_many_redirects,
                   fmt::format("{} is redirected more than {} times; is it a loop?", url,
                               Options::max_redirects));
}

DownloadError status_error(const Url& url, int status) {
    return failure(
        ErrorKind::http_status,
        fmt::format("{} answered with status {}; {}", url.text(), status, advice_for(status)),
        status);
}

DownloadError stopped_error(const Url& url) {
    return failure(ErrorKind::stopped, fmt::format("{} was stopped before it arrived", url.text()));
}

DownloadError internal_error(std::string_view url, std::string_view cause) {
    return failure(ErrorKind::internal,
                   fmt::format("{} was given up: this program failed: {}", url, cause));
}

DownloadError socket_error(const Url& url, const std::error_code& code, bool connecting) {
    if (connecting)
        return failure(ErrorKind::connect, fmt::format("cannot connect to {}: {}; is it up?",
                                                       url.authority(), code.message()));
    return failure(ErrorKind::reset, fmt::format("the connection to {} broke: {}; try again later",
                                                 url.authority(), code.message()));
}

DownloadError resolve_error(const Url& url, std::string_view cause) {
    return failure(ErrorKind::resolve,
                   fmt::format("no address for host '{}': {}; check the name and the network",
                               url.host, cause));
}

}  // namespace common
