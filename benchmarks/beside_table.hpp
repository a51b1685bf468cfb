// The table of compare --beside: our rows and what a person would use instead, each as a whole
// process.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "table.hpp"

namespace benchmarks {

// Within 80 characters. After the rows: why one has no figures, and what is left out.
std::string terminal_beside(const Table& table);
std::string markdown_beside(const Table& table, Language language);
// An array with one object for each row.
nlohmann::ordered_json json_beside(const Table& table);

}  // namespace benchmarks
