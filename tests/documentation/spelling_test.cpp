// Both languages are spelled as hunspell's dictionaries say, but for small lists of words.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <set>
#include <stdexcept>

#include "markdown.hpp"
#include "planted.hpp"
#include "repository.hpp"
#include "support/processes.hpp"
#include "unicode.hpp"

TEST_SUITE_BEGIN("documentation");

namespace documentation {
namespace {

struct Language {
    std::string dictionary;  // hunspell's name
    std::string word_list;   // path from the root
};
const Language english = {"en_US", "tests/documentation/words.en.txt"};
const Language portuguese = {"pt_BR", "tests/documentation/words.pt_BR.txt"};

// What a dictionary can judge: not names of files and sites, titles of works, (*data race*) in
// Portuguese, nor the glossary's table, which has both languages.
Page in_one_language(const Page& page) {
    static const std::regex in_brackets(R"(\(\*[^*]*\*\))");
    static const std::regex link_text(R"(\[[^\]]*\])");
    static const std::regex file_or_site(R"([A-Za-z0-9_/-]+\.(cpp|hpp|md|org|svg|txt)\b)");
    Page text;
    std::string heading;
    for (Line line : prose_of(page)) {
        if (line.kind == Kind::heading)
            heading = line.text;
        if (heading == "### Glossary" && line.kind == Kind::table)
            continue;
        line.text = std::regex_replace(line.text, in_brackets, "");
        line.text = std::regex_replace(line.text, file_or_site, "");
        if (heading == "### References" || heading == "### Referências")
            line.text = std::regex_replace(line.text, link_text, "");
        std::replace(line.text.begin(), line.text.end(), '*', ' ');
        text.push_back(line);
    }
    return text;
}

std::set<std::string> unknown_words(const std::string& text, const Language& language) {
    const test_support::Finished hunspell = test_support::run(
        {TUTORIAL_HUNSPELL, "-d", language.dictionary, "-i", "UTF-8", "-l"}, text);
    if (hunspell.exit_status != 0)
        throw std::runtime_error("hunspell: " + hunspell.errors);
    std::set<std::string> words;
    for (std::string word : lines_of(hunspell.output)) {
        if (word.ends_with("'s"))
            word.resize(word.size() - 2);
        words.insert(word);
    }
    return words;
}

// "Threads" may begin a sentence where "threads" is accepted.
std::string without_capital(const std::string& word) {
    std::u32string text = decode(word);
    text[0] = lower(text[0]);
    return encode(text);
}

// Adds the words that it meets to `met`, also as they are written inside a sentence.
Lines complaints_about_spelling(const Page& page, const Language& language,
                                const std::set<std::string>& accepted, std::set<std::string>& met) {
    const Page prose = in_one_language(page);
    std::string text;
    for (const Line& line : prose)
        text += line.text + "\n";
    Lines complaints;
    for (const std::string& word : unknown_words(text, language)) {
        met.insert({word, without_capital(word)});
        if (accepted.contains(word) || accepted.contains(without_capital(word)))
            continue;
        const auto line = std::find_if(prose.begin(), prose.end(), [&](const Line& candidate) {
            return candidate.text.find(word) != std::string::npos;
        });
        complaints.push_back(fmt::format("line {}: '{}' is not in {} and not in {}",
                                         line == prose.end() ? 0 : line->number, word,
                                         language.dictionary, language.word_list));
    }
    return complaints;
}

// Sorted, each word once, and none that no page needs.
Lines complaints_about_list(const Lines& list, const std::set<std::string>& met) {
    Lines complaints;
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (i > 0 && list[i] <= list[i - 1])
            complaints.push_back(
                fmt::format("'{}' is not in its place (LC_ALL=C sort -u)", list[i]));
        if (!met.contains(list[i]))
            complaints.push_back(fmt::format("'{}' is not needed: take it out", list[i]));
    }
    return complaints;
}

Page joined_pages(Page first, const Page& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

std::vector<Page> pages_in(const Language& language) {
    std::vector<Page> pages;
    const bool in_english = language.dictionary == english.dictionary;
    for (const std::string& path : readmes()) {
        const Halves halves = halves_of(parse(read(path)));
        pages.push_back(in_english ? joined_pages(halves.before, halves.english)
                                   : halves.portuguese);
    }
    if (in_english)
        pages.push_back(parse(read("CONTRIBUTING.md")));
    return pages;
}

void check_spelling(const Language& language) {
    const Lines list = lines_of(read(language.word_list));
    const std::set<std::string> accepted(list.begin(), list.end());
    std::set<std::string> met;
    for (const Page& page : pages_in(language)) {
        CAPTURE(page.front().text);
        CHECK(joined(complaints_about_spelling(page, language, accepted, met)) == "");
    }
    CHECK(joined(complaints_about_list(list, met)) == "");
}

TEST_CASE("every word in English is spelled as the dictionary says") {
    check_spelling(english);
}

TEST_CASE("every word in Portuguese is spelled as the dictionary says") {
    check_spelling(portuguese);
}

TEST_CASE("a word that is not spelled as the dictionary says is found") {
    std::set<std::string> met;
    const auto complaints = [&](const std::string& page, const Language& language) {
        const Halves halves = halves_of(parse(page));
        return complaints_about_spelling(
            language.dictionary == "en_US" ? halves.english : halves.portuguese, language,
            {"jthread", "thread"}, met);
    };
    CHECK(joined(complaints(small_page, english)) == "");
    CHECK(joined(complaints(small_page, portuguese)) == "");
    CHECK(complaints(with(small_page, "Two", "Twoo"), english).size() == 1);
    CHECK(
        complaints(with(small_page, "arquivo [arquivo]", "arqivo [arquivo]"), portuguese) ==
        Lines{"line 29: 'arqivo' is not in pt_BR and not in tests/documentation/words.pt_BR.txt"});
    CHECK(complaints(with(small_page, "Em português", "In English"), portuguese).empty());
    const std::string ignored =
        "`arqivo` <!-- arqivo --> [Dois](arqivo.cpp) https://example.com/arqivo <a id=\"arqivo\"> "
        "&nbsp; download_all.cpp. Jthread (*data race*)";
    CHECK(joined(complaints(with(small_page, "### Dois", ignored), portuguese)) == "");
    CHECK(met.contains("jthread"));
}

TEST_CASE("an accepted word that no page needs is found") {
    CHECK(complaints_about_list({"a", "b"}, {"a", "b", "c"}).empty());
    CHECK(complaints_about_list({"a", "b"}, {"a"}).size() == 1);
    CHECK(complaints_about_list({"b", "a"}, {"a", "b"}).size() == 1);
}

}  // namespace
}  // namespace documentation

TEST_SUITE_END();
