#include "table.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "beside_table.hpp"
#include "figures_json.hpp"

namespace benchmarks {
namespace {

// What follows from the times of all rows.
struct Comparison {
    std::string speed_up;
    std::string ideal;
    std::string nearness;
};

Comparison compare(const Row& row, const Table& table, Language language) {
    const double seconds = seconds_of(row);
    const double ideal = ideal_of(row, table);
    return {number(seconds_of(table.rows.front()) / seconds, 1, language) + " x",
            number(ideal, 3, language) + " s", fmt::format("{:.0f} %", 100 * ideal / seconds)};
}

// Seconds of computing for one page, as the synchronous row took them; 0 for a job that only waits.
double cpu_per_page(const Table& table) {
    if (table.job.work_mib == 0)
        return 0;
    for (const Figure& figure : cost_figures())
        if (figure.key == "cpu_seconds")
            return figure.summary(table.rows.front().runs).median /
                   static_cast<double>(table.job.site.pages);
    return 0;
}

std::string capitalized(std::string text) {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

std::string terminal_cells(const std::string& name, const std::vector<std::string>& cells) {
    std::string line = fmt::format("{:<19}", name);
    for (const std::string& cell : cells)
        line += fmt::format("{:>12}", cell);
    line.resize(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

// The medians, and below them least and most where they differ.
std::string terminal_cost_lines(const Figure& figure, const Table& table) {
    std::vector<std::string> medians;
    std::vector<std::string> spreads;
    bool any_spread = false;
    for (const Row& row : table.rows) {
        const Summary summary = figure.summary(row.runs);
        medians.push_back(median_text(summary, figure.format, Language::english));
        spreads.push_back(spread_text(summary, figure.format, Language::english));
        any_spread = any_spread || !spreads.back().empty();
    }
    return terminal_cells(figure.short_name, medians) +
           (any_spread ? terminal_cells("", spreads) : "");
}

std::string markdown_times(const Table& table, Language language) {
    std::string text =
        Text{"| model | time | speed-up over synchronous | ideal time | % of ideal |\n",
             "| modelo | tempo | ganho em relação ao síncrono | tempo ideal | % do ideal |\n"}
            .in(language);
    text += "|---|--:|--:|--:|--:|\n";
    for (const Row& row : table.rows) {
        const auto [speed_up, ideal, nearness] = compare(row, table, language);
        text +=
            fmt::format("| {} | {} | {} | {} | {} |\n", row.model.name.in(language),
                        full_text(time_figure().summary(row.runs), time_figure().format, language),
                        speed_up, ideal, nearness);
    }
    return text;
}

std::string markdown_costs(const Table& table, Language language) {
    std::string text = Text{"| cost |", "| custo |"}.in(language);
    std::string line = "|---|";
    for (const Row& row : table.rows) {
        text += fmt::format(" {} |", row.model.name.in(language));
        line += "--:|";
    }
    text += "\n" + line + "\n";
    for (const Figure& figure : cost_figures()) {
        text += fmt::format("| {} |", figure.name.in(language));
        for (const Row& row : table.rows)
            text +=
                fmt::format(" {} |", full_text(figure.summary(row.runs), figure.format, language));
        text += "\n";
    }
    return text;
}

nlohmann::ordered_json json_row(const Row& row, const Table& table) {
    nlohmann::ordered_json json = {{"model", row.model.name.english},
                                   {"workers", row.model.workers},
                                   {"ideal_seconds", ideal_of(row, table)}};
    add_json(json, time_figure(), row.runs);
    for (const Figure& figure : cost_figures())
        add_json(json, figure, row.runs);
    return json;
}

}  // namespace

const Figure& time_figure() {
    static const Figure time = make_figure("seconds", "time", {"time", "tempo"}, {3, " s"},
                                           [](const Measurement& run) { return run.seconds; });
    return time;
}

const std::vector<Figure>& cost_figures() {
    using Run = const Measurement&;
    constexpr double mebibyte = 1 << 20;
    static const auto count = [](auto value) { return static_cast<double>(value); };
    static const std::vector<Figure> figures = {
        make_figure("cpu_seconds", "CPU time", {"CPU time", "tempo de CPU"}, {3, " s"},
                    [](Run run) { return run.usage.cpu_seconds; }),
        make_figure("peak_memory_mib", "peak memory", {"peak memory", "pico de memória"},
                    {1, " MiB"}, [](Run run) { return memory_of(run.usage) / mebibyte; }),
        make_figure("voluntary_switches", "voluntary switches",
                    {"voluntary context switches", "trocas de contexto voluntárias"}, {},
                    [](Run run) { return count(run.usage.voluntary_switches); }),
        make_figure("involuntary_switches", "involunt. switches",
                    {"involuntary context switches", "trocas de contexto involuntárias"}, {},
                    [](Run run) { return count(run.usage.involuntary_switches); }),
        make_figure("threads", "threads", {"threads", "threads"}, {},
                    [](Run run) { return count(run.usage.threads); }),
        make_figure("processes", "processes", {"processes", "processos"}, {},
                    [](Run run) { return count(run.usage.processes); }),
        make_figure("connections", "connections", {"connections", "conexões"}, {},
                    [](Run run) { return count(run.connections); }),
        make_figure("most_in_flight", "most in flight",
                    {"pages in flight, at most", "páginas em andamento, no máximo"}, {},
                    [](Run run) { return count(run.most_in_flight); }),
    };
    return figures;
}

double seconds_of(const Row& row) {
    return time_figure().summary(row.runs).median;
}

double ideal_of(const Row& row, const Table& table) {
    return ideal_seconds(row.model, table.job, cpu_per_page(table), table.processors);
}

std::string conditions(const Job& job, Language language) {
    const Text text = {"{} pages of {} bytes, {} ms each, {}{}",
                       "{} páginas de {} bytes, {} ms cada, {}{}"};
    const std::string work = job.work_mib == 0 ? "" : fmt::format(", --work {}", job.work_mib);
    return fmt::format(fmt::runtime(text.in(language)), job.site.pages, job.site.page_bytes,
                       job.site.latency_ms, job.site.plain ? "http" : "https", work);
}

std::string ideal_note(const Table& table, Language language) {
    if (table.job.work_mib == 0)
        return Text{"ideal time: the waits alone", "tempo ideal: só as esperas"}.in(language);
    const Text text = {
        "ideal time: each worker waits, then computes, {} s a page (the CPU time of the "
        "synchronous row), on at most {} processors; coroutines on one",
        "tempo ideal: cada worker espera e depois calcula, {} s por página (o tempo de CPU da "
        "linha síncrona), em no máximo {} processadores; as corrotinas, em um"};
    return fmt::format(fmt::runtime(text.in(language)), number(cpu_per_page(table), 3, language),
                       table.processors);
}

std::string terminal_heading() {
    return fmt::format("{:<28}{:>11}{:>12}{:>12}{:>14}\n", "model", "time", "speed-up", "ideal",
                       "near ideal");
}

std::string terminal_name(const Model& model) {
    return fmt::format("{:<28}", model.name.english);
}

std::string terminal_figures(const Row& row, const Table& table) {
    const auto [speed_up, ideal, nearness] = compare(row, table, Language::english);
    const Summary time = time_figure().summary(row.runs);
    const Format& format = time_figure().format;
    const std::string spread = spread_text(time, format, Language::english);
    return fmt::format("{:>11}{:>12}{:>12}{:>14}\n{}", median_text(time, format, Language::english),
                       speed_up, ideal, nearness,
                       spread.empty() ? "" : fmt::format("{:<27}{:>12}\n", "", spread));
}

std::string terminal_costs(const Table& table) {
    std::vector<std::string> names;
    for (const Row& row : table.rows)
        names.push_back(row.model.short_name);
    std::string text = terminal_cells("cost", names);
    for (const Figure& figure : cost_figures())
        text += terminal_cost_lines(figure, table);
    return text;
}

std::string markdown(const Table& table, Language language) {
    const Text costs = {
        "Costs cover the whole process, including start-up and child processes. Thread and "
        "process counts are peaks; connections and pages in flight were counted by the "
        "practice site.",
        "Os custos são do processo inteiro, incluindo a inicialização e os processos filhos. "
        "Em threads e processos, o número é o pico simultâneo; conexões e páginas em "
        "andamento foram contadas pelo servidor de treino."};
    const Text made_by = {"{}; {}; {}. Made by `{}`.\n", "{}; {}; {}. Feita por `{}`.\n"};
    const std::string beside =
        table.beside.peers.empty() ? "" : markdown_beside(table, language) + "\n";
    return markdown_times(table, language) + "\n" + capitalized(ideal_note(table, language)) +
           ".\n\n" + markdown_costs(table, language) + "\n" + costs.in(language) + "\n\n" + beside +
           fmt::format(fmt::runtime(made_by.in(language)), conditions(table.job, language),
                       table.machine, runs_note(table.rows.front().runs.size(), language),
                       table.command);
}

std::string json(const Table& table) {
    nlohmann::ordered_json json = {{"conditions", conditions(table.job, Language::english)},
                                   {"machine", table.machine},
                                   {"ideal", ideal_note(table, Language::english)},
                                   {"command", table.command},
                                   {"pages", table.job.site.pages},
                                   {"latency_ms", table.job.site.latency_ms},
                                   {"work_mib", table.job.work_mib},
                                   {"rows", nlohmann::ordered_json::array()}};
    for (const Row& row : table.rows)
        json["rows"].push_back(json_row(row, table));
    if (!table.beside.peers.empty())
        json["beside"] = json_beside(table);
    return json.dump(1) + "\n";
}

}  // namespace benchmarks
