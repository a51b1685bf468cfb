#include "beside_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "common/page/text.hpp"
#include "figures_json.hpp"

namespace benchmarks {
namespace {

// Widths on the terminal: together with the name and the ratio 80.
constexpr std::array<std::size_t, 4> widths = {11, 11, 13, 13};

// One row of ours or a peer.
struct Line {
    Text name;
    std::string short_name;
    std::string version;
    const std::vector<Measurement>& runs;
    const std::vector<Measurement>& twin_runs;
    std::string failure;
};

std::vector<Line> lines_of(const Table& table) {
    std::vector<Line> lines;
    for (const Row& row : table.rows)
        lines.push_back({row.model.name, row.model.short_name, "", row.runs, row.runs, ""});
    for (const Peer& peer : table.beside.peers)
        lines.push_back({peer.name, peer.short_name, peer.version, peer.runs,
                         table.rows.at(peer.twin).runs, peer.failure});
    return lines;
}

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

double ratio_of(const Line& line) {
    const Figure& time = figures().front();
    return time.summary(line.runs).median / time.summary(line.twin_runs).median;
}

Text failed(const Line& line) {
    return {fmt::format("{} failed: {}", line.name.english, line.failure),
            fmt::format("{} falhou: {}", line.name.portuguese, line.failure)};
}

std::vector<Text> notes_of(const Table& table) {
    std::vector<Text> notes;
    for (const Line& line : lines_of(table))
        if (line.runs.empty())
            notes.push_back(failed(line));
    notes.insert(notes.end(), table.beside.left_out.begin(), table.beside.left_out.end());
    return notes;
}

}  // namespace

std::string terminal_beside(const Table& table) {
    std::string text = fmt::format("{:<25}{:>7}", "beside", "ratio");
    for (std::size_t i = 0; i < widths.size(); ++i)
        text += fmt::format("{:>{}}", figures()[i].short_name, widths.at(i));
    text += "\n";
    std::vector<std::string> versions;
    for (const Line& line : lines_of(table)) {
        text += fmt::format("{:<25}", line.short_name);
        if (line.runs.empty()) {
            text += " failed\n";
            continue;
        }
        text += fmt::format("{:>7.2f}", ratio_of(line));
        for (std::size_t i = 0; i < widths.size(); ++i)
            text += fmt::format("{:>{}}",
                                median_text(figures()[i].summary(line.runs), figures()[i].format,
                                            Language::english),
                                widths.at(i));
        text += "\n";
        if (!line.version.empty() &&
            std::count(versions.begin(), versions.end(), line.version) == 0)
            versions.push_back(line.version);
    }
    text += fmt::format("\n{}\n{}\n",
                        wrapped("ratio: time to that of our row with as many pages in flight; "
                                "times are of whole processes"),
                        wrapped(fmt::format("{}", fmt::join(versions, "; "))));
    for (const Text& note : notes_of(table))
        text += wrapped(note.english) + "\n";
    return text;
}

std::string markdown_beside(const Table& table, Language language) {
    std::string text =
        Text{"| program | version | ratio to ours |", "| programa | versão | razão para o nosso |"}
            .in(language);
    std::string rule = "|---|---|--:|";
    for (const Figure& figure : figures()) {
        text += fmt::format(" {} |", figure.name.in(language));
        rule += "--:|";
    }
    text += "\n" + rule + "\n";
    for (const Line& line : lines_of(table)) {
        if (line.runs.empty())
            continue;
        text += fmt::format("| {} | {} | {} |", line.name.in(language), line.version,
                            number(ratio_of(line), 2, language));
        for (const Figure& figure : figures())
            text +=
                fmt::format(" {} |", full_text(figure.summary(line.runs), figure.format, language));
        text += "\n";
    }
    text += "\n";
    for (const Text& note : notes_of(table))
        text += "- " + note.in(language) + "\n";
    return text;
}

nlohmann::ordered_json json_beside(const Table& table) {
    auto rows = nlohmann::ordered_json::array();
    for (const Line& line : lines_of(table)) {
        nlohmann::ordered_json& row = rows.emplace_back(
            nlohmann::ordered_json{{"program", line.name.english}, {"version", line.version}});
        if (line.runs.empty()) {
            row["failure"] = line.failure;
            continue;
        }
        row["ratio_to_ours"] = ratio_of(line);
        for (const Figure& figure : figures())
            add_json(row, figure, line.runs);
    }
    return rows;
}

}  // namespace benchmarks
