#include "scale_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "common/run/svg.hpp"

namespace benchmarks {
namespace {

using common::svg::Anchor;
using common::svg::Marker;
using common::svg::Picture;
using common::svg::Point;

constexpr double panel_width = 330;
constexpr double panel_height = 240;

// One program's line: its colour, its marker, and how it is drawn.
struct Series {
    Text name;
    std::string colour;
    Marker marker;
    std::string line = {};  // "dashed", "dotted"
};

constexpr std::array<std::pair<const char*, Marker>, 7> looks = {{{"waiting", Marker::square},
                                                                  {"one", Marker::circle},
                                                                  {"three", Marker::triangle},
                                                                  {"four", Marker::diamond},
                                                                  {"two", Marker::square},
                                                                  {"failed", Marker::circle},
                                                                  {"five", Marker::triangle}}};

// A minimal program looks like its model, but for the line.
Series minimal(const ScaleRow& row, const std::vector<Series>& models) {
    const std::string& name = row.name.english;
    const auto comma = name.find(", ");
    for (const Series& model : models)
        if (name.substr(comma + 2) == model.name.english)
            return {row.name, model.colour, model.marker,
                    name.starts_with("minimal.cpp") ? "dashed" : "dotted"};
    return {row.name, "waiting", Marker::square};
}

// In the order of their first rows.
std::vector<Series> series_of(const Scale& scale) {
    std::vector<Series> all;
    std::size_t own = 0;
    for (const ScaleRow& row : scale.rows) {
        if (std::any_of(all.begin(), all.end(), [&](const Series& series) {
                return series.name.english == row.name.english;
            }))
            continue;
        if (row.name.english.find(", ") != std::string::npos) {
            all.push_back(minimal(row, all));
            continue;
        }
        const auto& [colour, marker] = looks.at(std::min(own++, looks.size() - 1));
        all.push_back({row.name, colour, marker});
    }
    return all;
}

// A field with both axes logarithmic.
struct Panel {
    double left;
    double top;
    Decades x;
    Decades y;

