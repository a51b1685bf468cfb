// The names that a URL of the practice site is made of: one table for the parser and for the index
// page.
#pragma once

#include <span>
#include <string_view>

#include "common/practice_site/behaviour.hpp"
#include "common/practice_site/html.hpp"

namespace practice_site {

enum class Group { content, timing, ending, octets };

// Where a name was met.
struct Place {
    std::string_view target;  // the whole URL
    std::string_view value;   // empty for a name without one
    std::string_view& rest;   // what follows, to be read next
};

struct Name {
    Group group;
    std::string_view name;
    std::string_view value;                                  // "MS"; empty: no value follows
    bool (*take)(Behaviour& behaviour, const Place& place);  // false: the value makes no sense
    std::string_view example;                                // a URL that shows it
    std::string_view english;                                // what the site does
    std::string_view portuguese;

    Text text() const { return {english, portuguese}; }
};

std::span<const Name> behaviour_names();

}  // namespace practice_site
