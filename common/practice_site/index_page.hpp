// What a browser shows of the practice site.
#pragma once

#include <string>

#include "common/practice_site/counters.hpp"

namespace practice_site {

// HTML in English and Brazilian Portuguese, without script: what the site is, what it counted so
// far, and a link for each thing that a page can do.
std::string index_page(const Counters& counters);

}  // namespace practice_site
