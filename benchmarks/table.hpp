// The table of compare, for the terminal, for a README and for other programs.
#pragma once

#include <string>
#include <vector>

#include "measure.hpp"

namespace benchmarks {

struct Row {
    Model model;
    std::vector<Measurement> runs;

    double seconds() const;  // the median
};

struct Table {
    Job job;
    std::string conditions;  // job, machine, compiler: one line
    std::string command;
    std::vector<Row> rows;  // the first is what the others are compared with
};

enum class Language { english, portuguese };

std::string terminal_heading();
// The row's name, for while it is measured, and the rest of its line.
std::string terminal_name(const Model& model);
std::string terminal_figures(const Row& row, const Table& table);

std::string markdown(const Table& table, Language language);
std::string json(const Table& table);

// "2 x Some Processor, Linux 6.1, g++ 12.2.0".
std::string describe_machine();

}  // namespace benchmarks
