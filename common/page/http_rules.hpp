// The rules of HTTP/1.1 that do not depend on how bytes are read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "common/page/url.hpp"

namespace common {

// Everything before the body: status line and header fields of one response.
constexpr std::size_t max_header_bytes = 64 * 1024;
// A body that nobody wants (of a redirect, of a 404) is read up to this size, to keep the
// connection; a longer one costs the connection.
constexpr std::uint64_t max_discarded_bytes = 64 * 1024;

struct NoBody {};
struct LengthBody {
    std::uint64_t bytes;
};
struct ChunkedBody {};
struct UntilCloseBody {};
using BodyFraming = std::variant<NoBody, LengthBody, ChunkedBody, UntilCloseBody>;

// Where the body of a response to GET ends (RFC 9112, 6.3). The spans hold every value of the
// Content-Length and Transfer-Encoding fields. The error, a protocol error's text, says why it
// cannot be known: no number, a negative one, several that differ, both fields, other codings.
std::variant<std::string, BodyFraming> body_framing(int status,
                                                    std::span<const std::string> content_lengths,
                                                    std::span<const std::string> codings);

// 2xx: a page (RFC 9110, 15.3).
bool is_success(int status);

// 301, 302, 303, 307, 308: a status with which Location leads on (RFC 9110, 15.4).
bool is_redirect(int status);

// Whether the bytes could begin an HTTP/1.0 or 1.1 response; true for too few to tell.
bool starts_like_http(std::string_view bytes);

// "Name: value", without white space before the colon (RFC 9112, 5 and 5.1).
bool is_field(std::string_view line);

// A field after the last chunk, or a line that goes on with one (RFC 9112, 7.1.2 and 5.2).
bool is_trailer(std::string_view line);

// A CR within a line or a NUL is invalid and dangerous: others may see a line end in it
// (RFC 9112, 2.2; RFC 9110, 5.5).
bool has_cr_or_nul(std::string_view line);

// "1f4" or "1f4;extension" (RFC 9112, 7.1); nothing for what is none, or larger than 64 bits.
std::optional<std::uint64_t> parse_chunk_size(std::string_view line);

// The request that all models send, whole (RFC 9112, 3).
std::string request_text(const Url& url);

// Whether a Connection header's value has this option, in lower case, in its list
// (RFC 9110, 7.6.1).
bool has_connection_option(std::string_view value, std::string_view option);

}  // namespace common
