#include "common/run/svg.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "common/run/json_string.hpp"

namespace common::svg {
namespace {

// GitHub's own grounds and text colours. Texts have a contrast of at least 4.5 to 1 to the card,
// areas of at least 3 to 1 (WCAG 2.1, 1.4.3 and 1.4.11).
constexpr std::string_view style_sheet = R"(<style>
svg { --card: #ffffff; --border: #d1d9e0; --text: #1f2328; --muted: #59636e;
  --axis: #818b98; --grid: #e4e8ec; --waiting: #8195ab; --connecting: #0f766e;
  --receiving: #1f6feb; --computing: #bc4c00; --failed: #cf222e; --violet: #8250df; }
@media (prefers-color-scheme: dark) {
  svg { --card: #0d1117; --border: #3d444d; --text: #f0f6fc; --muted: #9198a1;
    --axis: #656c76; --grid: #262c36; --waiting: #66788c; --connecting: #2fb5a5;
    --receiving: #4493f8; --computing: #f0883e; --failed: #f85149; --violet: #ab7df8; }
}
text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  font-size: 13px; fill: var(--text); }
.card { fill: var(--card); stroke: var(--border); }
.muted { fill: var(--muted); }
.heading { font-size: 16px; font-weight: 600; }
.small { font-size: 12px; }
.figure { font-variant-numeric: tabular-nums; }
.waiting { fill: var(--waiting); stroke: var(--waiting); }
.connecting, .one { fill: var(--connecting); stroke: var(--connecting); }
.receiving, .two { fill: var(--receiving); stroke: var(--receiving); }
.computing, .three { fill: var(--computing); stroke: var(--computing); }
.failed { fill: var(--failed); stroke: var(--failed); }
.four { fill: var(--violet); stroke: var(--violet); }
.five { fill: var(--text); stroke: var(--text); }
rect, path, text { stroke-width: 0; }
rect.card { stroke-width: 1; }
line, polyline { stroke-width: 1; }
polyline { fill-opacity: 0; stroke-width: 2; stroke-linejoin: round; }
.axis { stroke: var(--axis); }
.grid { stroke: var(--grid); }
.ideal { stroke: var(--text); stroke-width: 2; }
.cross { stroke-width: 2.5; }
.dashed { stroke-dasharray: 6 4; }
.dotted { stroke-dasharray: 1.5 3.5; }
</style>
)";

// To a hundredth, and without zeros that say nothing.
std::string number(double value) {
    const long long hundredths = std::llround(std::abs(value) * 100);
    std::string text =
        fmt::format(FMT_COMPILE("{}{}.{:02}"), value < 0 && hundredths > 0 ? "-" : "",
                    hundredths / 100, hundredths % 100);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.'))
        text.pop_back();
    return text;
}

const char* name_of(Anchor anchor) {
    switch (anchor) {
        case Anchor::middle:
            return "middle";
        case Anchor::end:
            return "end";
        case Anchor::start:
            break;
    }
    return "start";
}

std::string list_of(const std::vector<Point>& points) {
    std::string list;
    for (const Point& point : points)
        list += fmt::format("{}{},{}", list.empty() ? "" : " ", number(point.x), number(point.y));
    return list;
}

// All about equally large to the eye.
std::vector<Point> outline(Marker shape, Point middle) {
    const auto [x, y] = middle;
    if (shape == Marker::square)
        return {{x - 4, y - 4}, {x + 4, y - 4}, {x + 4, y + 4}, {x - 4, y + 4}};
    if (shape == Marker::triangle)
        return {{x, y - 5.5}, {x + 5, y + 4}, {x - 5, y + 4}};
    return {{x, y - 6}, {x + 6, y}, {x, y + 6}, {x - 6, y}};
}

std::string as_utf8(std::string_view text) {
    return nlohmann::json::parse(json_string(text)).get<std::string>();
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : as_utf8(text)) {
        if (c == '&')
            result += "&amp;";
        else if (c == '<')
            result += "&lt;";
        else if (c == '>')
            result += "&gt;";
        else if (c == '"')
            result += "&quot;";
        else if (static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n')
            result += "\uFFFD";
        else
            result += c;
    }
    return result;
}

Picture::Picture(const Frame& frame) {
    content_ = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" "
        "role=\"img\" aria-labelledby=\"title desc\">\n"
        "<title id=\"title\">{2}</title>\n<desc id=\"desc\">{3}</desc>\n"
        "<metadata>made by: {4}</metadata>\n",
        number(frame.width), number(frame.height), escaped(frame.title), escaped(frame.description),
        escaped(frame.made_by));
    content_ += style_sheet;
    content_ += fmt::format(
        "<rect class=\"card\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n",
        number(frame.width - 1), number(frame.height - 1));
}

void Picture::text(Point at, std::string_view text, std::string_view classes, Anchor anchor) {
    content_ +=
        fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n",
                    escaped(classes), number(at.x), number(at.y), name_of(anchor), escaped(text));
}

void Picture::line(Point from, Point to, std::string_view classes) {
    content_ +=
        fmt::format("<line class=\"{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n",
                    escaped(classes), number(from.x), number(from.y), number(to.x), number(to.y));
}

void Picture::polyline(const std::vector<Point>& points, std::string_view classes) {
    content_ +=
        fmt::format("<polyline class=\"{}\" points=\"{}\"/>\n", escaped(classes), list_of(points));
}

void Picture::rect(Point corner, double width, double height, std::string_view classes,
                   std::string_view tooltip) {
    content_ += fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
                            escaped(classes), number(corner.x), number(corner.y), number(width),
                            number(height));
    content_ += tooltip.empty() ? std::string("/>\n")
                                : fmt::format("><title>{}</title></rect>\n", escaped(tooltip));
}

void Picture::rects(const std::vector<Rect>& all, std::string_view classes) {
    if (all.empty())
        return;
    content_ += fmt::format("<path class=\"{}\" d=\"", escaped(classes));
    for (const Rect& rect : all)
        content_ += fmt::format(FMT_COMPILE("M{} {}h{}v{}h-{}z"), number(rect.corner.x),
                                number(rect.corner.y), number(rect.width), number(rect.height),
                                number(rect.width));
    content_ += "\"/>\n";
}

void Picture::marker(Marker shape, Point middle, std::string_view classes) {
    if (shape == Marker::circle)
        content_ += fmt::format("<circle class=\"{}\" cx=\"{}\" cy=\"{}\" r=\"4.5\"/>\n",
                                escaped(classes), number(middle.x), number(middle.y));
    else
        content_ += fmt::format("<polygon class=\"{}\" points=\"{}\"/>\n", escaped(classes),
                                list_of(outline(shape, middle)));
}

std::string Picture::file() const {
    return content_ + "</svg>\n";
}

}  // namespace common::svg
