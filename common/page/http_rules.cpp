#include "common/page/http_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "common/page/text.hpp"

namespace common {
namespace {

// Calls visit(element) for each element of a comma-separated list; empty ones are to be ignored
// (RFC 9110, 5.6.1.2).
template <typename Visit>
void for_each_element(std::string_view list, Visit visit) {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (const std::string_view element = trimmed(list.substr(0, comma)); !element.empty())
            visit(element);
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
}

// 1*DIGIT (RFC 9110, 8.6): no sign, no space, no overflow.
std::optional<std::uint64_t> parse_length(std::string_view text) {
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return length;
}

// RFC 9110, 5.6.2: what a field's name is made of.
bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_digit(c) || is_alpha(c) ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

}  // namespace

std::variant<std::string, BodyFraming> body_framing(int status,
                                                    std::span<const std::string> content_lengths,
                                                    std::span<const std::string> codings) {
    if (status < 200 || status == 204 || status == 304)
        return BodyFraming{NoBody{}};

    if (!codings.empty()) {
        if (!content_lengths.empty())
            return "both Transfer-Encoding and Content-Length";
        const std::string list = fmt::format("{}", fmt::join(codings, ", "));
        std::size_t count = 0;
        bool chunked = true;
        for_each_element(list, [&](std::string_view element) {
            ++count;
            chunked = chunked && lower_case(element) == "chunked";
        });
        if (count != 1 || !chunked)
            return fmt::format("unsupported Transfer-Encoding '{}'", shown(list));
        return BodyFraming{ChunkedBody{}};
    }

    // "Content-Length: 5, 5" and the same field twice may be taken as 5 (RFC 9112, 6.3).
    std::optional<std::uint64_t> length;
    std::string error;
    for (const std::string& field : content_lengths) {
        bool empty = true;
        for_each_element(field, [&](std::string_view element) {
            empty = false;
            const auto value = parse_length(element);
            if (!value)
                error = fmt::format("Content-Length '{}' is not a number", shown(element));
            else if (length && *length != *value)
                error = fmt::format("conflicting Content-Length {} and {}", *length, *value);
            length = value;
        });
        if (empty)
            return "empty Content-Length";
        if (!error.empty())
            return error;
    }
    if (length)
        return BodyFraming{LengthBody{*length}};
    return BodyFraming{UntilCloseBody{}};
}

bool is_success(int status) {
    return status >= 200 && status < 300;
}

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool starts_like_http(std::string_view bytes) {
    constexpr std::string_view prefix = "HTTP/1.";
    const std::size_t compared = std::min(bytes.size(), prefix.size());
    return bytes.substr(0, compared) == prefix.substr(0, compared);
}

bool is_field(std::string_view line) {
    const std::size_t colon = line.find(':');
    return colon != std::string_view::npos && is_token(line.substr(0, colon));
}

bool is_trailer(std::string_view line) {
    const bool folded = line.starts_with(' ') || line.starts_with('\t');
    return (folded || is_field(line)) && !has_cr_or_nul(line);
}

bool has_cr_or_nul(std::string_view line) {
    return line.find_first_of(std::string_view("\r\0", 2)) != std::string_view::npos;
}

std::optional<std::uint64_t> parse_chunk_size(std::string_view line) {
    const std::string_view digits = trimmed(line.substr(0, line.find(';')));
    std::uint64_t size = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
    if (has_cr_or_nul(line) || error != std::errc{} || end != digits.data() + digits.size())
        return std::nullopt;
    return size;
}

std::string request_text(const Url& url) {
    return fmt::format(
        "GET {} HTTP/1.1\r\n"
        "Host: {}\r\n"
        "User-Agent: concurrency-tutorial\r\n"
        "Accept: */*\r\n"
        "Accept-Encoding: identity\r\n"
        "\r\n",
        url.target, url.authority());
}

bool has_connection_option(std::string_view value, std::string_view option) {
    bool found = false;
    for_each_element(
        value, [&](std::string_view element) { found = found || lower_case(element) == option; });
    return found;
}

}  // namespace common
