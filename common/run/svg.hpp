// Pictures as SVG files for READMEs: one frame, one palette, legible in light and dark themes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace common::svg {

struct Frame {
    double width = 860;  // of the viewBox; a README shows about 830 pixels, so a unit is one pixel
    double height = 0;
    std::string title = {};        // "English · Português"
    std::string description = {};  // in both languages, for those who do not see the picture
    std::string made_by = {};      // the command that makes the file again, kept as metadata
};

struct Point {
    double x = 0;
    double y = 0;
};

struct Rect {
    Point corner;  // the upper left one
    double width = 0;
    double height = 0;
};

enum class Anchor { start, middle, end };

// Shapes besides colours: colour is never the only sign.
enum class Marker { circle, square, triangle, diamond };

// A picture while it is drawn, later things above earlier ones. Units are those of the viewBox, y
// grows downwards. Texts may be any UTF-8; they are escaped here. Not thread-safe.
//
// `classes` names colours and styles of the frame's style sheet, separated by spaces:
//   areas, lines and markers  waiting connecting receiving computing failed; one to five (series)
//   lines                     axis grid; dashed dotted; ideal; cross
//   texts                     text muted; heading (larger, bold), small, figure (equal digits)
class Picture {
  public:
    explicit Picture(const Frame& frame);

    // `at` is on the base line.
    void text(Point at, std::string_view text, std::string_view classes = "text",
              Anchor anchor = Anchor::start);
    void line(Point from, Point to, std::string_view classes = "axis");
    void polyline(const std::vector<Point>& points, std::string_view classes);
    // `corner` is the upper left one. The tooltip shows where the file itself is looked at.
    void rect(Point corner, double width, double height, std::string_view classes,
              std::string_view tooltip = "");
    // Many rectangles as one shape: a run may have thousands.
    void rects(const std::vector<Rect>& all, std::string_view classes);
    void marker(Marker shape, Point middle, std::string_view classes);

    // The whole file.
    std::string file() const;

  private:
    std::string content_;
};

// & < > " as references; control characters that XML does not allow, and bytes that are no UTF-8,
// as U+FFFD.
std::string escaped(std::string_view text);

}  // namespace common::svg
