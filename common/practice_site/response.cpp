#include "common/practice_site/response.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace practice_site {
namespace {

bool has_no_body(unsigned status) {
    return status < 200 || status == 204 || status == 304;
}

std::string chunked(const std::string& body) {
    constexpr std::size_t chunk = 1000;  // small and odd, so that readers meet many borders
    std::string coded;
    for (std::size_t at = 0; at < body.size(); at += chunk)
        coded += fmt::format("{:x}\r\n{}\r\n", std::min(chunk, body.size() - at),
                             std::string_view(body).substr(at, chunk));
    return coded + "0\r\n\r\n";
}

std::string filler_fields(const Behaviour& behaviour) {
    constexpr std::size_t line = 100;  // longer ones would be refused for their own length
    std::string fields;
    for (std::uint64_t i = 0; i < behaviour.header_lines; ++i)
        fields += fmt::format("X-Filler-{}: x\r\n", i);
    for (std::uint64_t bytes = 0; bytes < behaviour.header_bytes; bytes += line)
        fields += fmt::format("X-Filler: {:x<{}}\r\n", "", line - 12);
    return fields;
}

}  // namespace

std::string_view reason_phrase(unsigned status) {
    static const std::map<unsigned, std::string_view> phrases = {
        {100, "Continue"},
        {101, "Switching Protocols"},
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {203, "Non-Authoritative Information"},
        {204, "No Content"},
        {205, "Reset Content"},
        {206, "Partial Content"},
        {300, "Multiple Choices"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {305, "Use Proxy"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {402, "Payment Required"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {407, "Proxy Authentication Required"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {411, "Length Required"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {416, "Range Not Satisfiable"},
        {417, "Expectation Failed"},
        {421, "Misdirected Request"},
        {422, "Unprocessable Content"},
        {426, "Upgrade Required"},
        {428, "Precondition Required"},            // RFC 6585
        {429, "Too Many Requests"},                // RFC 6585
        {431, "Request Header Fields Too Large"},  // RFC 6585
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"}};
    const auto known = phrases.find(status);
    return known == phrases.end() ? "Unassigned" : known->second;
}

std::string header_for(unsigned status, std::string_view content_type,
                       std::optional<std::uint64_t> length, std::string_view more) {
    std::string content;
    if (!has_no_body(status)) {
        content = fmt::format("Content-Type: {}\r\n", content_type);
        if (length)
            content += fmt::format("Content-Length: {}\r\n", *length);
    }
    return fmt::format("HTTP/1.1 {} {}\r\n{}{}\r\n", status, reason_phrase(status), content, more);
}

std::string_view connection_field(const Request& request, bool close) {
    if (close || !request.keep)
        return "Connection: close\r\n";
    return request.http_1_0 ? "Connection: keep-alive\r\n" : "";
}

Answer answer_for(const Request& request, const Behaviour& behaviour) {
    Answer answer;
    answer.body = behaviour.location ? "" : page_content(behaviour.page, behaviour.bytes);
    const std::uint64_t length = answer.body.size();
    std::string more = filler_fields(behaviour);
    if (behaviour.location)
        more += fmt::format("Location: {}\r\n", *behaviour.location);
    if (has_no_body(behaviour.status)) {
        answer.body.clear();
    } else if (behaviour.chunked && !request.http_1_0) {
        more += "Transfer-Encoding: chunked\r\n";
        answer.body = chunked(answer.body);
    }
    const bool cut = behaviour.truncate || behaviour.reset;
    if (cut)
        answer.body.resize(std::min<std::uint64_t>(
            answer.body.size(), behaviour.truncate.value_or(behaviour.reset.value_or(0))));
    const bool chunks_unknown = behaviour.chunked && request.http_1_0;
    answer.close = behaviour.close || behaviour.until_close || chunks_unknown || cut;
    more += connection_field(request, answer.close);
    const bool has_length = !behaviour.chunked && !behaviour.until_close;
    answer.header = header_for(behaviour.status, plain_text,
                               has_length ? std::optional(length) : std::nullopt, more);
    if (request.head)
        answer.body.clear();
    return answer;
}

}  // namespace practice_site
