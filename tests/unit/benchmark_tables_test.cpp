// The tables of compare and scale, as people and as other programs read them.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "benchmark_examples.hpp"
#include "benchmarks/beside_table.hpp"
#include "benchmarks/scale_table.hpp"
#include "benchmarks/table.hpp"
#include "support/text.hpp"

namespace {

using benchmark_examples::example_scale;
using benchmark_examples::example_table;
using benchmark_examples::run_of;
using benchmarks::Language;
using benchmarks::Scale;
using benchmarks::Table;
using nlohmann::json;
using test_support::contains;

TEST_CASE("the terminal's row has time, speed-up, ideal time and nearness to it") {
    const Table table = example_table();
    const auto line = [](const char* time, const char* speed_up, const char* ideal,
                         const char* near) {
        return fmt::format("{:>11}{:>12}{:>12}{:>14}\n", time, speed_up, ideal, near);
    };
    CHECK(benchmarks::terminal_heading() ==
          fmt::format("{:<28}", "model") + line("time", "speed-up", "ideal", "near ideal"));
    CHECK(terminal_name(table.rows[1].model) == fmt::format("{:<28}", "other"));
    CHECK(terminal_figures(table.rows[0], table) ==
          line("3.000 s", "1.0 x", "2.000 s", "67 %") + std::string(28, ' ') + "2.500-3.500\n");
    CHECK(terminal_figures(table.rows[1], table) == line("0.500 s", "6.0 x", "0.200 s", "40 %"));
}

TEST_CASE("the terminal's cost sheet has a line for each cost, and one below where runs differ") {
    Table table = example_table();
    table.rows[1].model.short_name = "short";
    const auto line = [](const char* name, const char* first, const char* second) {
        return fmt::format("{:<19}{:>12}{:>12}\n", name, first, second);
    };
    CHECK(terminal_costs(table) ==
          line("cost", "model", "short") + line("CPU time", "0.500 s", "0.125 s") +
              std::string(20, ' ') + "0.250-0.750\n" + line("peak memory", "1.5 MiB", "1.5 MiB") +
              line("voluntary switches", "30", "30") + line("involunt. switches", "12", "12") +
              line("threads", "6", "6") + line("processes", "3", "3") +
              line("connections", "5", "5") + line("most in flight", "4", "4"));
}

TEST_CASE("the Portuguese table explains itself in Portuguese") {
    const std::string text = markdown(example_table(), Language::portuguese);
    CHECK(contains(text, "\n\nTempo ideal: só as esperas.\n\n| custo | modelo | outro |\n"));
    CHECK(contains(text, "\n| páginas em andamento, no máximo | 4 | 4 |\n\nOs custos são do "));
    CHECK(
        text.ends_with("servidor de treino.\n\n20 páginas de 16384 bytes, 100 ms cada, https; "
                       "2 x Processor 1.5; mediana de 2 execuções (mín.-máx.). "
                       "Feita por `compare --pages 20`.\n"));
}

TEST_CASE("conditions name the protocol and the work") {
    const benchmarks::Job job{.site = {.pages = 7, .latency_ms = 8, .page_bytes = 9, .plain = true},
                              .work_mib = 10};
    CHECK(conditions(job, Language::english) == "7 pages of 9 bytes, 8 ms each, http, --work 10");
    CHECK(conditions(job, Language::portuguese) ==
          "7 páginas de 9 bytes, 8 ms cada, http, --work 10");
}

TEST_CASE("with work the note on the ideal time tells what it counts with") {
    const Table table = example_table(8);
    CHECK(ideal_note(table, Language::english) ==
          "ideal time: each worker waits, then computes, 0.025 s a page (the CPU time of the "
          "synchronous row), on at most 2 processors; coroutines on one");
    CHECK(ideal_note(table, Language::portuguese) ==
          "tempo ideal: cada worker espera e depois calcula, 0,025 s por página (o tempo de CPU "
          "da linha síncrona), em no máximo 2 processadores; as corrotinas, em um");
}

TEST_CASE("compare's JSON has every run, the medians and what they were measured on") {
    Table table = example_table();
    table.rows[0].runs[1].usage.threads = 7;
    const std::string text = benchmarks::json(table);
    const json parsed = json::parse(text);
    CHECK(text.ends_with("}\n"));
    CHECK(parsed["conditions"] == "20 pages of 16384 bytes, 100 ms each, https");
    CHECK(parsed["machine"] == "2 x Processor 1.5");
    CHECK(parsed["ideal"] == "ideal time: the waits alone");
    CHECK(parsed["command"] == "compare --pages 20");
    CHECK(parsed["pages"] == 20);
    CHECK(parsed["latency_ms"] == 100);
    CHECK(parsed["work_mib"] == 0);
    CHECK_FALSE(parsed.contains("beside"));
    REQUIRE(parsed["rows"].size() == 2);
    const json& row = parsed["rows"][0];
    CHECK(row["model"] == "model");
    CHECK(row["ideal_seconds"].get<double>() == doctest::Approx(2.0));
    const std::vector<std::pair<const char*, json>> figures = {{"seconds", {2.5, 3.5}},
                                                               {"cpu_seconds", {0.25, 0.75}},
                                                               {"peak_memory_mib", {1.5, 1.5}},
                                                               {"voluntary_switches", {30, 30}},
                                                               {"involuntary_switches", {12, 12}},
                                                               {"threads", {6, 7}},
                                                               {"processes", {3, 3}},
                                                               {"connections", {5, 5}},
                                                               {"most_in_flight", {4, 4}}};
    for (const auto& [name, runs] : figures) {
        const std::string key = name;
        CAPTURE(key);
        CHECK(row[key] == runs);
        CHECK(row["median_" + key] == (runs[0].get<double>() + runs[1].get<double>()) / 2);
    }
    CHECK(row["median_processes"].is_number_integer());
    CHECK(row["median_threads"] == 6.5);
    CHECK(parsed["rows"][1]["model"] == "other");
    CHECK(parsed["rows"][1]["workers"] == 10);
    CHECK(json::parse(benchmarks::json(example_table(8)))["work_mib"] == 8);
}

TEST_CASE("others are compared with our row of as many in flight, by the time of the process") {
    const std::string text = terminal_beside(benchmark_examples::table_beside());
    const auto line = [](const char* name, const char* ratio, const char* time, const char* cpu,
                         const char* memory, const char* connections) {
        return fmt::format("{:<25}{:>7}{:>11}{:>11}{:>13}{:>13}\n", name, ratio, time, cpu, memory,
                           connections);
    };
    CHECK(text.starts_with(
        line("beside", "ratio", "time", "CPU time", "peak memory", "connections") +
        line("model", "1.00", "3.250 s", "0.500 s", "1.5 MiB", "5") +
        line("short", "1.00", "0.750 s", "0.125 s", "1.5 MiB", "5") +
        line("minimal.cpp, model", "1.85", "6.000 s", "0.500 s", "1.5 MiB", "5") +
        line("tool", "1.17", "0.875 s", "0.250 s", "1.5 MiB", "5") +
        fmt::format("{:<25} failed\n", "wget2") + "\nRatio: time divided by that of our row "));
    CHECK(
        text.ends_with("\nlib 1.2; tool 3\nwget2 failed: exit status 3: oops\n"
                       "go is left out\n"));
}

TEST_CASE("the table of others for a README is in two languages") {
    const Table table = benchmark_examples::table_beside();
    const std::string english = markdown(table, Language::english);
    CHECK(contains(
        english,
        "practice site.\n\n"
        "| program | version | ratio to ours | time | CPU time | peak memory | connections |\n"
        "|---|---|--:|--:|--:|--:|--:|\n"
        "| model |  | 1.00 | 3.250 s (2.750-3.750) | 0.500 s (0.250-0.750) | 1.5 MiB | 5 |\n"
        "| other |  | 1.00 | 0.750 s | 0.125 s | 1.5 MiB | 5 |\n"
        "| minimal.cpp, model | `lib 1.2` | 1.85 | 6.000 s | 0.500 s | 1.5 MiB | 5 |\n"
        "| tool | `tool 3` | 1.17 | 0.875 s (0.750-1.000) | 0.250 s | 1.5 MiB | 5 |\n"
        "\nRatio: time divided by "));
    CHECK(contains(english,
                   "by the practice site.\n\n- wget2 failed: exit status 3: oops\n"
                   "- go is left out\n\n20 pages of 16384 bytes"));
    const std::string portuguese = markdown(table, Language::portuguese);
    CHECK(contains(portuguese,
                   "| programa | versão | em relação ao nosso | tempo | tempo de CPU | "
                   "pico de memória | conexões |\n"));
    CHECK(contains(
        portuguese,
        "\n| minimal.cpp, modelo | `lib 1.2` | 1,85 | 6,000 s | 0,500 s | 1,5 MiB | 5 |\n"));
    CHECK(contains(portuguese, "\n\nEm relação ao nosso: tempo dividido pelo "));
    CHECK(contains(portuguese,
                   "\n\n- wget2 falhou: exit status 3: oops\n- go ficou de fora\n\n20 páginas "));
}

TEST_CASE("below the table of others no line is longer than a terminal") {
    Table table = benchmark_examples::table_beside();
    const std::string forty = "forty characters are here, all in words,";
    table.beside.peers[1].version = "tool " + forty + " " + forty;
    table.beside.peers[2].failure = forty + " " + forty;
    table.beside.left_out = {{forty + " " + forty, ""}};
    CHECK(terminal_beside(table).ends_with(
        "\nlib 1.2; tool forty characters are here, all in words, forty characters are\n"
        "here, all in words,\n"
        "wget2 failed: forty characters are here, all in words, forty characters are\n"
        "here, all in words,\n"
        "forty characters are here, all in words, forty characters are here, all in\n"
        "words,\n"));
}

TEST_CASE("without a failure the table of others ends with its note") {
    Table table = benchmark_examples::table_beside();
    table.beside.peers.pop_back();
    table.beside.left_out.clear();
    CHECK(markdown_beside(table, Language::english).ends_with("by the practice site.\n"));
    CHECK(terminal_beside(table).ends_with("; tool 3\n"));
}

TEST_CASE("the JSON of others has their figures, or why they have none") {
    const json beside = json::parse(benchmarks::json(benchmark_examples::table_beside()))["beside"];
    REQUIRE(beside.size() == 5);
    CHECK(beside[1]["program"] == "other");
    CHECK(beside[1]["version"] == "");
    CHECK(beside[1]["ratio_to_ours"] == 1.0);
    const json& tool = beside[3];
    CHECK(tool["program"] == "tool");
    CHECK(tool["version"] == "tool 3");
    CHECK(tool["ratio_to_ours"].get<double>() == doctest::Approx(0.875 / 0.75));
    CHECK(tool["wall_seconds"] == json({0.75, 1.0}));
    CHECK(tool["median_wall_seconds"] == 0.875);
    CHECK(tool["cpu_seconds"] == json({0.25, 0.25}));
    CHECK(tool["median_peak_memory_mib"] == 1.5);
    CHECK(tool["connections"] == json({5, 5}));
    CHECK_FALSE(tool.contains("failure"));
    CHECK(beside[4] ==
          json({{"program", "wget2"}, {"version", "Wget2 1"}, {"failure", "exit status 3: oops"}}));
}

TEST_CASE("scale's row on the terminal begins with what was asked for") {
    const Scale scale = example_scale();
    const auto line = [](const char* asked, const char* time, const char* beyond, const char* cpu,
                         const char* memory, const char* switches, const char* counted) {
        return fmt::format("{:>6}{:>10}{:>9}{:>11}{:>13}{:>9}{:>8}\n", asked, time, beyond, cpu,
                           memory, switches, counted);
    };
    CHECK(scale_terminal_heading(scale) ==
          "model        " +
              line("asked", "time", "beyond", "CPU/page", "memory/page", "switches", "counted"));
    CHECK(scale_terminal_name(scale.rows[1], scale) == "other        ");
    CHECK(scale_terminal_figures(scale.rows[0], scale) ==
          line("1", "2.250 s", "0.250 s", "12500.0 µs", "-", "2.1", "4"));
    CHECK(scale_terminal_figures(scale.rows[1], scale) ==
          line("10", "2.500 s", "0.500 s", "25000.0 µs", "256.0 KiB", "2.1", "4"));
}

// With a program beside the models: the second row.
Scale scale_beside() {
    Scale scale = example_scale();
    scale.beside = true;
    scale.rows[1].version = "lib 1.2";
    scale.rows[1].ratio_to_ours = 1.5;
    scale.left_out = {{"go is left out", "go ficou de fora"}};
    return scale;
}

TEST_CASE("beside others scale's row on the terminal begins with the ratio to ours") {
    Scale scale = scale_beside();
    const auto line = [](const char* ratio, const char* time, const char* cpu, const char* memory,
                         const char* connected, const char* counted) {
        return fmt::format("{:>6}{:>10}{:>11}{:>12}{:>10}{:>8}\n", ratio, time, cpu, memory,
                           connected, counted);
    };
    CHECK(scale_terminal_heading(scale) ==
          fmt::format("{:<23}", "program") +
              line("ratio", "time", "CPU/page", "memory/page", "connected", "counted"));
    CHECK(scale_terminal_name(scale.rows[1], scale) == fmt::format("{:<23}", "other"));
    CHECK(scale_terminal_figures(scale.rows[1], scale) ==
          line("1.50", "2.500 s", "25000.0 µs", "256.0 KiB", "5", "4"));
    scale.rows[1].ratio_to_ours = std::numeric_limits<double>::quiet_NaN();
    CHECK(scale_terminal_figures(scale.rows[1], scale).starts_with("     -   2.500 s"));
}

TEST_CASE("scale's tables have their headings and notes in two languages") {
    const Scale scale = example_scale();
    CHECK(scale_markdown(scale, Language::english)
              .starts_with("| model | pages in flight | time | over ideal | CPU time per page | "
                           "memory per further page in flight | context switches per page | "
                           "in flight (counted by the site) |\n"
                           "|---|--:|--:|--:|--:|--:|--:|--:|\n"
                           "| model | 1 | 2.250 s | 0.250 s | 12500.0 µs | - | 2.1 | 4 |\n"));
    const std::string portuguese = scale_markdown(scale, Language::portuguese);
    CHECK(portuguese.starts_with(
        "| modelo | páginas em andamento | tempo | acima do ideal | tempo de CPU por página | "
        "memória por página a mais em andamento | trocas de contexto por página | "
        "em andamento (contadas pelo servidor) |\n"));
    CHECK(portuguese.ends_with(
        ": quebrou\n\nDuas páginas de 16384 bytes para cada uma em andamento, 1000 ms cada, http; "
        "2 x Processor 1.5; uma execução; tempo ideal: as duas esperas; memória: o pico, menos o "
        "do mesmo programa com uma página em andamento. Feita por `scale --most 10`.\n"));
}

TEST_CASE("beside others scale's table has versions, ratios and who was left out") {
    const Scale scale = scale_beside();
    const std::string english = scale_markdown(scale, Language::english);
    CHECK(english.starts_with(
        "| pages in flight | program | version | ratio to ours | time | CPU time per page | "
        "memory per further page in flight | connections | in flight (counted by the site) |\n"
        "|--:|---|---|--:|--:|--:|--:|--:|--:|\n"
        "| 1 | model |  | 1.00 | 2.250 s | 12500.0 µs | - | 5 | 4 |\n"
        "| 10 | other | `lib 1.2` | 1.50 | 2.500 s (2.250-2.750) | 25000.0 µs | 256.0 KiB | 5 | "
        "4 |\n\n- model: stopped at 100 in flight: it broke\n- go is left out\n\nTwo pages of "));
    CHECK(contains(english,
                   "; ratio: time divided by that of our program with as many in flight; "
                   "memory: the peak, less that of the same program with one page in flight. "));
    const std::string portuguese = scale_markdown(scale, Language::portuguese);
    CHECK(
        portuguese.starts_with("| páginas em andamento | programa | versão | em relação ao nosso "
                               "| tempo | tempo de CPU por página | "
                               "memória por página a mais em andamento | conexões | "));
    CHECK(contains(portuguese, "\n| 10 | outro | `lib 1.2` | 1,50 | 2,500 s (2,250-2,750) | "));
    CHECK(contains(portuguese, "\n- go ficou de fora\n\nDuas páginas de "));
    CHECK(contains(portuguese, "; em relação ao nosso: tempo dividido pelo do nosso programa "));
}

TEST_CASE("scale's JSON has every run, the medians and where programs stopped") {
    const json parsed = json::parse(scale_json(example_scale()));
    CHECK(parsed["conditions"] ==
          "Two pages of 16384 bytes for each in flight, 1000 ms each, http");
    CHECK(parsed["machine"] == "2 x Processor 1.5");
    CHECK(parsed["command"] == "scale --most 10");
    CHECK(parsed["latency_ms"] == 1000);
    CHECK(parsed["stops"] ==
          json::array({{{"model", "model"}, {"in_flight", 100}, {"reason", "it broke"}}}));
    CHECK_FALSE(parsed.contains("left_out"));
    REQUIRE(parsed["rows"].size() == 2);
    const json& row = parsed["rows"][1];
    CHECK(row["model"] == "other");
    CHECK(row["in_flight"] == 10);
    CHECK(row["seconds"] == json({2.25, 2.75}));
    CHECK(row["median_seconds"] == 2.5);
    CHECK(row["seconds_beyond_ideal"] == json({0.25, 0.75}));
    CHECK(row["median_cpu_microseconds_per_page"].get<double>() == doctest::Approx(25000));
    CHECK(row["memory_kib_per_page_in_flight"] == json({256.0, 256.0}));
    CHECK(row["median_switches_per_page"].get<double>() == doctest::Approx(2.1));
    CHECK(row["most_in_flight"] == json({4, 4}));
    CHECK_FALSE(row.contains("version"));
}

TEST_CASE("beside others scale's JSON has versions, ratios and who was left out") {
    const json parsed = json::parse(scale_json(scale_beside()));
    CHECK(parsed["left_out"] == json::array({"go is left out"}));
    const json& row = parsed["rows"][1];
    CHECK(row["version"] == "lib 1.2");
    CHECK(row["ratio_to_ours"] == 1.5);
    CHECK(row["connections"] == json({5, 5}));
    CHECK_FALSE(row.contains("switches_per_page"));
}

}  // namespace
