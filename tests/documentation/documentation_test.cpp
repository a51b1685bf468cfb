// The READMEs say what is true: their excerpts stand in the files that they name, their links lead
// somewhere, and the two languages have the same parts in the same order.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "support/processes.hpp"

namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
    Lines lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

std::string joined(const Lines& lines) {
    return fmt::format("{}", fmt::join(lines, "\n"));
}

struct CodeBlock {
    std::string language;
    std::string text;
    std::string file;  // that the line before it links to; "" when there is none
};

// What two languages must have in common, in the order of the text.
struct Part {
    std::string language;                 // "English"
    std::vector<std::size_t> headings{};  // their levels
    std::vector<CodeBlock> code{};
    std::vector<std::size_t> tables{};  // columns of each row
};

std::string link_target(const std::string& line) {
    std::smatch match;
    return std::regex_search(line, match, std::regex(R"(\]\(([^)#]+)\))")) ? match[1].str() : "";
}

Part parse(const std::string& language, const Lines& lines) {
    Part part{.language = language};
    std::string before;  // the last line that is not blank
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string& line = lines[i];
        if (line.starts_with("```")) {
            CodeBlock block{line.substr(3), "", link_target(before)};
            for (++i; i < lines.size() && lines[i] != "```"; ++i)
                block.text += lines[i] + "\n";
            part.code.push_back(block);
        } else if (line.starts_with("#")) {
            part.headings.push_back(line.find_first_not_of('#'));
        } else if (line.starts_with("|")) {
            part.tables.push_back(
                static_cast<std::size_t>(std::count(line.begin(), line.end(), '|')));
        }
        if (!line.empty())
            before = line;
    }
    return part;
}

// The parts below "## English" and "## Português (Brasil)".
std::vector<Part> parts_of(const std::string& readme) {
    std::vector<Part> parts;
    Lines lines;
    std::string language;
    const auto finish = [&] {
        if (!language.empty())
            parts.push_back(parse(language, lines));
        lines.clear();
    };
    for (const std::string& line : lines_of(readme)) {
        if (line == "## English" || line == "## Português (Brasil)") {
            finish();
            language = line.substr(3);
        } else {
            lines.push_back(line);
        }
    }
    finish();
    return parts;
}

Lines complaints_about_languages(const std::string& readme) {
    const std::vector<Part> parts = parts_of(readme);
    if (parts.size() != 2)
        return {"there are not two languages"};
    Lines complaints;
    if (parts[0].headings != parts[1].headings)
        complaints.emplace_back("headings differ");
    if (parts[0].tables != parts[1].tables)
        complaints.emplace_back("tables differ");
    const auto same_code = [](const CodeBlock& a, const CodeBlock& b) {
        return a.language == b.language && a.text == b.text && a.file == b.file;
    };
    if (!std::equal(parts[0].code.begin(), parts[0].code.end(), parts[1].code.begin(),
                    parts[1].code.end(), same_code))
        complaints.emplace_back("code blocks differ");
    return complaints;
}

Lines complaints_about_excerpts(const std::string& readme, const std::string& folder) {
    Lines complaints;
    for (const Part& part : parts_of(readme)) {
        for (const CodeBlock& block : part.code) {
            if (block.language != "cpp")
                continue;
            const std::string file = test_support::read_text(folder + "/" + block.file);
            if (block.file.empty() || file.find(block.text) == std::string::npos)
                complaints.push_back(
                    fmt::format("{}: not in '{}':\n{}", part.language, block.file, block.text));
        }
    }
    return complaints;
}

Lines complaints_about_links(const std::string& readme, const std::string& folder) {
    Lines complaints;
    const std::regex link(R"(\]\(([^)#]+)(#[^)]*)?\))");
    const std::string prose =
        std::regex_replace(readme, std::regex("\n```[^`]*\n```\n"), "\n");  // code has brackets too
    for (std::sregex_iterator match(prose.begin(), prose.end(), link), end; match != end; ++match) {
        const std::string target = (*match)[1];
        if (!target.starts_with("http") && !std::filesystem::exists(folder + "/" + target))
            complaints.push_back("nothing at " + target);
    }
    return complaints;
}

