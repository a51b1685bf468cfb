#include "common/practice_site/attendees.hpp"

#include "common/practice_site/behaviour.hpp"

namespace practice_site {

Attendee* Attendees::find(const std::string& name) {
    if (const auto known = attendees_.find(name); known != attendees_.end())
        return &known->second;
    return attendees_.size() < max_names ? &attendees_[name] : nullptr;
}

void Attendees::start_anew() {
    std::erase_if(attendees_, [](const auto& entry) { return entry.second.in_flight == 0; });
    for (auto& [name, attendee] : attendees_)
        attendee = {.in_flight = attendee.in_flight, .most_in_flight = attendee.in_flight};
}

}  // namespace practice_site
