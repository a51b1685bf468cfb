// What the practice site counts for each who/NAME: the rows of its board.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace practice_site {

struct Attendee {
    std::uint64_t in_flight = 0;
    std::uint64_t most_in_flight = 0;
    std::uint64_t connections = 0;
    std::uint64_t pages = 0;   // that arrived as they should
    std::uint64_t failed = 0;  // answers that did not: a status of 400 or more, cut short, no HTTP
};

// Not thread-safe: the site has one thread.
class Attendees {
  public:
    // Null, and nothing is kept: there are too many names. The attendee stays where it is while a
    // request of its name is in flight, whatever comes or goes besides.
    Attendee* find(const std::string& name);
    // Only who has something in flight is still there, with everything else at zero.
    void start_anew();
    // Sorted by name.
    const std::map<std::string, Attendee>& all() const { return attendees_; }

  private:
    std::map<std::string, Attendee> attendees_;  // a map: others' addresses never change
};

}  // namespace practice_site