const Lines readme_folders = {"", "01_sync", "02_threads", "03_multiprocess", "04_async"};

std::string folder_path(const std::string& folder) {
    return TUTORIAL_ROOT "/" + folder;
}

std::string readme_in(const std::string& folder) {
    return test_support::read_text(folder_path(folder) + "/README.md");
}

TEST_CASE("the two languages of every README have the same parts") {
    for (const std::string& folder : readme_folders) {
        CAPTURE(folder);
        CHECK(joined(complaints_about_languages(readme_in(folder))) == "");
    }
}

TEST_CASE("every excerpt of code stands in the file that it names") {
    for (const std::string& folder : readme_folders) {
        CAPTURE(folder);
        CHECK(joined(complaints_about_excerpts(readme_in(folder), folder_path(folder))) == "");
    }
}

TEST_CASE("every relative link leads somewhere") {
    for (const std::string& folder : readme_folders) {
        CAPTURE(folder);
        CHECK(joined(complaints_about_links(readme_in(folder), folder_path(folder))) == "");
    }
    CHECK(joined(complaints_about_links(test_support::read_text(TUTORIAL_ROOT "/CONTRIBUTING.md"),
                                        TUTORIAL_ROOT)) == "");
}

TEST_CASE("every chapter has the same headings") {
    const Lines english = {
        "### The model", "### How the code works", "### Build and run", "### What can go wrong",
        "### Compare",   "### Try it yourself",    "### References"};
    const Lines portuguese = {"### O modelo",
                              "### Como o código funciona",
                              "### Compilar e executar",
                              "### O que pode dar errado",
                              "### Compare",
                              "### Experimente",
                              "### Referências"};
    Lines expected = english;
    expected.insert(expected.end(), portuguese.begin(), portuguese.end());
    for (const std::string& folder : readme_folders) {
        if (folder.empty())
            continue;
        CAPTURE(folder);
        Lines headings = lines_of(readme_in(folder));
        std::erase_if(headings, [](const std::string& line) { return !line.starts_with("### "); });
        CHECK(headings == expected);
    }
}

// The checks themselves, each with its fault planted in a small page.
const char* const small_page =
    "# Page\n## English\n### One\ntext [file](a.cpp)\n\n```cpp\nint a;\n```\n| a | b |\n"
    "## Português (Brasil)\n### Um\ntexto [file](a.cpp)\n\n```cpp\nint a;\n```\n| a | b |\n";

std::string with(std::string page, const std::string& old_text, const std::string& new_text) {
    return page.replace(page.rfind(old_text), old_text.size(), new_text);
}

TEST_CASE("the checks of the documentation find what they look for") {
    const test_support::TemporaryDirectory directory;
    test_support::write_text(directory.file("a.cpp"), "// before\nint a;\n");
    const std::string page = small_page;
    CHECK(joined(complaints_about_languages(page)) == "");
    CHECK(joined(complaints_about_excerpts(page, directory.path())) == "");
    CHECK(joined(complaints_about_links(page, directory.path())) == "");

    CHECK(complaints_about_languages(with(page, "## Português (Brasil)", "")).size() == 1);
    CHECK(complaints_about_languages(with(page, "### Um", "#### Um")).size() == 1);
    CHECK(complaints_about_languages(with(page, "| a | b |", "| a |")).size() == 1);
    CHECK(complaints_about_languages(with(page, "int a;", "int b;")).size() == 1);
    CHECK(complaints_about_excerpts(with(page, "int a;", "int  a;"), directory.path()).size() == 1);
    CHECK(complaints_about_excerpts(with(page, "[file](a.cpp)", ""), directory.path()).size() == 1);
    CHECK(complaints_about_links(with(page, "(a.cpp)", "(b.cpp)"), directory.path()).size() == 1);
}

}  // namespace
