// The table of compare --beside: our rows and what a person would use instead, each as a whole
// process.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "table.hpp"

namespace benchmarks {

// One row of ours or a peer. Refers to the runs of the table that it was made from.
struct BesideRow {
    Text name;
    std::string short_name;
    std::string version;
    const std::vector<Measurement>& runs;  // none: see failure
    const std::vector<Measurement>& twin_runs;
    std::string failure;
};
// Ours, then the others.
std::vector<BesideRow> beside_rows(const Table& table);

// Medians; of a row with runs.
double wall_seconds_of(const BesideRow& row);
double ratio_to_ours(const BesideRow& row);

// Within 80 characters. After the rows: why one has no figures, and what is left out.
std::string terminal_beside(const Table& table);
std::string markdown_beside(const Table& table, Language language);
// An array with one object for each row.
nlohmann::ordered_json json_beside(const Table& table);

}  // namespace benchmarks
