// The table of scale: what one page costs while more and more are in flight.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "figures.hpp"
#include "measure.hpp"

namespace benchmarks {

struct ScaleRow {
    Text name;
    std::string short_name;
    std::size_t in_flight = 1;  // as many pages as are to be
    std::vector<Measurement> runs = {};
    std::string version = {};  // of a peer
    double ratio_to_ours = 1;  // of a peer; NaN where our row has no figures
};

// Where a program went no further, and why.
struct Stop {
    Text name;
    std::size_t in_flight = 1;
    Text reason;
};

struct Scale {
    Job job;  // of each row, but for the pages: two for each that is to be in flight
    std::string machine;
    std::string command;  // that makes it again
    std::vector<ScaleRow> rows;
    std::vector<Stop> stops;
    bool beside = false;  // with peers
    std::vector<Text> left_out = {};
};

// The job of one row.
Job scale_job(const Job& job, std::size_t in_flight);

// Of the whole process, its start and its end included: time, CPU time per page, memory per page
// in flight beyond the first, and how many were in flight, as the practice
// site counted them; of the models alone also time beyond the two waits and context switches, with
// peers connections.
std::vector<Figure> scale_figures(const Scale& scale);

// 1, 10, 100 ... up to `most`.
std::vector<std::size_t> scale_levels(std::size_t most);

// "Two pages of 16384 bytes for each in flight, 1000 ms each, http".
std::string scale_conditions(const Scale& scale, Language language);
// What columns are that do not explain themselves: memory, and all of them.
std::string memory_note(Language language);
std::string scale_note(const Scale& scale, Language language);

// All within 80 characters.
std::string scale_terminal_heading(const Scale& scale);
// The row's beginning, for while it is measured, and the rest of its line.
std::string scale_terminal_name(const ScaleRow& row, const Scale& scale);
std::string scale_terminal_figures(const ScaleRow& row, const Scale& scale);
// "threads: stopped at 10000 in flight: ...".
std::string stop_text(const Stop& stop, Language language);

std::string scale_markdown(const Scale& scale, Language language);
std::string scale_json(const Scale& scale);

}  // namespace benchmarks
