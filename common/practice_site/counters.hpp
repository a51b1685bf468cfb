// What the practice site has counted, and how it tells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "common/practice_site/attendees.hpp"

namespace practice_site {

// What became of an answer: a page as it should be; something else that is no failure, such as a
// redirect; a failure.
enum class Outcome { page, other, failed };

// Not thread-safe: the site has one thread.
class Counters {
  public:
    // Counts a page's request, which is in flight until it leaves, at the latest when this ends.
    // The counters outlive it.
    class InFlight {
      public:
        InFlight(Counters& counters, const std::string& target);
        ~InFlight() { leave(); }
        InFlight(const InFlight&) = delete;
        InFlight& operator=(const InFlight&) = delete;
        // How often the target was asked for so far, this time included. Where the log is full, a
        // target that is not in it is asked for the first time each time.
        std::uint64_t times() const { return times_; }
        // Counts it for this name, too; `names` are those that its connection was counted for.
        // False: there are too many names.
        bool count_for(const std::string& name, std::set<std::string>& names);
        // Once; from the second time on it does nothing. What ends before its answer has failed.
        void leave(Outcome outcome = Outcome::failed);

      private:
        Counters* counters_;            // null once it has left
        Attendee* attendee_ = nullptr;  // whose request it is, if anybody's
        std::uint64_t times_ = 1;
    };

    // The JSON of what the site tells of itself; nothing for other targets:
    //   /stats        {"requests": ..., "connections": ..., "in_flight": ...,
    //                 "most_in_flight": ...}
    //   /stats/reset  the same, after which all counters and the log start anew
    //   /log          {"/page/1": how often it was asked for, ...}
    std::optional<std::string> answer(const std::string& target);

    std::uint64_t requests = 0;
    std::uint64_t connections = 0;
    std::uint64_t in_flight = 0;
    std::uint64_t most_in_flight = 0;
    std::map<std::string, std::uint64_t> requests_of_target;
    Attendees attendees;

  private:
    std::string stats() const;
    std::string log() const;
    void start_anew();
};

}  // namespace practice_site
