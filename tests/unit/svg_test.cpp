#include "common/run/svg.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support/text.hpp"

namespace {

using common::svg::Marker;
using common::svg::Picture;
using test_support::count_of;

TEST_CASE("a picture names itself and the command that made it") {
    const Picture picture({.height = 100,
                           .title = "Time · Tempo",
                           .description = "A & B",
                           .made_by = "threads --pages 5 --timeline x.svg"});
    const std::string file = picture.file();
    CHECK(file.starts_with("<svg "));
    CHECK(file.find("<metadata>made by: threads --pages 5 --timeline x.svg</metadata>") !=
          std::string::npos);
    CHECK(file.find("viewBox=\"0 0 860 100\"") != std::string::npos);
    CHECK(file.find("<title id=\"title\">Time · Tempo</title>") != std::string::npos);
    CHECK(file.find("<desc id=\"desc\">A &amp; B</desc>") != std::string::npos);
    CHECK(file.find("role=\"img\" aria-labelledby=\"title desc\"") != std::string::npos);
    CHECK(file.find("@media (prefers-color-scheme: dark)") != std::string::npos);
    CHECK(file.find("class=\"card\"") != std::string::npos);
    CHECK(file.ends_with("</svg>\n"));
}

TEST_CASE("what is drawn comes in order, escaped and with its classes") {
    Picture picture({.height = 100});
    picture.rect({1, 2}, 3.456, 4, "waiting", "page <1>");
    picture.text({5, 6}, "\"a\" & <b>\x01\x1b\x1f", "muted small", common::svg::Anchor::end);
    picture.line({0, 0}, {10, 20}, "grid");
    const std::string file = picture.file();
    const std::size_t rect = file.find(
        "<rect class=\"waiting\" x=\"1\" y=\"2\" width=\"3.46\" height=\"4\">"
        "<title>page &lt;1&gt;</title></rect>");
    const std::size_t text = file.find(
        "<text class=\"muted small\" x=\"5\" y=\"6\" text-anchor=\"end\">"
        "&quot;a&quot; &amp; &lt;b&gt;\uFFFD\uFFFD\uFFFD</text>");
    const std::size_t line =
        file.find("<line class=\"grid\" x1=\"0\" y1=\"0\" x2=\"10\" y2=\"20\"/>");
    CHECK(rect < text);
    CHECK(text < line);
    CHECK(line < file.size());
}

TEST_CASE("many rectangles are one shape, and none is no shape") {
    Picture picture({.height = 100});
    picture.rects({{{1, 2}, 3, 4}, {{5.126, 6}, 7, 8}}, "waiting");
    picture.rects({}, "failed");
    const std::string file = picture.file();
    CHECK(file.find("<path class=\"waiting\" d=\"M1 2h3v4h-3zM5.13 6h7v8h-7z\"/>") !=
          std::string::npos);
    CHECK(count_of(file, "<path") == 1);
}

TEST_CASE("each marker has a shape of its own, around its middle") {
    Picture picture({.height = 100});
    for (const Marker shape : {Marker::circle, Marker::square, Marker::triangle, Marker::diamond})
        picture.marker(shape, {50, 50}, "one");
    const std::string file = picture.file();
    CHECK(count_of(file, "<circle class=\"one\" cx=\"50\" cy=\"50\"") == 1);
    CHECK(count_of(file, "<polygon class=\"one\" points=\"") == 3);
    CHECK(count_of(file, "46,46 54,46 54,54 46,54") == 1);
    CHECK(count_of(file, "50,44.5 55,54 45,54") == 1);
    CHECK(count_of(file, "50,44 56,50 50,56 44,50") == 1);
}

TEST_CASE("numbers have two digits after the point at most, and none that says nothing") {
    Picture picture({.height = 100});
    picture.polyline({{0, 1.5}, {-2.25, 10}, {100, 0.126}, {-0.004, 1234.05}}, "one dashed");
    CHECK(picture.file().find("<polyline class=\"one dashed\" "
                              "points=\"0,1.5 -2.25,10 100,0.13 0,1234.05\"/>") !=
          std::string::npos);
}

TEST_CASE("what is not said of a shape is the plainest") {
    Picture picture({.height = 100});
    picture.text({1, 2}, "a");
    picture.text({1, 2}, "b", "text", common::svg::Anchor::middle);
    picture.line({0, 1}, {2, 3});
    picture.rect({1, 2}, 3, 4, "one");
    const std::string file = picture.file();
    for (const char* element :
         {"<rect class=\"card\" x=\"0.5\" y=\"0.5\" width=\"859\" height=\"99\" rx=\"8\"/>",
          "<text class=\"text\" x=\"1\" y=\"2\" text-anchor=\"start\">a</text>",
          "<text class=\"text\" x=\"1\" y=\"2\" text-anchor=\"middle\">b</text>",
          "<line class=\"axis\" x1=\"0\" y1=\"1\" x2=\"2\" y2=\"3\"/>",
          "<rect class=\"one\" x=\"1\" y=\"2\" width=\"3\" height=\"4\"/>"})
        CHECK(count_of(file, element) == 1);
}

TEST_CASE("the style sheet has every style that a shape may have") {
    const std::string file = Picture({.height = 100}).file();
    for (const char* style :
         {"waiting", "connecting", "receiving", "computing", "failed", "one",    "two",
          "three",   "four",       "five",      "axis",      "grid",   "dashed", "dotted",
          "ideal",   "cross",      "muted",     "heading",   "small",  "figure"}) {
        CAPTURE(style);
        const std::string selector = std::string(".") + style;
        CHECK(count_of(file, selector + " {") + count_of(file, selector + ", ") == 1);
    }
}

}  // namespace
