#include "scale_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "common/run/svg.hpp"

namespace benchmarks {
namespace {

using common::svg::Anchor;
using common::svg::Marker;
using common::svg::Picture;
using common::svg::Point;

constexpr double panel_width = 330;
constexpr double panel_height = 240;
constexpr double top = 132;

// One model's line: its colour and its marker.
struct Series {
    Text name;
    const char* colour;
    Marker marker;
};

// In the order of their first rows.
std::vector<Series> series_of(const Scale& scale) {
    static constexpr std::array<const char*, 4> colours = {"waiting", "one", "three", "four"};
    static constexpr std::array<Marker, 4> markers = {Marker::square, Marker::circle,
                                                      Marker::triangle, Marker::diamond};
    std::vector<Series> all;
    for (const ScaleRow& row : scale.rows)
        if (all.empty() || all.back().name.english != row.model.name.english) {
            const std::size_t i = std::min<std::size_t>(all.size(), colours.size() - 1);
            all.push_back({row.model.name, colours.at(i), markers.at(i)});
        }
    return all;
}

// A field with both axes logarithmic.
struct Panel {
    double left;
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

Panel panel_for(const Scale& scale, const Figure& figure, double left) {
    std::vector<double> in_flight;
    std::vector<double> values;
    for (const ScaleRow& row : scale.rows) {
        in_flight.push_back(static_cast<double>(row.model.workers));
        const double value = figure.summary(row.runs).median;
        if (!std::isnan(value))
            values.push_back(value);
    }
    return {left, decades_of(in_flight), decades_of(values)};
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
        picture.line({foot.x, top}, foot, x == panel.x.first ? "axis" : "grid");
        picture.text({foot.x, foot.y + 18}, power_of_ten(x), "muted small figure", Anchor::middle);
    }
    picture.text({panel.left + panel_width / 2, top + panel_height + 38},
                 "pages in flight · páginas em andamento", "muted small", Anchor::middle);
}

void draw_series(Picture& picture, const Panel& panel, const Series& series, const Figure& figure,
                 const Scale& scale) {
    std::vector<Point> points;
    for (const ScaleRow& row : scale.rows)
        if (const double value = figure.summary(row.runs).median;
            row.model.name.english == series.name.english && !std::isnan(value))
            points.push_back(panel.place(static_cast<double>(row.model.workers), value));
    picture.polyline(points, series.colour);
    for (const Point& point : points)
        picture.marker(series.marker, point, series.colour);
}

void draw_panel(Picture& picture, const Scale& scale, const Figure& figure, double left) {
    const Panel panel = panel_for(scale, figure, left);
    const std::string unit = figure.format.unit.substr(1);
    picture.text({left, top - 32}, fmt::format("{} ({})", figure.name.english, unit));
    picture.text({left, top - 14}, fmt::format("{} ({})", figure.name.portuguese, unit),
                 "muted small");
    draw_axes(picture, panel);
    // All begin at nearly the same place: the first, which may have no other, is drawn above.
    const std::vector<Series> all = series_of(scale);
    for (auto series = all.rbegin(); series != all.rend(); ++series)
        draw_series(picture, panel, *series, figure, scale);
}

void draw_legend(Picture& picture, const Scale& scale) {
    picture.text({24, 34}, "What a page costs · O que custa uma página", "heading");
    constexpr double letter = 6.8;  // on average; the next entry begins well after it
    double x = 32;
    for (const auto& [name, colour, marker] : series_of(scale)) {
        const std::string text =
            name.english == name.portuguese ? name.english : name.english + " · " + name.portuguese;
        picture.marker(marker, {x, 60}, colour);
        picture.text({x + 12, 64}, text, "muted");
        x += 44 + letter * static_cast<double>(text.size());
    }
}

std::string description(const Scale& scale, const std::vector<Figure>& figures) {
    std::string text = "Two charts, both axes logarithmic · Dois gráficos, eixos logarítmicos.";
    for (const ScaleRow& row : scale.rows) {
        const auto value = [&](const Figure& figure) {
            return median_text(figure.summary(row.runs), figure.format, Language::english);
        };
        text +=
            fmt::format(" {} · {}, {}: {}, {}.", row.model.name.english, row.model.name.portuguese,
                        row.model.workers, value(figures[0]), value(figures[1]));
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
    for (const Figure& figure : scale_figures(scale.job))
        if (figure.key == "cpu_microseconds_per_page" ||
            figure.key == "peak_memory_kib_per_page_in_flight")
            drawn.push_back(figure);
    Picture picture({.height = top + panel_height + 118,
                     .title = "What a page costs while more are in flight · O que custa uma "
                              "página quando há mais em andamento",
                     .description = description(scale, drawn),
                     .made_by = made_by});
    draw_legend(picture, scale);
    draw_panel(picture, scale, drawn.at(0), 72);
    draw_panel(picture, scale, drawn.at(1), 500);
    const double foot = top + panel_height + 66;
    picture.text({24, foot}, scale_conditions(scale, Language::english), "muted small");
    picture.text({24, foot + 18}, scale_conditions(scale, Language::portuguese), "muted small");
    picture.text({24, foot + 36}, scale.machine, "muted small");
    return picture.file();
}

}  // namespace benchmarks
