// Which text of each language was last said to be a translation of the other: a section that
// changes in one language only is noticed.
#pragma once

#include <string>
#include <vector>

#include "markdown.hpp"

namespace documentation {

struct SectionPair {
    std::string name;     // "01_sync/README.md#The model"
    std::string english;  // hashes of the two texts
    std::string portuguese;
};

// Every heading of the two halves and the text up to the next one, without code blocks (both
// languages have the same), comments and line breaks. Throws std::runtime_error when the two
// languages do not have the same number of headings, or English one of them twice.
std::vector<SectionPair> sections_of(const std::string& page, const std::string& text);
std::vector<SectionPair> sections_of_all_readmes();

// "ENGLISH PORTUGUESE NAME", one a line.
std::vector<SectionPair> parse_record(const std::string& text);
std::string written(const std::vector<SectionPair>& sections);
std::string record_path();

enum class Changed { english_only, portuguese_only, both, added, removed };
struct Change {
    std::string name;
    Changed changed;
};
std::vector<Change> changes(const std::vector<SectionPair>& recorded,
                            const std::vector<SectionPair>& now);

// What the test says, one for each change.
Lines complaints_about(const std::vector<Change>& changes);

// Why these changes may not be recorded; `no_change_needed` names sections that changed in one
// language only, rightly.
Lines refusals(const std::vector<Change>& changes,
               const std::vector<std::string>& no_change_needed);

}  // namespace documentation
