// rejected by: exit_status
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
    arrived,        // a status of 2xx, and all bytes that were announced
    no_response,    // refused, broken, timed out
    http_status,    // a response, but its status says that this is not the page
    truncated,      // the connection ended before the page did
    not_attempted,  // nobody has asked for it
};

inline Outcome outcome_of(const Response& response) {
    if (response.status == 0)
        return Outcome::no_response;
    if (response.status < 200 || response.status > 299)
        return Outcome::http_status;
    if (response.announced && response.body.size() != *response.announced)
        return Outcome::truncated;
    return Outcome::arrived;
}

inline std::vector<Outcome> download_all(const std::vector<std::string>& urls,
                                         const std::function<Response(const std::string&)>& get,
                                         const std::function<bool()>& stop) {
    std::vector<Outcome> outcomes(urls.size(), Outcome::not_attempted);
    for (std::size_t i = 0; i < urls.size() && !stop(); ++i)
        outcomes[i] = outcome_of(get(urls[i]));
    return outcomes;
}

inline std::string summary(const std::vector<Outcome>& outcomes) {
    return fmt::format("{} of {} pages arrived",
                       std::count(outcomes.begin(), outcomes.end(), Outcome::arrived),
                       outcomes.size());
}

inline int exit_status(const std::vector<Outcome>& outcomes) {
    int status = 0;
    for (const Outcome outcome : outcomes)
        status = outcome == Outcome::arrived ? 0 : 1;
    return status;
}
