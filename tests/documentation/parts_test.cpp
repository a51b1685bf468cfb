// The two languages have the same parts in the same order, and excerpts stand in their files.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "anchors.hpp"
#include "markdown.hpp"
#include "planted.hpp"
#include "repository.hpp"
#include "support/processes.hpp"

TEST_SUITE_BEGIN("documentation");

namespace documentation {
namespace {

template <class Item>
std::string line_of(const std::vector<Item>& items, std::size_t place) {
    return place < items.size() ? fmt::format("line {}", items[place].line) : "nothing";
}

// Names the first two that are not the same.
template <class Item, class Same>
void compare(const std::string& what, const std::vector<Item>& english,
             const std::vector<Item>& portuguese, Same same, Lines& complaints) {
    const auto differing =
        std::mismatch(english.begin(), english.end(), portuguese.begin(), portuguese.end(), same);
    if (differing.first == english.end() && differing.second == portuguese.end())
        return;
    const auto place = static_cast<std::size_t>(differing.first - english.begin());
    complaints.push_back(fmt::format("{} differ: {} in English, {} in Portuguese", what,
                                     line_of(english, place), line_of(portuguese, place)));
}

// The links that both languages must have. References may differ in what is on the web: there are
// books and pages that exist in one language.
std::vector<Link> shared_links(const Page& half, const std::string& language, const Page& page,
                               const std::string& folder) {
    std::vector<Link> links = links_of(half);
    std::erase_if(links, [](const Link& link) {
        return link.is_picture || (link.in_references && is_on_the_web(link.target));
    });
    for (Link& link : links)
        link.target = target_in_any_language(link.target, language, page, folder);
    return links;
}

std::vector<Link> pictures_of(const Page& half) {
    std::vector<Link> links = links_of(half);
    std::erase_if(links, [](const Link& link) { return !link.is_picture; });
    return links;
}

Lines complaints_about_languages(const std::string& text, const std::string& folder) {
    const Page page = parse(text);
    const auto [before, english, portuguese] = halves_of(page);
    if (english.empty() || portuguese.empty())
        return {"there are not two languages"};
    Lines complaints;
    const auto same_target = [](const Link& a, const Link& b) { return a.target == b.target; };
    compare(
        "headings", headings_of(english), headings_of(portuguese),
        [](const Heading& a, const Heading& b) { return a.level == b.level; }, complaints);
    compare(
        "tables", table_rows_of(english), table_rows_of(portuguese),
        [](const TableRow& a, const TableRow& b) { return a.columns == b.columns; }, complaints);
    compare(
        "code blocks", code_blocks_of(english), code_blocks_of(portuguese),
        [](const CodeBlock& a, const CodeBlock& b) {
            return a.language == b.language && a.text == b.text && a.file == b.file;
        },
        complaints);
    compare("pictures", pictures_of(english), pictures_of(portuguese), same_target, complaints);
    compare("links", shared_links(english, "English", page, folder),
            shared_links(portuguese, "Português (Brasil)", page, folder), same_target, complaints);
    return complaints;
}

// Every block of C++, and every other one below a link to a file that is not a page; what a
// command prints is for the console blocks.
bool is_excerpt(const CodeBlock& block) {
    const bool names_file =
        !block.file.empty() && !is_on_the_web(block.file) && !block.file.ends_with(".md");
    return block.language == "cpp" ||
           (names_file && block.language != "console" && block.language != "text");
}

Lines complaints_about_excerpts(const std::string& text, const std::string& folder) {
    Lines complaints;
    for (const CodeBlock& block : code_blocks_of(parse(text))) {
        if (!is_excerpt(block))
            continue;
        const std::string file = test_support::read_text(folder + "/" + block.file);
        if (block.file.empty() || file.find(block.text) == std::string::npos)
            complaints.push_back(
                fmt::format("line {}: not in '{}':\n{}", block.line, block.file, block.text));
    }
    return complaints;
}

Lines complaints_about_headings(const std::string& text) {
    const Lines expected = {"The model",
                            "How the code works",
                            "Build and run",
                            "What can go wrong",
                            "Compare",
                            "Try it yourself",
                            "References",
                            "O modelo",
                            "Como o código funciona",
                            "Compilar e executar",
                            "O que pode dar errado",
                            "Compare",
                            "Experimente",
                            "Referências"};
    Lines found;
    for (const Heading& heading : headings_of(parse(text)))
        if (heading.level == 3)
            found.push_back(heading.text);
    if (found == expected)
        return {};
    return {
        fmt::format("expected: {}\nfound: {}", fmt::join(expected, ", "), fmt::join(found, ", "))};
}

TEST_CASE("the two languages of every README have the same parts") {
    for (const std::string& page : readmes()) {
        CAPTURE(page);
        CHECK(joined(complaints_about_languages(read(page), from_root(folder_of(page)))) == "");
    }
}

TEST_CASE("every excerpt of code stands in the file that it names") {
    for (const std::string& page : readmes()) {
        CAPTURE(page);
        CHECK(joined(complaints_about_excerpts(read(page), from_root(folder_of(page)))) == "");
    }
}

TEST_CASE("every chapter has the same headings") {
    CHECK(chapter_readmes().size() >= 4);
    for (const std::string& page : chapter_readmes()) {
        CAPTURE(page);
        CHECK(joined(complaints_about_headings(read(page))) == "");
    }
}

TEST_CASE("a part that one language lacks is found") {
    const test_support::TemporaryDirectory directory;
    const auto complaints = [&](const std::string& page) {
        return complaints_about_languages(page, directory.path()).size();
    };
    CHECK(complaints(small_page) == 0);
    CHECK(complaints(with(small_page, "## Português (Brasil)\n", "")) == 1);
    CHECK(complaints(with(small_page, "### Uma", "#### Uma")) == 1);
    CHECK(complaints(with(small_page, "| a | b |", "| a |")) == 1);
    CHECK(complaints(with(small_page, "int a;", "int b;")) == 1);
    CHECK(complaints(with(small_page, "```cpp", "```c")) == 1);
    CHECK(complaints(with(small_page, "(a.svg)", "(b.svg)")) == 1);
    CHECK(complaints(with(small_page, "![Uma figura](a.svg)", "")) == 1);
    CHECK(complaints(with(small_page, "(#dois)", "(#uma-thread)")) == 1);
    CHECK(complaints(with(small_page, "(#dois)", "(#two)")) == 1);
    CHECK(complaints(with(small_page, "(https://example.com/)", "(https://example.org/)")) == 1);
    CHECK(complaints(with(small_page, "/pt), [arquivo](a.cpp)", "/pt)")) == 1);
    CHECK(complaints(with(small_page, "/pt)", "/pt) [mais](https://example.com/mais)")) == 0);
}

TEST_CASE("an excerpt that is not in its file is found") {
    const test_support::TemporaryDirectory directory;
    test_support::write_text(directory.file("a.cpp"), "// before\nint a;\n");
    const auto complaints = [&](const std::string& page) {
        return complaints_about_excerpts(page, directory.path()).size();
    };
    CHECK(complaints(small_page) == 0);
    CHECK(complaints(with(small_page, "int a;", "int  a;")) == 1);
    CHECK(complaints(with(small_page, "[arquivo](a.cpp), e", "e")) == 1);
    CHECK(complaints("[a](a.cpp)\n\n```cmake\nint a;\n```\n") == 0);
    CHECK(complaints("[a](a.cpp)\n\n```cmake\nint b;\n```\n") == 1);
    CHECK(complaints("[a](a.cpp)\n\n```console\n$ ls\n```\n") == 0);
}

TEST_CASE("a chapter without one of the headings is found") {
    const std::string page = read("01_sync/README.md");
    CHECK(complaints_about_headings(page).empty());
    CHECK(complaints_about_headings(with(page, "### Experimente", "### Tente")).size() == 1);
    CHECK(complaints_about_headings(with(page, "### Compare", "#### Compare")).size() == 1);
}

}  // namespace
}  // namespace documentation

TEST_SUITE_END();
