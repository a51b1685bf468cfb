#include "translations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <sstream>
#include <stdexcept>

#include "repository.hpp"

namespace documentation {
namespace {

struct Section {
    std::string title;
    std::string text;
};

std::vector<Section> sections_in(const Page& half) {
    std::vector<Section> sections;
    for (const Line& line : half) {
        if (line.kind == Kind::heading)
            sections.push_back({line.text.substr(line.text.find(' ') + 1), ""});
        if (line.kind != Kind::heading && line.kind != Kind::prose && line.kind != Kind::table)
            continue;
        std::istringstream words(line.text);
        for (std::string word; words >> word;)
            sections.back().text += word + " ";
    }
    return sections;
}

// FNV-1a: it notices changes, it does not have to withstand anybody.
std::string hash_of(const std::string& text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return fmt::format("{:016x}", hash);
}

std::string page_of(const std::string& name) {
    return name.substr(0, name.find('#'));
}

// The recorded pair of the same name or, when a heading was renamed in one language, the one of
// that page whose other half is as it was.
const SectionPair* find_recorded(const std::vector<SectionPair>& recorded, const SectionPair& now,
                                 const std::set<std::string>& names_now) {
    for (const SectionPair& before : recorded)
        if (before.name == now.name)
            return &before;
    for (const SectionPair& before : recorded)
        if (before.portuguese == now.portuguese && page_of(before.name) == page_of(now.name) &&
            !names_now.contains(before.name))
            return &before;
    return nullptr;
}

std::string says(Changed changed) {
    switch (changed) {
        case Changed::english_only:
            return "changed in English only: change the Portuguese too";
        case Changed::portuguese_only:
            return "changed in Portuguese only: change the English too";
        case Changed::both:
            return "changed in both languages";
        case Changed::added:
            return "is new";
        case Changed::removed:
            break;
    }
    return "is gone";
}

bool is_one_sided(const Change& change) {
    return change.changed == Changed::english_only || change.changed == Changed::portuguese_only;
}

const char* const record_command = "cmake --build --preset release --target record_translations";

std::string declaration_command(const std::string& name) {
    return fmt::format("build/release/tests/documentation/translations --no-change-needed \"{}\"",
                       name);
}

}  // namespace

std::vector<SectionPair> sections_of(const std::string& page, const std::string& text) {
    const Halves halves = halves_of(parse(text));
    const std::vector<Section> english = sections_in(halves.english);
    const std::vector<Section> portuguese = sections_in(halves.portuguese);
    if (english.size() != portuguese.size())
        throw std::runtime_error(page + ": not the same headings in both languages");
    std::vector<SectionPair> sections;
    std::set<std::string> names;
    for (std::size_t i = 0; i < english.size(); ++i) {
        const std::string name = page + "#" + english[i].title;
        if (!names.insert(name).second)
            throw std::runtime_error(name + ": two sections have this heading");
        sections.push_back({name, hash_of(english[i].text), hash_of(portuguese[i].text)});
    }
    return sections;
}

std::vector<SectionPair> sections_of_all_readmes() {
    std::vector<SectionPair> sections;
    for (const std::string& page : readmes())
        for (const SectionPair& section : sections_of(page, read(page)))
            sections.push_back(section);
    return sections;
}

std::vector<SectionPair> parse_record(const std::string& text) {
    std::vector<SectionPair> sections;
    for (const std::string& line : lines_of(text)) {
        std::istringstream words(line);
        SectionPair section;
        words >> section.english >> section.portuguese >> std::ws;
        if (!std::getline(words, section.name))
            throw std::runtime_error("not 'ENGLISH PORTUGUESE NAME': " + line);
        sections.push_back(section);
    }
    return sections;
}

std::string written(const std::vector<SectionPair>& sections) {
    std::string text;
    for (const SectionPair& section : sections)
        text += fmt::format("{} {} {}\n", section.english, section.portuguese, section.name);
    return text;
}

std::string record_path() {
    return from_root("tests/documentation/translations.txt");
}

std::vector<Change> changes(const std::vector<SectionPair>& recorded,
                            const std::vector<SectionPair>& now) {
    std::vector<Change> changes;
    std::set<std::string> names_now;
    for (const SectionPair& section : now)
        names_now.insert(section.name);
    std::set<const SectionPair*> found;
    for (const SectionPair& section : now) {
        const SectionPair* before = find_recorded(recorded, section, names_now);
        found.insert(before);
        if (before == nullptr)
            changes.push_back({section.name, Changed::added});
        else if (before->english != section.english && before->portuguese != section.portuguese)
            changes.push_back({section.name, Changed::both});
        else if (before->english != section.english)
            changes.push_back({section.name, Changed::english_only});
        else if (before->portuguese != section.portuguese)
            changes.push_back({section.name, Changed::portuguese_only});
    }
    for (const SectionPair& before : recorded)
        if (!found.contains(&before))
            changes.push_back({before.name, Changed::removed});
    return changes;
}

Lines complaints_about(const std::vector<Change>& changes) {
    Lines complaints;
    for (const Change& change : changes)
        complaints.push_back(is_one_sided(change)
                                 ? fmt::format("{} {}, or declare that it needs no change:\n    {}",
                                               change.name, says(change.changed),
                                               declaration_command(change.name))
                                 : fmt::format("{} {}. Record it:\n    {}", change.name,
                                               says(change.changed), record_command));
    return complaints;
}

Lines refusals(const std::vector<Change>& changes,
               const std::vector<std::string>& no_change_needed) {
    Lines refusals;
    std::set<std::string> declared(no_change_needed.begin(), no_change_needed.end());
    for (const Change& change : changes)
        if (is_one_sided(change) && declared.erase(change.name) == 0)
            refusals.push_back(fmt::format("{} {}, or declare that it needs no change:\n    {}",
                                           change.name, says(change.changed),
                                           declaration_command(change.name)));
    for (const std::string& name : declared)
        refusals.push_back(name + " did not change in one language only");
    return refusals;
}

}  // namespace documentation
