// The table of compare, for the terminal, for a README and for other programs.
#pragma once

#include <string>
#include <vector>

#include "measure.hpp"

namespace benchmarks {

enum class Language { english, portuguese };

struct Row {
    Model model;
    std::vector<Measurement> runs;

    double seconds() const;  // the median
};

struct Table {
    Job job;
    std::string command;    // that makes it again
    std::vector<Row> rows;  // the first is what the others are compared with
};

// "50 pages of 16384 bytes, 100 ms each, https; 2 x Some Processor, Linux 6.1, g++ 12.2.0".
std::string conditions(const Job& job, Language language);

std::string terminal_heading();
// The row's name, for while it is measured, and the rest of its line.
std::string terminal_name(const Model& model);
std::string terminal_figures(const Row& row, const Table& table);

std::string markdown(const Table& table, Language language);
std::string json(const Table& table);

}  // namespace benchmarks
