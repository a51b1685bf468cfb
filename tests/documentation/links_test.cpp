// Relative links and anchors lead somewhere.
#include <doctest/doctest.h>

#include "anchors.hpp"
#include "planted.hpp"
#include "repository.hpp"
#include "support/processes.hpp"

TEST_SUITE_BEGIN("documentation");

namespace documentation {
namespace {

TEST_CASE("every relative link and anchor leads somewhere") {
    std::vector<std::string> pages = readmes();
    pages.emplace_back("CONTRIBUTING.md");
    for (const std::string& page : pages) {
        CAPTURE(page);
        CHECK(joined(complaints_about_links(read(page), from_root(folder_of(page)))) == "");
    }
}

TEST_CASE("anchors are named as GitHub names them") {
    CHECK(slug_of("English") == "english");
    CHECK(slug_of("Português (Brasil)") == "português-brasil");
    CHECK(slug_of("What can go wrong?") == "what-can-go-wrong");
    CHECK(slug_of("O QUE É, em `std::jthread`") == "o-que-é-em-stdjthread");
    CHECK(slug_of("01 · Synchronous — a_b-c 🚀") == "01--synchronous--a_b-c-");
    CHECK(slug_of("[link](a.md) and **bold**") == "link-and-bold");
    const std::vector<Anchor> anchors = anchors_of(parse(
        "# A\n## English\n### Compare\n<a id=\"x\"></a>\n## Português (Brasil)\n### Compare\n"));
    REQUIRE(anchors.size() == 6);
    CHECK(anchors[2].name == "compare");
    CHECK(anchors[2].half == "English");
    CHECK(anchors[3].name == "x");
    CHECK(anchors[5].name == "compare-1");
    CHECK(anchors[5].place == 1);
}

TEST_CASE("a link that leads nowhere is found") {
    const test_support::TemporaryDirectory directory;
    test_support::write_text(directory.file("a.cpp"), "");
    test_support::write_text(directory.file("a.svg"), "");
    test_support::write_text(directory.file("other.md"), "# É um título\n");
    const auto complaints = [&](const std::string& page) {
        return complaints_about_links(page, directory.path()).size();
    };
    const auto linked = [](const std::string& target) {
        return with(small_page, "(#dois)", "(" + target + ")");
    };
    CHECK(complaints(small_page) == 0);
    CHECK(complaints(linked("other.md#é-um-título")) == 0);
    CHECK(complaints(linked("https://example.com/#nothing")) == 0);
    CHECK(complaints(linked("b.cpp")) == 1);
    CHECK(complaints(linked("/a.cpp")) == 1);
    CHECK(complaints(linked("#tres")) == 1);
    CHECK(complaints(linked("#")) == 1);
    CHECK(complaints(linked("other.md#e-um-titulo")) == 1);
    CHECK(complaints(linked("a.cpp#L1")) == 1);
    CHECK(complaints(with(small_page, "[dois](#dois)", "<a href=\"b.md\">dois</a>")) == 1);
    CHECK(complaints(with(small_page, "(a.svg)", "(b.svg)")) == 1);
    CHECK(complaints(with(small_page, "[dois](#dois)", "`[dois](#tres)`")) == 0);
    CHECK(complaints(small_page + "\n[dois]: b.cpp\n") == 1);
}

}  // namespace
}  // namespace documentation

TEST_SUITE_END();
