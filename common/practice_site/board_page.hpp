// The room's board: what each who/NAME did, for a projector.
#pragma once

#include <string>
#include <string_view>

#include "common/practice_site/attendees.hpp"
#include "common/practice_site/html.hpp"

namespace practice_site {

// HTML without script that loads itself again every 2 s. `origin`: what stands before the path in
// the URLs that attendees ask for, any text.
std::string board_page(const Attendees& attendees, std::string_view origin, Language language);

}  // namespace practice_site
