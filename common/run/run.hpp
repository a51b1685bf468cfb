// What a run was and what came of it: everything that a report or a picture shows.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "common/page/result.hpp"

namespace common {

struct Run {
    std::string model;
    std::size_t workers = 1;
    Clock::time_point begin{};  // of the first download; seconds: to the end of the last
    std::chrono::duration<double> seconds{};
    // How long the server is known to think about each page: the practice site's option.
    std::optional<std::chrono::milliseconds> latency{};
    std::vector<std::string> urls{};
    std::vector<Result> results{};  // one per URL
};

}  // namespace common
