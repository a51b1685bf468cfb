// What the tests ask a practice site, apart from its pages.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "common/practice_site/practice_site_process.hpp"

namespace test_support {

// {"requests": ..., "connections": ..., "in_flight": ..., "most_in_flight": ...}
nlohmann::json stats_of(const common::PracticeSite& site);

// {"/page/1": how often it was asked for, ...}
nlohmann::json log_of(const common::PracticeSite& site);

// Encodes a text so that it is one segment of a path.
std::string segment(const std::string& text);

// What the page /bytes/<bytes>/page/<page> should hash to.
std::string hash_of_page(std::uint64_t page, std::uint64_t bytes);

}  // namespace test_support
