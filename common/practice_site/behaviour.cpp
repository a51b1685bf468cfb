#include "common/practice_site/behaviour.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>

namespace practice_site {
namespace {

template <typename Number>
bool parse_number(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

bool parse_number(std::string_view text, std::optional<std::uint64_t>& number) {
    return parse_number(text, number.emplace());
}

bool parse_end(std::string_view text, End& end) {
    if (text == "close")
        end = End::close;
    else if (text == "reset")
        end = End::reset;
    else if (text == "silence")
        end = End::silence;
    else if (text == "keep")
        end = End::keep;
    else
        return false;
    return true;
}

std::string percent_decode(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned char byte = 0;
        const std::string_view code = text.substr(i + 1, 2);
        if (text[i] == '%' && code.size() == 2 &&
            std::from_chars(code.data(), code.data() + 2, byte, 16).ptr == code.data() + 2) {
            decoded += static_cast<char>(byte);
            i += 2;
        } else {
            decoded += text[i];
        }
    }
    return decoded;
}

// Names followed by a value; false when the value makes no sense.
using TakeValue = std::function<bool(Behaviour&, std::string_view value)>;
const std::map<std::string_view, TakeValue>& names_with_value() {
    static const std::map<std::string_view, TakeValue> names = {
        {"delay", [](Behaviour& b, auto v) { return parse_number(v, b.delay_ms); }},
        {"drip-header", [](Behaviour& b, auto v) { return parse_number(v, b.drip_header_ms); }},
        {"drip", [](Behaviour& b, auto v) { return parse_number(v, b.drip_ms); }},
        {"status", [](Behaviour& b, auto v) { return parse_number(v, b.status); }},
        {"page", [](Behaviour& b, auto v) { return parse_number(v, b.page); }},
        {"bytes", [](Behaviour& b, auto v) { return parse_number(v, b.bytes); }},
        {"truncate", [](Behaviour& b, auto v) { return parse_number(v, b.truncate); }},
        {"reset", [](Behaviour& b, auto v) { return parse_number(v, b.reset); }},
        {"header-lines", [](Behaviour& b, auto v) { return parse_number(v, b.header_lines); }},
        {"header-bytes", [](Behaviour& b, auto v) { return parse_number(v, b.header_bytes); }},
        {"raw", [](Behaviour& b, auto v) { return b.raw = percent_decode(v), true; }},
        {"more", [](Behaviour& b, auto v) { return b.more = percent_decode(v), true; }},
        {"then", [](Behaviour& b, auto v) { return parse_end(v, b.raw_end); }},
        {"redirect-to",
         [](Behaviour& b, auto v) {
             b.status = 302;
             b.location = percent_decode(v);
             return true;
         }},
    };
    return names;
}

const std::map<std::string_view, bool Behaviour::*>& flags() {
    static const std::map<std::string_view, bool Behaviour::*> names = {
        {"silence", &Behaviour::silence},         {"chunked", &Behaviour::chunked},
        {"until-close", &Behaviour::until_close}, {"close", &Behaviour::close},
        {"hang-up", &Behaviour::hang_up},         {"endless", &Behaviour::endless}};
    return names;
}

// Cuts the first segment off "/segment/rest".
std::string_view take_segment(std::string_view& path) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    return segment;
}

// redirect/N leads to redirect/N-1 with the rest of the path, and redirect/1 to the rest itself.
bool take_redirect(Behaviour& behaviour, std::string_view value, std::string_view rest) {
    unsigned hops = 0;
    if (!parse_number(value, hops))
        return false;
    if (hops == 0)
        return true;
    const std::string_view page = rest.empty() ? "/page/0" : rest;
    behaviour.status = 302;
    behaviour.location =
        hops == 1 ? std::string(page) : fmt::format("/redirect/{}{}", hops - 1, page);
    return true;
}

}  // namespace

std::optional<Behaviour> parse_behaviour(std::string_view target) {
    Behaviour behaviour;
    std::string_view path = target.substr(0, target.find('?'));
    if (!path.starts_with('/'))
        return std::nullopt;
    while (path.size() > 1) {
        const std::string_view name = take_segment(path);
        if (const auto flag = flags().find(name); flag != flags().end()) {
            behaviour.*(flag->second) = true;
            continue;
        }
        if (name == "redirect-loop") {
            behaviour.status = 302;
            behaviour.location = target;
            continue;
        }
        if (name == "garbage") {
            behaviour.raw = "\x01\xff\x02 garbage \r\n\r\n";
            continue;
        }
        if (path.empty())
            return std::nullopt;
        const std::string_view value = take_segment(path);
        if (name == "redirect") {
            if (!take_redirect(behaviour, value, path))
                return std::nullopt;
            if (behaviour.location)
                return behaviour;  // the rest is for the page at the end of the redirects
            continue;
        }
        const auto known = names_with_value().find(name);
        if (known == names_with_value().end() || !known->second(behaviour, value))
            return std::nullopt;
    }
    return behaviour;
}

std::string page_line(std::uint64_t page) {
    return fmt::format("This is page {} of the practice site.\n", page);
}

std::string page_content(std::uint64_t page, std::uint64_t bytes) {
    const std::string line = page_line(page);
    std::string content;
    content.reserve(bytes + line.size());
    while (content.size() < bytes)
        content += line;
    content.resize(bytes);
    return content;
}

}  // namespace practice_site
