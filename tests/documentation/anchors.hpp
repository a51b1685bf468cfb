// Where links lead, as GitHub sees it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "markdown.hpp"

namespace documentation {

// What GitHub makes of a heading: "What can go wrong?" is "what-can-go-wrong".
std::string slug_of(const std::string& heading);

struct Anchor {
    std::string name;   // without #; the second "compare" of a page is "compare-1"
    std::string half;   // "English", "Português (Brasil)", or "" before them
    std::size_t place;  // among the anchors of its half
};
// Of headings, and of id="name" and name="name" in tags.
std::vector<Anchor> anchors_of(const Page& page);

struct Target {
    std::string file;    // "" for the page itself
    std::string anchor;  // without #
};
Target split_target(const std::string& target);
bool is_on_the_web(const std::string& target);

// A target as both languages must have it: with the place of an anchor instead of its name, which
// is in one language. `folder`: absolute path of the folder of the page.
std::string target_in_any_language(const std::string& target, const std::string& own_half,
                                   const Page& page, const std::string& folder);

// One line for each relative link that leads nowhere.
Lines complaints_about_links(const std::string& text, const std::string& folder);

}  // namespace documentation
