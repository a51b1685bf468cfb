#include "common/practice_site/counters.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace practice_site {

using nlohmann::json;

Counters::InFlight::InFlight(Counters& counters, const std::string& target) : counters_(&counters) {
    constexpr std::size_t max_logged_targets = 200'000;
    ++counters.requests;
    auto& log = counters.requests_of_target;
    if (const auto known = log.find(target); known != log.end())
        times_ = ++known->second;
    else if (log.size() < max_logged_targets)
        log.emplace(target, 1);
    counters.most_in_flight = std::max(counters.most_in_flight, ++counters.in_flight);
}

bool Counters::InFlight::count_for(const std::string& name, std::set<std::string>& names) {
    attendee_ = counters_->attendees.find(name);
    if (!attendee_)
        return false;
    attendee_->most_in_flight = std::max(attendee_->most_in_flight, ++attendee_->in_flight);
    if (names.insert(name).second)
        ++attendee_->connections;
    return true;
}

void Counters::InFlight::leave(Outcome outcome) {
    if (!counters_)
        return;
    --counters_->in_flight;
    counters_ = nullptr;
    if (!attendee_)
        return;
    --attendee_->in_flight;  // from here on a reset may remove the attendee
    attendee_->pages += outcome == Outcome::page ? 1 : 0;
    attendee_->failed += outcome == Outcome::failed ? 1 : 0;
}

std::string Counters::stats() const {
    return nlohmann::ordered_json{{"requests", requests},
                                  {"connections", connections},
                                  {"in_flight", in_flight},
                                  {"most_in_flight", most_in_flight}}
               .dump() +
           "\n";
}

std::string Counters::log() const {
    // A target may hold any bytes; JSON may not.
    return json(requests_of_target).dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

// A connection that is open was counted before, and a request in flight is so still: its end counts
// down.
void Counters::start_anew() {
    requests = 0;
    connections = 0;
    most_in_flight = in_flight;
    requests_of_target.clear();
    attendees.start_anew();
}

std::optional<std::string> Counters::answer(const std::string& target) {
    if (target == "/log")
        return log();
    if (target != "/stats" && target != "/stats/reset")
        return std::nullopt;
    const std::string before = stats();
    if (target == "/stats/reset")
        start_anew();
    return before;
}

}  // namespace practice_site
