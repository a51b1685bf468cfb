#include "figures_json.hpp"

#include <cmath>
#include <cstdint>

namespace benchmarks {
namespace {

nlohmann::ordered_json json_number(double value, const Format& format) {
    if (format.decimals == 0 && value == std::floor(value))
        return static_cast<std::int64_t>(value);
    return value;
}

}  // namespace

void add_json(nlohmann::ordered_json& json, const Figure& figure,
              const std::vector<Measurement>& runs) {
    auto& all = json[figure.key] = nlohmann::ordered_json::array();
    for (const double value : figure.values(runs))
        all.push_back(json_number(value, figure.format));
    json["median_" + figure.key] = json_number(figure.summary(runs).median, figure.format);
}

}  // namespace benchmarks
