// The tables of compare, for the terminal, for a README and for other programs: what each model
// took of time, and its cost sheet.
#pragma once

#include <string>
#include <vector>

#include "beside.hpp"
#include "figures.hpp"
#include "measure.hpp"

namespace benchmarks {

struct Row {
    Model model;
    std::vector<Measurement> runs;
};

struct Table {
    Job job;
    std::string machine;
    std::size_t processors = 1;
    std::string command;    // that makes it again
    std::vector<Row> rows;  // the first is what the others are compared with: synchronous
    Peers beside = {};      // none without --beside
};

// Seconds from the first download's start to the last one's end, as the program reports them.
const Figure& time_figure();
// CPU time, memory, context switches, threads, processes, connections, pages in flight.
const std::vector<Figure>& cost_figures();

double seconds_of(const Row& row);  // the median
double ideal_of(const Row& row, const Table& table);

// "50 pages of 16384 bytes, 100 ms each, https". The machine is told apart: it has one language.
std::string conditions(const Job& job, Language language);
// What the ideal time is; for CPU-bound work with the figures that it comes from.
std::string ideal_note(const Table& table, Language language);

std::string terminal_heading();
// The row's name, for while it is measured, and the rest of its line.
std::string terminal_name(const Model& model);
std::string terminal_figures(const Row& row, const Table& table);
// All of the cost sheet: a line for each figure, a column for each model, within 80 characters.
std::string terminal_costs(const Table& table);

std::string markdown(const Table& table, Language language);
std::string json(const Table& table);

}  // namespace benchmarks
