#include "chart.hpp"

#include <fmt/format.h>

#include <algorithm>

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

double bottom_of(const Table& table) {
    return top + row_height * static_cast<double>(table.rows.size());
}

// The longest time or ideal time, in seconds.
double longest(const Table& table) {
    double most = 0;
    for (const Row& row : table.rows)
        most = std::max({most, seconds_of(row), ideal_of(row, table)});
    return most;
}

std::string description(const Table& table) {
    std::string english;
    std::string portuguese;
    for (const Row& row : table.rows) {
        const double seconds = seconds_of(row);
        const double ideal = ideal_of(row, table);
        const auto sentence = [&](const char* text, Language language) {
            return fmt::format(fmt::runtime(text), row.model.name.in(language),
                               number(seconds, 3, language), number(ideal, 3, language));
        };
        english += sentence("{}: {} s, ideal {} s. ", Language::english);
        portuguese += sentence("{}: {} s, ideal {} s. ", Language::portuguese);
    }
    portuguese.pop_back();
    return "Bars: the time of each model. " + english + "· Barras: o tempo de cada modelo. " +
           portuguese;
}

void draw_heading(Picture& picture) {
    picture.text({24, 34}, "The same pages with each model · As mesmas páginas com cada modelo",
                 "heading");
    picture.rect({24, 48}, 22, 12, "receiving");
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

void draw_row(Picture& picture, const Row& row, const Table& table, double y, double most) {
    const double scale = (right - left) / most;
    const double length = seconds_of(row) * scale;
    const double ideal = left + ideal_of(row, table) * scale;
    picture.text({left - 12, y + 15}, row.model.name.english, "text", Anchor::end);
    picture.text({left - 12, y + 32}, row.model.name.portuguese, "muted small", Anchor::end);
    const double bar = y + (row_height - bar_height) / 2 - 2;
    picture.rect({left, bar}, length, bar_height, "receiving");
    picture.line({ideal, bar - 5}, {ideal, bar + bar_height + 5}, "ideal");
    picture.text({std::max(left + length, ideal) + 10, bar + 16},
                 fmt::format("{:.3f} s · {:.1f} x", seconds_of(row),
                             seconds_of(table.rows.front()) / seconds_of(row)),
                 "text figure");
}

}  // namespace

std::string bars(const Table& table, const std::string& made_by) {
    const double bottom = bottom_of(table);
    const double most = longest(table);
    Picture picture({.height = bottom + 94,
                     .title = "Time of each model · Tempo de cada modelo",
                     .description = description(table),
                     .made_by = made_by});
    draw_heading(picture);
    draw_axis(picture, bottom, most);
    double y = top;
    for (const Row& row : table.rows) {
        draw_row(picture, row, table, y, most);
        y += row_height;
    }
    picture.text({24, bottom + 42}, conditions(table.job, Language::english), "muted small");
    picture.text({24, bottom + 60}, conditions(table.job, Language::portuguese), "muted small");
    picture.text({24, bottom + 78}, table.machine, "muted small");
    return picture.file();
}

}  // namespace benchmarks
