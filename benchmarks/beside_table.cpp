#include "beside_table.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>

#include "common/page/text.hpp"
#include "figures_json.hpp"

namespace benchmarks {
namespace {

// Widths on the terminal: together with the name and the ratio 80.
constexpr std::array<std::size_t, 4> widths = {11, 11, 13, 13};

// The time is that of the whole process, since others report no time of their own.
const std::vector<Figure>& figures() {
    static const std::vector<Figure> all = [] {
        std::vector<Figure> some = {
            make_figure("wall_seconds", "time", {"time", "tempo"}, {3, " s"},
                        [](const Measurement& run) { return run.usage.wall_seconds; })};
        for (const char* key : {"cpu_seconds", "peak_memory_mib", "connections"})
            std::copy_if(cost_figures().begin(), cost_figures().end(), std::back_inserter(some),
                         [&](const Figure& figure) { return figure.key == key; });
        return some;
    }();
    return all;
}

const Text note = {
    "Ratio: time divided by that of our row with as many pages in flight. Times and costs "
    "cover the whole process, including start-up; connections were counted by the practice site.",
    "Em relação ao nosso: tempo dividido pelo da nossa linha com o mesmo número de páginas em "
    "andamento. Tempos e custos são do processo inteiro, incluindo a inicialização; as conexões "
    "foram contadas pelo servidor de treino."};

Text failed(const BesideRow& row) {
    return {fmt::format("{} failed: {}", row.name.english, row.failure),
            fmt::format("{} falhou: {}", row.name.portuguese, row.failure)};
}

std::vector<Text> notes_of(const Table& table) {
    std::vector<Text> notes;
    for (const BesideRow& row : beside_rows(table))
        if (row.runs.empty())
            notes.push_back(failed(row));
    notes.insert(notes.end(), table.beside.left_out.begin(), table.beside.left_out.end());
    return notes;
}

}  // namespace

std::vector<BesideRow> beside_rows(const Table& table) {
    std::vector<BesideRow> rows;
    for (const Row& row : table.rows)
        rows.push_back({row.model.name, row.model.short_name, "", row.runs, row.runs, ""});
    for (const Peer& peer : table.beside.peers)
        rows.push_back({peer.name, peer.short_name, peer.version, peer.runs,
                        table.rows.at(peer.twin).runs, peer.failure});
    return rows;
}

double wall_seconds_of(const BesideRow& row) {
    return figures().front().summary(row.runs).median;
}

double ratio_to_ours(const BesideRow& row) {
    return wall_seconds_of(row) / figures().front().summary(row.twin_runs).median;
}

std::string terminal_beside(const Table& table) {
    std::string text = fmt::format("{:<25}{:>7}", "beside", "ratio");
    for (std::size_t i = 0; i < widths.size(); ++i)
        text += fmt::format("{:>{}}", figures()[i].short_name, widths.at(i));
    text += "\n";
    const auto rows = beside_rows(table);
    for (const BesideRow& row : rows) {
        text += fmt::format("{:<25}", row.short_name);
        if (row.runs.empty()) {
            text += " failed\n";
            continue;
        }
        text += fmt::format("{:>7.2f}", ratio_to_ours(row));
        for (std::size_t i = 0; i < widths.size(); ++i)
            text += fmt::format(
                "{:>{}}",
                median_text(figures()[i].summary(row.runs), figures()[i].format, Language::english),
                widths.at(i));
        text += "\n";
    }
    text += fmt::format("\n{}\n{}\n", wrapped(note.english), wrapped(versions_of(rows)));
    for (const Text& line : notes_of(table))
        text += wrapped(line.english) + "\n";
    return text;
}

std::string markdown_beside(const Table& table, Language language) {
    std::string text =
        Text{"| program | version | ratio to ours |", "| programa | versão | em relação ao nosso |"}
            .in(language);
    std::string rule = "|---|---|--:|";
    for (const Figure& figure : figures()) {
        text += fmt::format(" {} |", figure.name.in(language));
        rule += "--:|";
    }
    text += "\n" + rule + "\n";
    for (const BesideRow& row : beside_rows(table)) {
        if (row.runs.empty())
            continue;
        text += fmt::format("| {} | {} | {} |", row.name.in(language), as_code(row.version),
                            number(ratio_to_ours(row), 2, language));
        for (const Figure& figure : figures())
            text +=
                fmt::format(" {} |", full_text(figure.summary(row.runs), figure.format, language));
        text += "\n";
    }
    text += "\n" + note.in(language) + "\n";
    const std::vector<Text> notes = notes_of(table);
    for (std::size_t i = 0; i < notes.size(); ++i)
        text += (i == 0 ? "\n- " : "- ") + notes[i].in(language) + "\n";
    return text;
}

nlohmann::ordered_json json_beside(const Table& table) {
    auto rows = nlohmann::ordered_json::array();
    for (const BesideRow& row : beside_rows(table)) {
        nlohmann::ordered_json& object = rows.emplace_back(
            nlohmann::ordered_json{{"program", row.name.english}, {"version", row.version}});
        if (row.runs.empty()) {
            object["failure"] = row.failure;
            continue;
        }
        object["ratio_to_ours"] = ratio_to_ours(row);
        for (const Figure& figure : figures())
            add_json(object, figure, row.runs);
    }
    return rows;
}

}  // namespace benchmarks
