#include "common/practice_site/request.hpp"

#include <algorithm>

#include "common/page/http_rules.hpp"
#include "common/page/text.hpp"

namespace practice_site {
namespace {

Request refused(unsigned status, std::string_view reason) {
    Request request;
    request.refusal = {status, reason};
    return request;
}

// Where the empty line that ends the header ends. A line may end in LF alone (RFC 9112, 2.2): the
// first client that somebody writes is answered too.
std::optional<std::size_t> end_of_header(std::string_view text) {
    const std::size_t bare = text.find("\n\n");
    const std::size_t usual = text.find("\n\r\n");
    if (std::min(bare, usual) == std::string_view::npos)
        return std::nullopt;
    return bare < usual ? bare + 2 : usual + 3;
}

// Cuts the first line off, and returns it without its end.
std::string_view take_line(std::string_view& text) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

// What the fields say, as far as it matters here.
struct Fields {
    bool valid = true;
    unsigned hosts = 0;
    std::string_view host = {};
    bool valid_host = true;
    bool close = false;
    bool keep_alive = false;
    bool body = false;
};

Fields parse_fields(std::string_view text) {
    Fields fields;
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        if (line.empty())
            break;
        if (!common::is_field(line) || common::has_cr_or_nul(line))
            return {.valid = false};
        const std::size_t colon = line.find(':');
        const std::string name = common::lower_case(line.substr(0, colon));
        const std::string_view value = common::trimmed(line.substr(colon + 1));
        if (name == "host") {
            ++fields.hosts;
            fields.host = value;
            fields.valid_host = value.find_first_of(" \t/?#@,<>\"\\") == std::string_view::npos;
        } else if (name == "connection") {
            fields.close |= common::has_connection_option(value, "close");
            fields.keep_alive |= common::has_connection_option(value, "keep-alive");
        } else if (name == "transfer-encoding" || (name == "content-length" && value != "0")) {
            fields.body = true;
        }
    }
    return fields;
}

// The path and the query of "/page/1" and of "http://host/page/1" (RFC 9112, 3.2.1 and 3.2.2);
// empty for anything else.
std::string origin_form(std::string_view target) {
    if (target.starts_with('/'))
        return std::string(target);
    const std::size_t colon = std::min(target.find("://"), target.size());
    const std::string scheme = common::lower_case(target.substr(0, colon));
    if (colon == target.size() || (scheme != "http" && scheme != "https"))
        return "";
    target.remove_prefix(colon + 3);
    target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
    std::string path(target.starts_with('/') ? "" : "/");
    return path += target;
}

std::optional<Refusal> find_refusal(const Request& request, std::string_view method,
                                    const Fields& fields) {
    if (!fields.valid)
        return Refusal{400, "a header field is not 'Name: value' (RFC 9112, 5)"};
    if (fields.hosts == 0 && !request.http_1_0)
        return Refusal{400, "HTTP/1.1 needs a Host field (RFC 9112, 3.2)"};
    if (fields.hosts > 1 || !fields.valid_host)
        return Refusal{400, "one Host field, with a host in it (RFC 9112, 3.2)"};
    if (method != "GET" && method != "HEAD")
        return Refusal{405, "only GET and HEAD, in capitals (RFC 9110, 9.1)"};
    if (request.target.empty() || common::has_cr_or_nul(request.target))
        return Refusal{400, "the target is neither a path nor a URL (RFC 9112, 3.2)"};
    return std::nullopt;
}

Request parse_request(std::string_view text) {
    const std::string_view line = take_line(text);
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == last)  // or neither is there
        return refused(400, "not 'METHOD TARGET HTTP/1.1' (RFC 9112, 3)");
    const std::string_view method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (!version.starts_with("HTTP/") || target.find(' ') != std::string_view::npos)
        return refused(400, "not 'METHOD TARGET HTTP/1.1' (RFC 9112, 3)");
    if (!version.starts_with("HTTP/1."))
        return refused(505, "only HTTP/1.1 and HTTP/1.0");

    const Fields fields = parse_fields(text);
    Request request;
    request.target = origin_form(target);
    request.host = fields.host;
    request.head = method == "HEAD";
    request.http_1_0 = version == "HTTP/1.0";
    request.has_body = fields.body;
    request.refusal = find_refusal(request, method, fields);
    request.keep = !request.refusal && !fields.body && !fields.close &&
                   (!request.http_1_0 || fields.keep_alive);
    return request;
}

}  // namespace

std::optional<Request> take_request(std::string& received) {
    received.erase(0, std::min(received.find_first_not_of("\r\n"), received.size()));
    if (received.empty())
        return std::nullopt;
    if (!common::is_alpha(received.front()))  // TLS, for example: its end may never come
        return refused(400, "this is not HTTP; or https is spoken to a site with --plain");
    if (std::min(received.find('\n'), received.size()) > max_request_bytes)
        return refused(414, "a request line of more than 64 KiB");
    const auto end = end_of_header(received);
    if (end.value_or(received.size()) > max_request_bytes)
        return refused(431, "a header of more than 64 KiB");
    if (!end)
        return std::nullopt;
    Request request = parse_request(std::string_view(received).substr(0, *end));
    received.erase(0, *end);
    return request;
}

}  // namespace practice_site
