// A text as a JSON string.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace common {

// URLs and command lines may hold any bytes, JSON holds UTF-8 only: the others become U+FFFD.
inline std::string json_string(std::string_view text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace common
