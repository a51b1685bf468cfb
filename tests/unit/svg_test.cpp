#include "common/run/svg.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "support/text.hpp"

namespace {

using common::svg::Marker;
using common::svg::Picture;
using test_support::count_of;

TEST_CASE("a picture names itself and the command that made it") {
    const Picture picture({.height = 100,
                           .title = "Time · Tempo",
                           .description = "A & B",
                           .made_by = "threads --timeline x.svg http://a/?b=1&c=<2>"});
    const std::string file = picture.file();
    CHECK(file.starts_with("<svg "));
    CHECK(file.find("<metadata>made by: threads --timeline x.svg "
                    "http://a/?b=1&amp;c=&lt;2&gt;</metadata>") != std::string::npos);
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
    picture.text({5, 6}, "\"a\" & <b>\x01\x1b\x1f\t\n", "muted small", common::svg::Anchor::end);
    picture.line({0, 0}, {10, 20}, "grid");
    const std::string file = picture.file();
    const std::size_t rect = file.find(
        "<rect class=\"waiting\" x=\"1\" y=\"2\" width=\"3.46\" height=\"4\">"
        "<title>page &lt;1&gt;</title></rect>");
    const std::size_t text = file.find(
        "<text class=\"muted small\" x=\"5\" y=\"6\" text-anchor=\"end\">"
        "&quot;a&quot; &amp; &lt;b&gt;\uFFFD\uFFFD\uFFFD\t\n</text>");
    const std::size_t line =
        file.find("<line class=\"grid\" x1=\"0\" y1=\"0\" x2=\"10\" y2=\"20\"/>");
    CHECK(rect < text);
    CHECK(text < line);
    CHECK(line < file.size());
}

// A command line may hold any bytes, and no browser shows a file that is no UTF-8.
TEST_CASE("bytes that are no UTF-8 are shown as such, and all others as they are") {
    using common::svg::escaped;
    for (const char* text :
         {"a\x7f", "\u00E9", "\u07FF\u0800", "\uD7FF\uE000", "\U00010000\U0010FFFF"})
        CHECK(escaped(text) == text);
    const std::string none = "\uFFFD";
    CHECK(escaped("a\xff\"") == "a" + none + "&quot;");
    CHECK(escaped("\xC3(\xA9") == none + "(" + none);
    CHECK(escaped("\xC1\xBF") == none + none);  // too long a form
    CHECK(escaped("\xE0\x9F\xBF\xF0\x8F\xBF\xBF").size() == 7 * none.size());
    CHECK(escaped("\xED\xA0\x80\xF4\x90\x80\x80").size() ==
          7 * none.size());                               // surrogate, too high
    CHECK(escaped("\u20AC\xE2\x82") == "\u20AC" + none);  // cut off
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
    CHECK(count_of(file, "<circle class=\"one\" cx=\"50\" cy=\"50\" r=\"4.5\"/>") == 1);
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

// The colours of the theme that begins at `begin`, such as "#0d1117", by their names.
std::map<std::string, std::string> colours_of(const std::string& file, std::size_t begin) {
    std::map<std::string, std::string> colours;
    const std::size_t end = file.find('}', begin);
    for (std::size_t at = file.find("--", begin); at < end; at = file.find("--", at + 1)) {
        const std::size_t colon = file.find(": #", at);
        colours[file.substr(at, colon - at)] = file.substr(colon + 2, 7);
    }
    return colours;
}

// Relative luminance (WCAG 2.1).
double luminance_of(const std::string& colour) {
    constexpr std::array weights = {0.2126, 0.7152, 0.0722};
    double luminance = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const double part = std::stoi(colour.substr(1 + 2 * i, 2), nullptr, 16) / 255.0;
        luminance += weights.at(i) *
                     (part <= 0.03928 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4));
    }
    return luminance;
}

TEST_CASE("in both themes texts and areas can be told from the card that they stand on") {
    const std::string file = Picture({.height = 100}).file();
    const std::size_t light = file.find("svg { --");
    const std::size_t dark = file.find("svg { --", light + 1);
    const std::size_t styles = file.find("text { ", dark);
    REQUIRE(styles < file.size());
    for (const std::size_t theme : {light, dark}) {
        CAPTURE(theme == dark);
        const auto colours = colours_of(file, theme);
        for (std::size_t at = file.find("var(", styles); at < file.size();
             at = file.find("var(", at + 1))
            CHECK(colours.contains(file.substr(at + 4, file.find(')', at) - at - 4)));
        const double card = luminance_of(colours.at("--card"));
        for (const auto& [name, least] : {std::pair{"--text", 4.5},
                                          {"--muted", 4.5},
                                          {"--waiting", 3.0},
                                          {"--connecting", 3.0},
                                          {"--receiving", 3.0},
                                          {"--computing", 3.0},
                                          {"--failed", 3.0},
                                          {"--violet", 3.0}}) {
            const std::string shape_name = name;
            CAPTURE(shape_name);
            const double shape = luminance_of(colours.at(name));
            CHECK((std::max(shape, card) + 0.05) / (std::min(shape, card) + 0.05) >= least);
        }
    }
}

}  // namespace
