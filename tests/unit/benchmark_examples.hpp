// Figures that nobody measured, for the tests of what compare and scale make of them.
#pragma once

#include <cstddef>

#include "benchmarks/measure.hpp"
#include "benchmarks/scale_table.hpp"
#include "benchmarks/table.hpp"

namespace benchmark_examples {

inline benchmarks::Model model_with(std::size_t workers, bool uses_processors = true) {
    return {.name = {"model", "modelo"},
            .short_name = "model",
            .program = "",
            .workers = workers,
            .uses_processors = uses_processors};
}

inline benchmarks::Measurement run_of(double time, double cpu) {
    benchmarks::Measurement run;
    run.seconds = time;
    run.arrived = 20;
    run.usage.wall_seconds = time + 0.25;
    run.usage.cpu_seconds = cpu;
    run.usage.peak_memory_bytes = 3 << 19;
    run.usage.voluntary_switches = 30;
    run.usage.involuntary_switches = 12;
    run.usage.threads = 6;
    run.usage.processes = 3;
    run.connections = 5;
    run.most_in_flight = 4;
    return run;
}

inline benchmarks::Table example_table(unsigned work_mib = 0) {
    benchmarks::Table table{.job = {.site = {.pages = 20, .latency_ms = 100}, .work_mib = work_mib},
                            .machine = "2 x Processor 1.5",
                            .processors = 2,
                            .command = "compare --pages 20",
                            .rows = {{model_with(1, false), {run_of(2.5, 0.25), run_of(3.5, 0.75)}},
                                     {model_with(10), {run_of(0.5, 0.125), run_of(0.5, 0.125)}}}};
    table.rows[1].model.name = {"other", "outro"};
    return table;
}

// With others beside the models: one for each, and one that failed.
inline benchmarks::Table table_beside() {
    benchmarks::Table table = example_table();
    table.rows[1].model.short_name = "short";
    table.beside.peers = {{.name = {"minimal.cpp, model", "minimal.cpp, modelo"},
                           .short_name = "minimal.cpp, model",
                           .version = "lib 1.2",
                           .twin = 0,
                           .command = {},
                           .runs = {run_of(5.75, 0.5)}},
                          {.name = {"tool", "tool"},
                           .short_name = "tool",
                           .version = "tool 3",
                           .twin = 1,
                           .command = {},
                           .runs = {run_of(0.5, 0.25), run_of(0.75, 0.25)}},
                          {.name = {"wget2", "wget2"},
                           .short_name = "wget2",
                           .version = "Wget2 1",
                           .twin = 1,
                           .command = {},
                           .failure = "exit status 3: oops"}};
    table.beside.left_out = {{"go is left out", "go ficou de fora"}};
    return table;
}

inline benchmarks::Scale example_scale() {
    benchmarks::Scale scale{.job = {.site = {.latency_ms = 1000, .plain = true}},
                            .machine = "2 x Processor 1.5",
                            .command = "scale --most 10",
                            .rows = {{.name = {"model", "modelo"},
                                      .short_name = "model",
                                      .in_flight = 1,
                                      .runs = {run_of(2.0, 0.25)}},
                                     {.name = {"other", "outro"},
                                      .short_name = "other",
                                      .in_flight = 10,
                                      .runs = {run_of(2.0, 0.5), run_of(2.5, 0.5)}}},
                            .stops = {{{"model", "modelo"}, 100, {"it broke", "quebrou"}}}};
    for (auto& run : scale.rows[1].runs)
        run.base_memory_bytes = 0.75 * 1024 * 1024;
    return scale;
}

}  // namespace benchmark_examples
