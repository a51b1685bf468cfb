// Downloads pages and reports what arrived. All counts come from results, none from the list.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

// What came of a request.
struct Response {
    int status = 0;                        // 200, 404, ...; 0: no response came
    std::optional<std::size_t> announced;  // the Content-Length, where the server sent one
    std::string body;                      // as much of it as arrived
};

// What became of a page.
enum class Outcome {
    not_attempted,  // nobody has asked for it; first: what a slot is that nobody filled
    arrived,        // a status of 2xx, and all bytes that were announced
    no_response,    // refused, broken, timed out
    http_status,    // a response, but its status says that this is not the page
    truncated,      // the connection ended before the page did
};

// A response is no page yet: a 404 has a body, too, and a connection can end in the middle of one.
inline Outcome outcome_of(const Response& response) {
    if (response.status == 0)
        return Outcome::no_response;
    if (response.status < 200 || response.status > 299)
        return Outcome::http_status;
    if (response.announced && response.body.size() != *response.announced)
        return Outcome::truncated;
    return Outcome::arrived;
}

// Downloads one page after another. Returns what became of each, in the order of the list. A
// failure costs one page only. Once stop() is true, requests no further page.
inline std::vector<Outcome> download_all(const std::vector<std::string>& urls,
                                         const std::function<Response(const std::string&)>& get,
                                         const std::function<bool()>& stop) {
    // Each slot is a failure until its page has come, so whoever leaves this loop early, for
    // whatever reason, cannot report too much.
    std::vector<Outcome> outcomes(urls.size());
    for (std::size_t i = 0; i < urls.size() && !stop(); ++i)
        outcomes[i] = outcome_of(get(urls[i]));
    return outcomes;
}

// "2 of 5 pages arrived"
inline std::string summary(const std::vector<Outcome>& outcomes) {
    return fmt::format("{} of {} pages arrived",
                       std::count(outcomes.begin(), outcomes.end(), Outcome::arrived),
                       outcomes.size());
}

// Of the whole program: 0 if every page arrived, otherwise 1. Not the number of failures: a shell
// sees its last 8 bits only, and 256 failures would be a success.
inline int exit_status(const std::vector<Outcome>& outcomes) {
    const bool all_arrived = std::all_of(outcomes.begin(), outcomes.end(), [](Outcome outcome) {
        return outcome == Outcome::arrived;
    });
    return all_arrived ? 0 : 1;
}
