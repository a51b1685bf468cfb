#include "anchors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>

#include "support/processes.hpp"
#include "unicode.hpp"

namespace documentation {
namespace {

bool has(const std::vector<Anchor>& anchors, const std::string& name) {
    return std::any_of(anchors.begin(), anchors.end(),
                       [&](const Anchor& anchor) { return anchor.name == name; });
}

Lines names_in_tags(const std::string& line) {
    static const std::regex tag(R"re(<[^>]*\s(id|name)="([^"]*)")re");
    Lines names;
    for (std::sregex_iterator i(line.begin(), line.end(), tag), end; i != end; ++i)
        names.push_back((*i)[2]);
    return names;
}

// The page that a target's file is; the page itself when it names none.
Page page_at(const Target& target, const Page& page, const std::string& folder) {
    return target.file.empty() ? page : parse(test_support::read_text(folder + "/" + target.file));
}

std::string complaint_about(const std::string& link, const Page& page, const std::string& folder) {
    const Target target = split_target(link);
    const std::string path = folder + "/" + target.file;
    if (target.file.starts_with("/") || !std::filesystem::exists(path))
        return "nothing at " + link;
    if (target.anchor.empty())
        return link.ends_with("#") ? "an empty anchor: " + link : "";
    if (!target.file.empty() && !target.file.ends_with(".md"))
        return "only pages in Markdown have anchors: " + link;
    return has(anchors_of(page_at(target, page, folder)), target.anchor)
               ? ""
               : "no such heading: " + link;
}

}  // namespace

std::string slug_of(const std::string& heading) {
    static const std::regex link_target(R"(\]\([^)]*\))");
    std::u32string slug;
    for (const char32_t c : decode(std::regex_replace(heading, link_target, ""))) {
        if (c == U' ')
            slug += U'-';
        else if (is_letter_or_digit(c) || c == U'-' || c == U'_')
            slug += lower(c);
    }
    return encode(slug);
}

std::vector<Anchor> anchors_of(const Page& page) {
    std::vector<Anchor> anchors;
    std::map<std::string, int> uses;
    std::string half;
    std::size_t place = 0;
    for (const Line& line : page) {
        if (line.kind == Kind::heading) {
            const std::string text = line.text.substr(line.text.find(' ') + 1);
            if (text == "English" || text == "Português (Brasil)") {
                half = text;
                place = 0;
            }
            const std::string slug = slug_of(text);
            const int use = uses[slug]++;
            anchors.push_back({use == 0 ? slug : fmt::format("{}-{}", slug, use), half, place++});
        }
        if (line.kind == Kind::prose || line.kind == Kind::table)
            for (const std::string& name : names_in_tags(line.text))
                anchors.push_back({name, half, place++});
    }
    return anchors;
}

Target split_target(const std::string& target) {
    const std::size_t mark = target.find('#');
    if (mark == std::string::npos)
        return {target, ""};
    return {target.substr(0, mark), target.substr(mark + 1)};
}

bool is_on_the_web(const std::string& target) {
    return target.starts_with("http://") || target.starts_with("https://") ||
           target.starts_with("mailto:");
}

std::string target_in_any_language(const std::string& target, const std::string& own_half,
                                   const Page& page, const std::string& folder) {
    const Target parts = split_target(target);
    if (is_on_the_web(target) || parts.anchor.empty())
        return target;
    for (const Anchor& anchor : anchors_of(page_at(parts, page, folder)))
        if (anchor.name == parts.anchor && !anchor.half.empty())
            return fmt::format("{}#{} of the {} half", parts.file, anchor.place,
                               anchor.half == own_half ? "same" : "other");
    return target;
}

Lines complaints_about_links(const std::string& text, const std::string& folder) {
    static const std::regex definition(R"(^\s*\[[^\]]+\]:\s)");
    const Page page = parse(text);
    Lines complaints;
    for (const Link& link : links_of(page)) {
        if (is_on_the_web(link.target))
            continue;
        const std::string complaint = complaint_about(link.target, page, folder);
        if (!complaint.empty())
            complaints.push_back(fmt::format("line {}: {}", link.line, complaint));
    }
    for (const Line& line : page)
        if (line.kind == Kind::prose && std::regex_search(line.text, definition))
            complaints.push_back(fmt::format(
                "line {}: write the target at the link, where the checks see it", line.number));
    return complaints;
}

}  // namespace documentation
