// No section of a README changes in one language only.
#include "translations.hpp"

#include <doctest/doctest.h>

#include "planted.hpp"
#include "support/processes.hpp"

TEST_SUITE_BEGIN("documentation");

namespace documentation {
namespace {

TEST_CASE("both languages of every section changed together") {
    const auto recorded = parse_record(test_support::read_text(record_path()));
    CHECK(recorded.size() > 40);
    CHECK(joined(complaints_about(changes(recorded, sections_of_all_readmes()))) == "");
}

TEST_CASE("a section that changed in one language only is found") {
    const std::vector<SectionPair> recorded = sections_of("README.md", small_page);
    REQUIRE(recorded.size() == 4);
    CHECK(written(parse_record(written(recorded))) == written(recorded));
    const auto changed = [&](const std::string& page) {
        return changes(recorded, sections_of("README.md", page));
    };
    const std::string english = with(small_page, "The file", "The other file");
    const std::string portuguese = with(small_page, "O arquivo", "O outro arquivo");
    CHECK(changed(small_page).empty());
    REQUIRE(changed(english).size() == 1);
    CHECK(changed(english)[0].name == "README.md#One thread");
    CHECK(changed(english)[0].changed == Changed::english_only);
    REQUIRE(changed(portuguese).size() == 1);
    CHECK(changed(portuguese)[0].changed == Changed::portuguese_only);
    REQUIRE(changed(with(portuguese, "The file", "The other file")).size() == 1);
    CHECK(changed(with(portuguese, "The file", "The other file"))[0].changed == Changed::both);
    CHECK(complaints_about(changed(english)).size() == 1);
    CHECK(complaints_about(changed(english))[0].find(
              "README.md#One thread changed in English only: change the Portuguese too") == 0);
}

TEST_CASE("a heading that was renamed in one language only is found") {
    const std::vector<SectionPair> recorded = sections_of("README.md", small_page);
    const auto changed = [&](const std::string& old_text, const std::string& new_text) {
        return changes(recorded, sections_of("README.md", with(small_page, old_text, new_text)));
    };
    REQUIRE(changed("### Two", "### Three").size() == 1);
    CHECK(changed("### Two", "### Three")[0].changed == Changed::english_only);
    REQUIRE(changed("### Dois", "### Três").size() == 1);
    CHECK(changed("### Dois", "### Três")[0].changed == Changed::portuguese_only);
}

TEST_CASE("sections that are new or gone must be recorded") {
    std::vector<SectionPair> recorded = sections_of("README.md", small_page);
    const std::vector<SectionPair> now = recorded;
    recorded.pop_back();
    recorded.push_back({"README.md#Old", "1", "2"});
    const std::vector<Change> found = changes(recorded, now);
    REQUIRE(found.size() == 2);
    CHECK(found[0].changed == Changed::added);
    CHECK(found[1].changed == Changed::removed);
    CHECK(complaints_about(found).size() == 2);
    CHECK(refusals(found, {}).empty());
}

TEST_CASE("layout and code blocks are no change of a section") {
    const std::vector<SectionPair> recorded = sections_of("README.md", small_page);
    const auto changed = [&](const std::string& old_text, const std::string& new_text) {
        return changes(recorded, sections_of("README.md", with(small_page, old_text, new_text)));
    };
    CHECK(changed("The file", "The\nfile").empty());
    CHECK(changed("int a;", "int b;").empty());
    CHECK(changed("| a | b |", "| a | c |").size() == 1);
}

TEST_CASE("a change in one language is recorded only when it is declared") {
    const std::vector<Change> one_sided = {{"README.md#One", Changed::english_only},
                                           {"README.md#Two", Changed::both}};
    CHECK(refusals(one_sided, {}).size() == 1);
    CHECK(refusals(one_sided, {"README.md#One"}).empty());
    CHECK(refusals(one_sided, {"README.md#Two"}).size() == 2);
    CHECK(refusals({}, {"README.md#One"}).size() == 1);
    CHECK_THROWS(sections_of("README.md", with(small_page, "### Dois", "")));
    CHECK_THROWS(sections_of("README.md", with(small_page, "### Two", "### One thread")));
    CHECK_THROWS(parse_record("1 2\n"));
}

}  // namespace
}  // namespace documentation

TEST_SUITE_END();
