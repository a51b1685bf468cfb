#include "common/practice_site/behaviour.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/practice_site/behaviour_names.hpp"

namespace practice_site {
namespace {

// Cuts the first segment off "/segment/rest".
std::string_view take_segment(std::string_view& path) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    return segment;
}

// The name's value, where it has one, and what it says. False: the target makes no sense.
bool take_name(const Name& name, std::string_view target, std::string_view& path,
               Behaviour& behaviour) {
    if (name.value.empty())
        return name.take(behaviour, {target, "", path});
    return !path.empty() && name.take(behaviour, {target, take_segment(path), path});
}

}  // namespace

std::optional<Behaviour> parse_behaviour(std::string_view target) {
    Behaviour behaviour;
    std::string_view path = target.substr(0, target.find('?'));
    if (!path.starts_with('/'))
        return std::nullopt;
    while (path.size() > 1) {
        const std::string_view segment = take_segment(path);
        const auto name = std::find_if(behaviour_names().begin(), behaviour_names().end(),
                                       [&](const Name& known) { return known.name == segment; });
        if (name == behaviour_names().end() || !take_name(*name, target, path, behaviour))
            return std::nullopt;
    }
    return behaviour;
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 12 &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
               std::string_view::npos;
}

Behaviour healthy(Behaviour faulty) {
    Behaviour page;
    page.who = faulty.who;
    while (!faulty.after_redirects.empty()) {
        faulty = parse_behaviour(faulty.after_redirects).value_or(Behaviour{});
        if (page.who.empty())
            page.who = faulty.who;
    }
    page.page = faulty.page;
    page.bytes = faulty.bytes;
    return page;
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
