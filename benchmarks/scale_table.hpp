// The table of scale: what one page costs while more and more are in flight.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "figures.hpp"
#include "measure.hpp"

namespace benchmarks {

struct ScaleRow {
    Model model;  // its workers are the pages that are to be in flight
    std::vector<Measurement> runs;
};

// Where a model went no further, and why.
struct Stop {
    Model model;
    Text reason;
};

struct Scale {
    Job job;  // of each row, but for the pages: two for each that is to be in flight
    std::string machine;
    std::string command;  // that makes it again
    std::vector<ScaleRow> rows;
    std::vector<Stop> stops;
};

// The job of one row.
Job scale_job(const Job& job, std::size_t in_flight);

// Of the whole process, its start and its end included: time, time beyond the two waits, CPU time
// and context switches per page, peak memory per page that was in flight, and how many were, as the
// practice site counted them.
std::vector<Figure> scale_figures(const Job& job);

// 1, 10, 100 ... up to `most`.
std::vector<std::size_t> scale_levels(std::size_t most);

std::string scale_conditions(const Scale& scale, Language language);

std::string scale_terminal_heading();
// The row's beginning, for while it is measured, and the rest of its line.
std::string scale_terminal_name(const Model& model);
std::string scale_terminal_figures(const ScaleRow& row, const Job& job);
// "threads: stopped at 10000 in flight: ...".
std::string stop_text(const Stop& stop, Language language);

std::string scale_markdown(const Scale& scale, Language language);
std::string scale_json(const Scale& scale);

}  // namespace benchmarks
