#include "chart.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "beside_table.hpp"
#include "common/run/svg.hpp"
#include "common/run/timeline_scale.hpp"

namespace benchmarks {
namespace {

using common::svg::Anchor;
using common::svg::Picture;

constexpr double left = 220;   // where the bars begin
constexpr double right = 720;  // where the longest one ends; its figures follow
constexpr double top = 84;
constexpr double row_height = 46;
constexpr double bar_height = 22;

struct Bar {
    Text name;
    Text label;  // a line in each language, or what it is called and its version
    double seconds = 0;
    double ideal = 0;  // seconds; 0 for none
    std::string figures;
    bool ours = true;
};

// With others beside the models, times of whole processes, since others report no time.
std::vector<Bar> bars_of(const Table& table) {
    std::vector<Bar> all;
    if (table.beside.peers.empty())
        for (const Row& row : table.rows)
            all.push_back({row.model.name, row.model.name, seconds_of(row), ideal_of(row, table),
                           fmt::format("{:.3f} s · {:.1f} x", seconds_of(row),
                                       seconds_of(table.rows.front()) / seconds_of(row))});
    else
        for (const BesideRow& row : beside_rows(table))
            if (!row.runs.empty())
                all.push_back(
                    {row.name, row.version.empty() ? row.name : Text{row.short_name, row.version},
                     wall_seconds_of(row), 0,
                     fmt::format("{:.3f} s · {:.2f}", wall_seconds_of(row), ratio_to_ours(row)),
                     row.version.empty()});
    return all;
}

double bottom_of(const std::vector<Bar>& all) {
    return top + row_height * static_cast<double>(all.size());
}

// The longest time or ideal time, in seconds.
double longest(const std::vector<Bar>& all) {
    double most = 0;
    for (const Bar& bar : all)
        most = std::max({most, bar.seconds, bar.ideal});
    return most;
}

std::string sentence(const Bar& bar, Language language) {
    const std::string ideal =
        bar.ideal > 0 ? fmt::format(", ideal {} s", number(bar.ideal, 3, language)) : "";
    return fmt::format("{}: {} s{}. ", bar.name.in(language), number(bar.seconds, 3, language),
                       ideal);
}

std::string description(const std::vector<Bar>& all) {
    std::string english;
    std::string portuguese;
    for (const Bar& bar : all) {
        english += sentence(bar, Language::english);
        portuguese += sentence(bar, Language::portuguese);
    }
    portuguese.pop_back();
    return "Bars: the time of each model. " + english + "· Barras: o tempo de cada modelo. " +
           portuguese;
}

void draw_heading(Picture& picture, bool with_ideal) {
    picture.text({24, 34},
                 with_ideal ? "The same pages with each model · As mesmas páginas com cada modelo"
                            : "The same pages · As mesmas páginas",
                 "heading");
    picture.rect({24, 48}, 22, 12, "receiving");
    if (!with_ideal) {
        picture.rect({54, 48}, 22, 12, "waiting");
        picture.text({84, 58},
                     "ours, others: time of the whole process (s), ratio to ours · nossos, outros: "
                     "tempo do processo inteiro (s), em relação ao nosso",
                     "muted small");
        return;
    }
    picture.text({54, 58}, "time (s) · tempo (s)", "muted");
    picture.line({224, 46}, {224, 62}, "ideal");
    picture.text({234, 58}, "ideal time · tempo ideal", "muted");
}

void draw_axis(Picture& picture, double bottom, double most) {
    const double step = common::scale_step(most, 10);
    for (int i = 0; i * step <= most * 1.001; ++i) {
        const double x = left + (right - left) * i * step / most;
        picture.line({x, top - 6}, {x, bottom}, i == 0 ? "axis" : "grid");
        picture.text({x, bottom + 18}, fmt::format("{:g}", i * step), "muted small figure",
                     Anchor::middle);
    }
}

void draw_bar(Picture& picture, const Bar& bar, double y, double most) {
    const double scale = (right - left) / most;
    const double length = bar.seconds * scale;
    const double ideal = left + bar.ideal * scale;
    picture.text({left - 12, y + 15}, bar.label.english, "text", Anchor::end);
    picture.text({left - 12, y + 32}, bar.label.portuguese, "muted small", Anchor::end);
    const double bar_top = y + (row_height - bar_height) / 2 - 2;
    picture.rect({left, bar_top}, length, bar_height, bar.ours ? "receiving" : "waiting");
    if (bar.ideal > 0)
        picture.line({ideal, bar_top - 5}, {ideal, bar_top + bar_height + 5}, "ideal");
    picture.text({std::max(left + length, ideal) + 10, bar_top + 16}, bar.figures, "text figure");
}

}  // namespace

std::string bars(const Table& table, const std::string& made_by) {
    const std::vector<Bar> all = bars_of(table);
    const double bottom = bottom_of(all);
    const double most = longest(all);
    Picture picture({.height = bottom + 94,
                     .title = "Time of each model · Tempo de cada modelo",
                     .description = description(all),
                     .made_by = made_by});
    draw_heading(picture, table.beside.peers.empty());
    draw_axis(picture, bottom, most);
    double y = top;
    for (const Bar& bar : all) {
        draw_bar(picture, bar, y, most);
        y += row_height;
    }
    picture.text({24, bottom + 42}, conditions(table.job, Language::english), "muted small");
    picture.text({24, bottom + 60}, conditions(table.job, Language::portuguese), "muted small");
    picture.text({24, bottom + 78}, table.machine, "muted small");
    return picture.file();
}

}  // namespace benchmarks
