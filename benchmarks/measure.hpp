// Runs one chapter's program as its own process, and says what the run took.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace benchmarks {

// One row of the table: a program and how many workers it gets.
struct Model {
    std::string name;
    std::string portuguese_name;
    std::string program;
    std::size_t workers = 1;  // 1: the program has no such option
};

struct Job {
    std::string list_file;  // URLs
    std::string ca_file;    // "" for http
    std::size_t pages = 0;
    std::size_t page_bytes = 0;
    unsigned latency_ms = 0;
    unsigned work_mib = 0;
};

struct Measurement {
    double seconds = 0;  // as the program reports them: first download's start to last one's end
    std::size_t arrived = 0;
};

// Throws std::runtime_error when the program does not run or reports nothing.
Measurement measure(const Model& model, const Job& job);

// What the job would take if nothing cost anything but the server's latency.
double ideal_seconds(const Model& model, const Job& job);

double median(std::vector<double> values);

}  // namespace benchmarks
