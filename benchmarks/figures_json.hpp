// Figures in JSON. Apart: nlohmann/json is slow to compile.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "figures.hpp"
#include "measure.hpp"

namespace benchmarks {

// Adds the figure of every run and their median; whole numbers stay whole.
void add_json(nlohmann::ordered_json& json, const Figure& figure,
              const std::vector<Measurement>& runs);

}  // namespace benchmarks
