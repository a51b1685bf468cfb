// How an answer is written. Knows no socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/practice_site/behaviour.hpp"
#include "common/practice_site/request.hpp"

namespace practice_site {

constexpr std::string_view plain_text = "text/plain; charset=utf-8";
constexpr std::string_view json_text = "application/json";
constexpr std::string_view html_text = "text/html; charset=utf-8";

// "Not Found" (RFC 9110, 15); "Unassigned" for a status without a name.
std::string_view reason_phrase(unsigned status);

// The header with the empty line after it. Without a length the body is in chunks or ends with the
// connection. `more`: further fields, each a line.
std::string header_for(unsigned status, std::string_view content_type,
                       std::optional<std::uint64_t> length, std::string_view more);

// What the client must be told of the connection (RFC 9112, 9.3); empty where it knows.
std::string_view connection_field(const Request& request, bool close);

struct Answer {
    std::string header;
    std::string body;  // as it is sent: chunked, cut short
    bool close = false;
};

Answer answer_for(const Request& request, const Behaviour& behaviour);

}  // namespace practice_site
