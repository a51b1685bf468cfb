#include "scale_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "figures_json.hpp"

namespace benchmarks {
namespace {

constexpr std::size_t pages_each = 2;

double count(std::uint64_t value) {
    return static_cast<double>(value);
}

// What the pages after the first add; 0 where that is less than runs differ.
double memory_per_page(const Measurement& run) {
    if (run.most_in_flight < 2)
        return std::numeric_limits<double>::quiet_NaN();
    const double bytes = memory_of(run.usage) - run.base_memory_bytes;
    return std::isnan(bytes) ? bytes
                             : std::max(bytes, 0.0) / 1024 / (count(run.most_in_flight) - 1);
}

// On the terminal: of the name, and of the figures. With 6 between them no more than 80.
int name_width(const Scale& scale) {
    return scale.beside ? 23 : 13;
}
const std::vector<int>& widths(const Scale& scale) {
    static const std::vector<int> alone = {10, 9, 11, 13, 9, 8};
    static const std::vector<int> beside = {10, 11, 12, 10, 8};
    return scale.beside ? beside : alone;
}

std::string terminal_figures(const Scale& scale,
                             const std::function<std::string(const Figure&)>& text) {
    std::string line;
    const std::vector<Figure> figures = scale_figures(scale);
    for (std::size_t i = 0; i < figures.size(); ++i)
        line += fmt::format("{:>{}}", text(figures[i]), widths(scale).at(i));
    return line + "\n";
}

}  // namespace

Job scale_job(const Job& job, std::size_t in_flight) {
    Job one = job;
    one.site.pages = pages_each * in_flight;
    return one;
}

std::vector<Figure> scale_figures(const Scale& scale) {
    using Run = const Measurement&;
    const double waits = static_cast<double>(pages_each) * scale.job.site.latency_ms / 1000.0;
    const auto time = make_figure("seconds", "time", {"time", "tempo"}, {3, " s"},
                                  [](Run run) { return run.usage.wall_seconds; });
    const auto beyond =
        make_figure("seconds_beyond_ideal", "beyond", {"over ideal", "acima do ideal"}, {3, " s"},
                    [=](Run run) { return run.usage.wall_seconds - waits; });
    const auto cpu = make_figure(
        "cpu_microseconds_per_page", "CPU/page", {"CPU time per page", "tempo de CPU por página"},
        {1, " µs"}, [](Run run) { return 1e6 * run.usage.cpu_seconds / count(run.arrived); });
    const auto memory =
        make_figure("memory_kib_per_page_in_flight", "memory/page",
                    {"memory per further page in flight", "memória por página a mais em andamento"},
                    {1, " KiB"}, memory_per_page);
    const auto switches = make_figure(
        "switches_per_page", "switches",
        {"context switches per page", "trocas de contexto por página"}, {1, ""}, [](Run run) {
            return count(run.usage.voluntary_switches + run.usage.involuntary_switches) /
                   count(run.arrived);
        });
    const auto connections = make_figure("connections", "connected", {"connections", "conexões"},
                                         {}, [](Run run) { return count(run.connections); });
    const auto counted =
        make_figure("most_in_flight", "counted",
                    {"in flight (counted by the site)", "em andamento (contadas pelo servidor)"},
                    {}, [](Run run) { return count(run.most_in_flight); });
    if (scale.beside)
        return {time, cpu, memory, connections, counted};
    return {time, beyond, cpu, memory, switches, counted};
}

std::vector<std::size_t> scale_levels(std::size_t most) {
    std::vector<std::size_t> levels;
    for (std::size_t level = 1; level <= most; level *= 10)
        levels.push_back(level);
    return levels;
}

std::string scale_conditions(const Scale& scale, Language language) {
    const Text text = {"Two pages of {} bytes for each in flight, {} ms each, {}",
                       "Duas páginas de {} bytes para cada uma em andamento, {} ms cada, {}"};
    return fmt::format(fmt::runtime(text.in(language)), scale.job.site.page_bytes,
                       scale.job.site.latency_ms, scale.job.site.plain ? "http" : "https");
}

std::string memory_note(Language language) {
    return Text{"memory: the peak, less that of the same program with one page in flight",
                "memória: o pico, menos o do mesmo programa com uma página em andamento"}
        .in(language);
}

std::string scale_note(const Scale& scale, Language language) {
    const Text first =
        scale.beside ? Text{"ratio: time divided by that of our program with as many in flight",
                            "em relação ao nosso: tempo dividido pelo do nosso programa com o "
                            "mesmo número de páginas em andamento"}
                     : Text{"ideal time: the two waits", "tempo ideal: as duas esperas"};
    return first.in(language) + "; " + memory_note(language);
}

std::string scale_terminal_heading(const Scale& scale) {
    return fmt::format("{:<{}}{:>6}", scale.beside ? "program" : "model", name_width(scale),
                       scale.beside ? "ratio" : "asked") +
           terminal_figures(scale, [](const Figure& figure) { return figure.short_name; });
}

std::string scale_terminal_name(const ScaleRow& row, const Scale& scale) {
    return fmt::format("{:<{}}", row.short_name, name_width(scale));
}

std::string scale_terminal_figures(const ScaleRow& row, const Scale& scale) {
    return fmt::format("{:>6}", scale.beside ? number(row.ratio_to_ours, 2, Language::english)
                                             : fmt::to_string(row.in_flight)) +
           terminal_figures(scale, [&](const Figure& figure) {
               return median_text(figure.summary(row.runs), figure.format, Language::english);
           });
}

std::string stop_text(const Stop& stop, Language language) {
    const Text text = {"{}: stopped at {} in flight: {}", "{}: parou com {} em andamento: {}"};
    return fmt::format(fmt::runtime(text.in(language)), stop.name.in(language), stop.in_flight,
                       stop.reason.in(language));
}

std::string scale_markdown(const Scale& scale, Language language) {
    const Text alone = {"| model | pages in flight |", "| modelo | páginas em andamento |"};
    const Text beside = {"| pages in flight | program | version | ratio to ours |",
                         "| páginas em andamento | programa | versão | em relação ao nosso |"};
    std::string text = (scale.beside ? beside : alone).in(language);
    std::string line = scale.beside ? "|--:|---|---|--:|" : "|---|--:|";
    for (const Figure& figure : scale_figures(scale)) {
        text += fmt::format(" {} |", figure.name.in(language));
        line += "--:|";
    }
    text += "\n" + line + "\n";
    for (const ScaleRow& row : scale.rows) {
        text += scale.beside
                    ? fmt::format("| {} | {} | {} | {} |", row.in_flight, row.name.in(language),
                                  as_code(row.version), number(row.ratio_to_ours, 2, language))
                    : fmt::format("| {} | {} |", row.name.in(language), row.in_flight);
        for (const Figure& figure : scale_figures(scale))
            text +=
                fmt::format(" {} |", full_text(figure.summary(row.runs), figure.format, language));
        text += "\n";
    }
    text += "\n";
    for (const Stop& stop : scale.stops)
        text += "- " + stop_text(stop, language) + "\n";
    for (const Text& note : scale.left_out)
        text += "- " + note.in(language) + "\n";
    const Text made_by = {"\n{}; {}; {}; {}. Made by `{}`.\n",
                          "\n{}; {}; {}; {}. Feita por `{}`.\n"};
    return text + fmt::format(fmt::runtime(made_by.in(language)), scale_conditions(scale, language),
                              scale.machine, runs_note(scale.rows.front().runs.size(), language),
                              scale_note(scale, language), scale.command);
}

std::string scale_json(const Scale& scale) {
    nlohmann::ordered_json json = {{"conditions", scale_conditions(scale, Language::english)},
                                   {"machine", scale.machine},
                                   {"command", scale.command},
                                   {"latency_ms", scale.job.site.latency_ms},
                                   {"rows", nlohmann::ordered_json::array()},
                                   {"stops", nlohmann::ordered_json::array()}};
    for (const ScaleRow& row : scale.rows) {
        nlohmann::ordered_json& one = json["rows"].emplace_back(
            nlohmann::ordered_json{{"model", row.name.english}, {"in_flight", row.in_flight}});
        if (scale.beside) {
            one["version"] = row.version;
            one["ratio_to_ours"] = row.ratio_to_ours;
        }
        for (const Figure& figure : scale_figures(scale))
            add_json(one, figure, row.runs);
    }
    for (const Stop& stop : scale.stops)
        json["stops"].push_back({{"model", stop.name.english},
                                 {"in_flight", stop.in_flight},
                                 {"reason", stop.reason.english}});
    for (const Text& note : scale.left_out)
        json["left_out"].push_back(note.english);
    return json.dump(1) + "\n";
}

}  // namespace benchmarks