    Point place(double x_value, double y_value) const {
        const auto share = [](double value, const Decades& decades) {
            return (std::log10(value) - decades.first) / (decades.last - decades.first);
        };
        return {left + panel_width * share(x_value, x),
                top + panel_height * (1 - share(y_value, y))};
    }
};

Panel panel_for(const Scale& scale, const Figure& figure, Point corner) {
    std::vector<double> in_flight;
    std::vector<double> values;
    for (const ScaleRow& row : scale.rows) {
        in_flight.push_back(static_cast<double>(row.in_flight));
        const double value = figure.summary(row.runs).median;
        if (value > 0)  // and known
            values.push_back(value);
    }
    return {corner.x, corner.y, decades_of(in_flight), decades_of(values)};
}

std::string power_of_ten(int exponent) {
    return fmt::format("{:.{}f}", std::pow(10, exponent), std::max(0, -exponent));
}

void draw_axes(Picture& picture, const Panel& panel) {
    for (int y = panel.y.first; y <= panel.y.last; ++y) {
        const double height = panel.place(1, std::pow(10, y)).y;
        picture.line({panel.left, height}, {panel.left + panel_width, height},
                     y == panel.y.first ? "axis" : "grid");
        picture.text({panel.left - 8, height + 4}, power_of_ten(y), "muted small figure",
                     Anchor::end);
    }
    for (int x = panel.x.first; x <= panel.x.last; ++x) {
        const Point foot = panel.place(std::pow(10, x), std::pow(10, panel.y.first));
        picture.line({foot.x, panel.top}, foot, x == panel.x.first ? "axis" : "grid");
        picture.text({foot.x, foot.y + 18}, power_of_ten(x), "muted small figure", Anchor::middle);
    }
    picture.text({panel.left + panel_width / 2, panel.top + panel_height + 38},
                 "pages in flight · páginas em andamento", "muted small", Anchor::middle);
}

void draw_series(Picture& picture, const Panel& panel, const Series& series, const Figure& figure,
                 const Scale& scale) {
    std::vector<Point> points;
    for (const ScaleRow& row : scale.rows)
        if (const double value = figure.summary(row.runs).median;
            row.name.english == series.name.english && value > 0)
            points.push_back(panel.place(static_cast<double>(row.in_flight), value));
    picture.polyline(points,
                     series.line.empty() ? series.colour : series.colour + " " + series.line);
    for (const Point& point : points)
        picture.marker(series.marker, point, series.colour);
}

void draw_panel(Picture& picture, const Scale& scale, const Figure& figure, Point corner) {
    const Panel panel = panel_for(scale, figure, corner);
    const std::string unit = figure.format.unit.substr(1);
    picture.text({corner.x, corner.y - 32}, fmt::format("{} ({})", figure.name.english, unit));
    picture.text({corner.x, corner.y - 14}, fmt::format("{} ({})", figure.name.portuguese, unit),
                 "muted small");
    draw_axes(picture, panel);
    // All begin at nearly the same place: the first, which may have no other, is drawn above.
    const std::vector<Series> all = series_of(scale);
    for (auto series = all.rbegin(); series != all.rend(); ++series)
        draw_series(picture, panel, *series, figure, scale);
}

// The programs of our own on one line. With others beside them a second one: how the lines of the
// minimal programs are drawn, and the others.
void draw_legend(Picture& picture, const Scale& scale) {
    picture.text({24, 34}, "What a page costs · O que custa uma página", "heading");
    constexpr double letter = 6.8;  // on average; the next entry begins well after it
    Point at = {32, 60};
    const auto add = [&](const Text& name) {
        const std::string text =
            name.english == name.portuguese ? name.english : name.english + " · " + name.portuguese;
        picture.text({at.x + 12, at.y + 4}, text, "muted");
        at.x += 44 + letter * static_cast<double>(text.size());
    };
    std::vector<Series> all = series_of(scale);
    const auto models_end = std::find_if(all.begin(), all.end(),
                                         [](const Series& series) { return !series.line.empty(); });
    for (auto series = all.begin(); series != models_end; ++series) {
        picture.marker(series->marker, at, series->colour);
        add(series->name);
    }
    at = {32, 84};
    std::string last_line;
    for (auto series = models_end; series != all.end(); ++series) {
        if (!series->line.empty() && series->line == last_line)
            continue;
        last_line = series->line;
        if (last_line.empty()) {
            picture.marker(series->marker, at, series->colour);
            add(series->name);
            continue;
        }
        at.x += 18;
        picture.polyline({{at.x - 26, at.y}, {at.x + 6, at.y}}, "waiting " + last_line);
        const std::string file = series->name.english.substr(0, series->name.english.find(','));
        add({file, file});
    }
}

std::string description(const Scale& scale, const std::vector<Figure>& figures) {
    std::string text = "Two charts, both axes logarithmic · Dois gráficos, eixos logarítmicos.";
    for (const ScaleRow& row : scale.rows) {
        const auto value = [&](const Figure& figure) {
            return median_text(figure.summary(row.runs), figure.format, Language::english);
        };
        text += fmt::format(" {} · {}, {}: {}, {}.", row.name.english, row.name.portuguese,
                            row.in_flight, value(figures[0]), value(figures[1]));
    }
    return text;
}

}  // namespace

Decades decades_of(const std::vector<double>& values) {
    if (values.empty())
        return {};
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    const int first = static_cast<int>(std::floor(std::log10(*least)));
    const int last = static_cast<int>(std::ceil(std::log10(*most)));
    return {first, std::max(last, first + 1)};
}

std::string lines(const Scale& scale, const std::string& made_by) {
    std::vector<Figure> drawn;
    for (const Figure& figure : scale_figures(scale))
        if (figure.key == "cpu_microseconds_per_page" ||
            figure.key == "memory_kib_per_page_in_flight")
            drawn.push_back(figure);
    const double top = scale.beside ? 156 : 132;
    Picture picture({.height = top + panel_height + 154,
                     .title = "What a page costs while more are in flight · O que custa uma "
                              "página quando há mais em andamento",
                     .description = description(scale, drawn),
                     .made_by = made_by});
    draw_legend(picture, scale);
    draw_panel(picture, scale, drawn.at(0), {72, top});
    draw_panel(picture, scale, drawn.at(1), {500, top});
    double foot = top + panel_height + 66;
    for (const std::string& text :
         {scale_conditions(scale, Language::english), scale_conditions(scale, Language::portuguese),
          memory_note(Language::english), memory_note(Language::portuguese), scale.machine}) {
        picture.text({24, foot}, text, "muted small");
        foot += 18;
    }
    return picture.file();
}

}  // namespace benchmarks
