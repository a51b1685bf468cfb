#include "table.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "common/run_chapter.hpp"

namespace benchmarks {
namespace {

struct Figures {
    std::string time;
    std::string speed_up;
    std::string ideal;
    std::string nearness;
};

Figures figures_of(const Row& row, const Table& table) {
    const double seconds = row.seconds();
    const double ideal = ideal_seconds(row.model, table.job);
    const bool computes = table.job.work_mib > 0;
    return {fmt::format("{:.3f} s", seconds),
            fmt::format("{:.1f} x", table.rows.front().seconds() / seconds),
            // Computing has a limit of its own, which latency does not tell.
            computes ? "-" : fmt::format("{:.3f} s", ideal),
            computes ? "-" : fmt::format("{:.0f} %", 100 * ideal / seconds)};
}

std::string processor_name() {
    std::ifstream information("/proc/cpuinfo");
    for (std::string line; std::getline(information, line);)
        if (line.starts_with("model name"))
            return line.substr(line.find(':') + 2);
    return "unknown processor";
}

std::string compiler_name() {
#ifdef __clang__
    return fmt::format("clang++ {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
    return fmt::format("g++ {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

// "2 x Some Processor, Linux 6.1, g++ 12.2.0".
std::string describe_machine() {
    utsname system{};
    uname(&system);
    const std::string release = system.release;
    return fmt::format("{} x {}, Linux {}, {}", common::processor_count(), processor_name(),
                       release.substr(0, release.find('-')), compiler_name());
}

// "5.021 s (5.019-5.024)": the median, and the spread where there is one.
std::string time_with_spread(const Row& row) {
    std::vector<double> all;
    for (const Measurement& measurement : row.runs)
        all.push_back(measurement.seconds);
    const auto [least, most] = std::minmax_element(all.begin(), all.end());
    return all.size() == 1 ? fmt::format("{:.3f} s", all[0])
                           : fmt::format("{:.3f} s ({:.3f}-{:.3f})", median(all), *least, *most);
}

}  // namespace

std::string conditions(const Job& job, Language language) {
    const char* text = language == Language::english
                           ? "{} pages of {} bytes, {} ms each, {}{}; {}"
                           : "{} páginas de {} bytes, {} ms cada, {}{}; {}";
    const std::string work = job.work_mib == 0 ? "" : fmt::format(", --work {}", job.work_mib);
    return fmt::format(fmt::runtime(text), job.pages, job.page_bytes, job.latency_ms,
                       job.ca_file.empty() ? "http" : "https", work, describe_machine());
}

double Row::seconds() const {
    std::vector<double> all;
    for (const Measurement& measurement : runs)
        all.push_back(measurement.seconds);
    return median(all);
}

std::string terminal_heading() {
    return fmt::format("{:<28}{:>11}{:>12}{:>12}{:>14}\n", "model", "time", "speed-up", "ideal",
                       "near ideal");
}

std::string terminal_name(const Model& model) {
    return fmt::format("{:<28}", model.name);
}

std::string terminal_figures(const Row& row, const Table& table) {
    const auto [time, speed_up, ideal, nearness] = figures_of(row, table);
    return fmt::format("{:>11}{:>12}{:>12}{:>14}\n", time, speed_up, ideal, nearness);
}

std::string markdown(const Table& table, Language language) {
    const bool english = language == Language::english;
    std::string text =
        english ? "| model | time | speed-up over synchronous | ideal time | how near |\n"
                : "| modelo | tempo | ganho sobre o síncrono | tempo ideal | quão perto |\n";
    text += "|---|--:|--:|--:|--:|\n";
    for (const Row& row : table.rows) {
        const auto [unused, speed_up, ideal, nearness] = figures_of(row, table);
        text += fmt::format("| {} | {} | {} | {} | {} |\n",
                            english ? row.model.name : row.model.portuguese_name,
                            time_with_spread(row), speed_up, ideal, nearness);
    }
    const std::size_t runs = table.rows.front().runs.size();
    if (english)
        text += fmt::format("\n{}; median of {} runs (least-most). Made by `{}`.\n",
                            conditions(table.job, language), runs, table.command);
    else
        text += fmt::format("\n{}; mediana de {} execuções (menor-maior). Feita por `{}`.\n",
                            conditions(table.job, language), runs, table.command);
    return text;
}

std::string json(const Table& table) {
    nlohmann::ordered_json json = {{"conditions", conditions(table.job, Language::english)},
                                   {"command", table.command},
                                   {"pages", table.job.pages},
                                   {"latency_ms", table.job.latency_ms},
                                   {"work_mib", table.job.work_mib},
                                   {"rows", nlohmann::ordered_json::array()}};
    for (const Row& row : table.rows) {
        nlohmann::ordered_json seconds = nlohmann::ordered_json::array();
        for (const Measurement& measurement : row.runs)
            seconds.push_back(measurement.seconds);
        json["rows"].push_back({{"model", row.model.name},
                                {"workers", row.model.workers},
                                {"seconds", seconds},
                                {"median_seconds", row.seconds()},
                                {"ideal_seconds", ideal_seconds(row.model, table.job)}});
    }
    return json.dump(1) + "\n";
}

}  // namespace benchmarks
