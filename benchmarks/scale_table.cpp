#include "scale_table.hpp"

#include <fmt/format.h>

#include <array>

#include "figures_json.hpp"

namespace benchmarks {
namespace {

constexpr std::size_t pages_each = 2;

// Widths on the terminal: together with the names 79.
constexpr std::array<int, 6> widths = {10, 9, 11, 13, 9, 8};

double count(std::uint64_t value) {
    return static_cast<double>(value);
}

}  // namespace

Job scale_job(const Job& job, std::size_t in_flight) {
    Job one = job;
    one.site.pages = pages_each * in_flight;
    return one;
}

std::vector<Figure> scale_figures(const Job& job) {
    using Run = const Measurement&;
    const double waits = static_cast<double>(pages_each) * job.site.latency_ms / 1000.0;
    return {
        make_figure("seconds", "time", {"time", "tempo"}, {3, " s"},
                    [](Run run) { return run.usage.wall_seconds; }),
        make_figure("seconds_beyond_ideal", "beyond", {"beyond the ideal", "além do ideal"},
                    {3, " s"}, [=](Run run) { return run.usage.wall_seconds - waits; }),
        make_figure("cpu_microseconds_per_page", "CPU/page",
                    {"CPU time per page", "tempo de CPU por página"}, {1, " µs"},
                    [](Run run) { return 1e6 * run.usage.cpu_seconds / count(run.arrived); }),
        make_figure(
            "peak_memory_kib_per_page_in_flight", "memory/page",
            {"peak memory per page in flight", "memória de pico por página em andamento"},
            {1, " KiB"},
            [](Run run) { return memory_of(run.usage) / 1024 / count(run.most_in_flight); }),
        make_figure("switches_per_page", "switches",
                    {"context switches per page", "trocas de contexto por página"}, {1, ""},
                    [](Run run) {
                        return count(run.usage.voluntary_switches +
                                     run.usage.involuntary_switches) /
                               count(run.arrived);
                    }),
        make_figure("most_in_flight", "counted",
                    {"in flight, as the site counted", "em andamento, como o site contou"}, {},
                    [](Run run) { return count(run.most_in_flight); }),
    };
}

std::vector<std::size_t> scale_levels(std::size_t most) {
    std::vector<std::size_t> levels;
    for (std::size_t level = 1; level <= most; level *= 10)
        levels.push_back(level);
    return levels;
}

std::string scale_conditions(const Scale& scale, Language language) {
    const Text text = {
        "Two pages of {} bytes for each in flight, {} ms each, {}; ideal time: the two waits",
        "Duas páginas de {} bytes para cada uma em andamento, {} ms cada, {}; tempo ideal: as duas "
        "esperas"};
    return fmt::format(fmt::runtime(text.in(language)), scale.job.site.page_bytes,
                       scale.job.site.latency_ms, scale.job.site.plain ? "http" : "https");
}

std::string scale_terminal_heading() {
    std::string line = fmt::format("{:<13}{:>6}", "model", "asked");
    const std::vector<Figure> figures = scale_figures({});
    for (std::size_t i = 0; i < figures.size(); ++i)
        line += fmt::format("{:>{}}", figures[i].short_name, widths.at(i));
    return line + "\n";
}

std::string scale_terminal_name(const Model& model) {
    return fmt::format("{:<13}{:>6}", model.short_name, model.workers);
}

std::string scale_terminal_figures(const ScaleRow& row, const Job& job) {
    std::string line;
    const std::vector<Figure> figures = scale_figures(job);
    for (std::size_t i = 0; i < figures.size(); ++i)
        line += fmt::format(
            "{:>{}}",
            median_text(figures[i].summary(row.runs), figures[i].format, Language::english),
            widths.at(i));
    return line + "\n";
}

std::string stop_text(const Stop& stop, Language language) {
    const Text text = {"{}: stopped at {} in flight: {}", "{}: parou com {} em andamento: {}"};
    return fmt::format(fmt::runtime(text.in(language)), stop.model.name.in(language),
                       stop.model.workers, stop.reason.in(language));
}

std::string scale_markdown(const Scale& scale, Language language) {
    std::string text =
        Text{"| model | pages in flight |", "| modelo | páginas em andamento |"}.in(language);
    std::string line = "|---|--:|";
    for (const Figure& figure : scale_figures(scale.job)) {
        text += fmt::format(" {} |", figure.name.in(language));
        line += "--:|";
    }
    text += "\n" + line + "\n";
    for (const ScaleRow& row : scale.rows) {
        text += fmt::format("| {} | {} |", row.model.name.in(language), row.model.workers);
        for (const Figure& figure : scale_figures(scale.job))
            text +=
                fmt::format(" {} |", full_text(figure.summary(row.runs), figure.format, language));
        text += "\n";
    }
    text += "\n";
    for (const Stop& stop : scale.stops)
        text += "- " + stop_text(stop, language) + "\n";
    const Text made_by = {"\n{}; {}; {}. Made by `{}`.\n", "\n{}; {}; {}. Feita por `{}`.\n"};
    return text + fmt::format(fmt::runtime(made_by.in(language)), scale_conditions(scale, language),
                              scale.machine, runs_note(scale.rows.front().runs.size(), language),
                              scale.command);
}

std::string scale_json(const Scale& scale) {
    nlohmann::ordered_json json = {{"conditions", scale_conditions(scale, Language::english)},
                                   {"machine", scale.machine},
                                   {"command", scale.command},
                                   {"latency_ms", scale.job.site.latency_ms},
                                   {"rows", nlohmann::ordered_json::array()},
                                   {"stops", nlohmann::ordered_json::array()}};
    for (const ScaleRow& row : scale.rows) {
        nlohmann::ordered_json& one = json["rows"].emplace_back(nlohmann::ordered_json{
            {"model", row.model.name.english}, {"in_flight", row.model.workers}});
        for (const Figure& figure : scale_figures(scale.job))
            add_json(one, figure, row.runs);
    }
    for (const Stop& stop : scale.stops)
        json["stops"].push_back({{"model", stop.model.name.english},
                                 {"in_flight", stop.model.workers},
                                 {"reason", stop.reason.english}});
    return json.dump(1) + "\n";
}

}  // namespace benchmarks
