// What can go wrong with a page, in words. Each text names the URL or the host, the cause, and what
// to do; the same cause has the same text in every model.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <system_error>

#include "common/page/result.hpp"
#include "common/page/url.hpp"

namespace common {

DownloadError timeout_error(const Url& url, std::chrono::milliseconds timeout);
DownloadError truncated_error(const Url& url, std::string_view received_so_far);
DownloadError protocol_error(const Url& url, std::string_view cause);
DownloadError too_large_error(const Url& url, std::uint64_t max_bytes);
// `url` as it stands in the list.
DownloadError too_many_redirects_error(std::string_view url);
DownloadError status_error(const Url& url, int status);
DownloadError stopped_error(const Url& url);
// For an exception that costs one page: `cause` is its what().
DownloadError internal_error(std::string_view url, std::string_view cause);
// For the codes of sockets: refused, reset, unreachable. `connecting`: before there was a
// connection.
DownloadError socket_error(const Url& url, const std::error_code& code, bool connecting);
DownloadError resolve_error(const Url& url, std::string_view cause);

}  // namespace common
