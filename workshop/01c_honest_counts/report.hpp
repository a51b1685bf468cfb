// rejected by: error_pages, cut_page, no_response, stopped, summary_counts, exit_status
// Downloads pages and reports. It never says anything but success: it counts its list.
#pragma once

#include <fmt/format.h>

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

// Downloads one page after another. Returns what became of each, in the order of the list. A
// failure costs one page only. Once stop() is true, requests no further page.
inline std::vector<Outcome> download_all(const std::vector<std::string>& urls,
                                         const std::function<Response(const std::string&)>& get,
                                         const std::function<bool()>& stop) {
    std::vector<Outcome> outcomes(urls.size());
    for (std::size_t i = 0; i < urls.size() && !stop(); ++i) {
        get(urls[i]);
        outcomes[i] = Outcome::arrived;
    }
    return outcomes;
}

// "2 of 5 pages arrived"
inline std::string summary(const std::vector<Outcome>& outcomes) {
    return fmt::format("{} of {} pages arrived", outcomes.size(), outcomes.size());
}

// Of the whole program: 0 if every page arrived, otherwise 1.
inline int exit_status(const std::vector<Outcome>&) {
    return 0;
}
