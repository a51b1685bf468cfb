// What a client asks for. Knows no socket.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace practice_site {

// The longest request line, and the longest request with all its header fields.
constexpr std::size_t max_request_bytes = 64 * 1024;

// Why a request is not answered with what it asks for.
struct Refusal {
    unsigned status = 400;
    std::string_view reason;  // for the person who wrote the client
};

struct Request {
    std::optional<Refusal> refusal;
    std::string target;     // "/page/1", also where the client wrote "http://host/page/1"
    std::string host;       // "127.0.0.1:8080", as the client wrote it: any text
    bool head = false;      // HEAD: it gets the header of the answer and no body
    bool http_1_0 = false;  // a client that knows neither chunks nor, unless it says so, keep-alive
    bool keep = false;      // whether another request may follow on the connection
    bool has_body = false;  // of any length: it is not taken off the bytes received
};

// Takes one request off the front of `received`; nothing while it is incomplete. A refusal says
// that what follows it cannot be trusted to be a request. As RFC 9112 has it: 2.2 (lines),
// 3 (request line), 5 (fields), 9.3 (which connections persist).
std::optional<Request> take_request(std::string& received);

}  // namespace practice_site
