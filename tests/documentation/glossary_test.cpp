// The terms of the glossary in CONTRIBUTING.md are the ones that the READMEs use.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <regex>

#include "markdown.hpp"
#include "planted.hpp"
#include "repository.hpp"
#include "unicode.hpp"

TEST_SUITE_BEGIN("documentation");

namespace documentation {
namespace {

using Words = std::vector<std::string>;
using SameWord = std::function<bool(const std::string& found, const std::string& word)>;

struct Term {
    std::string english;
    std::vector<Words> translations;  // any of them
    std::vector<Words> not_in_portuguese;
    std::vector<Words> not_in_english;
};

// "a, b (remark)" is a and b.
std::vector<Words> listed(const std::string& cell) {
    std::vector<Words> terms;
    const std::string text = std::regex_replace(cell, std::regex(R"(\([^)]*\))"), "");
    static const std::regex comma(",");
    for (std::sregex_token_iterator i(text.begin(), text.end(), comma, -1), end; i != end; ++i) {
        Words words = words_of(*i);
        if (words.size() > 1 && (words[0] == "a" || words[0] == "o"))
            words.erase(words.begin());  // the article tells the gender
        if (!words.empty())
            terms.push_back(words);
    }
    return terms;
}

std::vector<std::string> cells_of(const std::string& row) {
    static const std::regex bar(R"(\|)");
    std::vector<std::string> cells(std::sregex_token_iterator(row.begin(), row.end(), bar, -1), {});
    cells.erase(cells.begin());
    return cells;
}

// The table below the heading Glossary, without its first two rows.
std::vector<Term> glossary_of(const std::string& text) {
    std::vector<Term> terms;
    bool in_glossary = false;
    for (const Line& line : parse(text)) {
        if (line.kind == Kind::heading)
            in_glossary = line.text == "### Glossary";
        if (!in_glossary || line.kind != Kind::table || line.text.starts_with("|---") ||
            line.text.starts_with("| English |"))
            continue;
        const std::vector<std::string> cells = cells_of(line.text);
        if (cells.size() != 4 || listed(cells[0]).size() != 1 || listed(cells[1]).empty())
            throw std::runtime_error("a row of the glossary needs four cells: " + line.text);
        terms.push_back({fmt::format("{}", fmt::join(listed(cells[0])[0], " ")), listed(cells[1]),
                         listed(cells[2]), listed(cells[3])});
    }
    return terms;
}

bool same_or_plural(const std::string& found, const std::string& word) {
    return found == word || found == word + "s" || found == word + "es";
}

// Portuguese changes the end: conexão, conexões; mensagem, mensagens; atômico, atômica.
bool inflected(const std::string& found, const std::string& word) {
    const std::u32string all = decode(found);
    std::u32string stem = decode(word);
    if (stem.size() < 4)
        return same_or_plural(found, word);
    for (int i = 0; i < 2 && std::u32string(U"aeioãms").find(stem.back()) != std::string::npos; ++i)
        stem.pop_back();
    return all.starts_with(stem) && all.size() <= stem.size() + 3;
}

bool is_in(const Words& text, const Words& term, const SameWord& same) {
    return std::search(text.begin(), text.end(), term.begin(), term.end(), same) != text.end();
}

// The words of a half. A term in the other language may follow in brackets: (*data race*).
Words text_of(const Page& half) {
    static const std::regex in_brackets(R"(\(\*[^*]*\*\))");
    static const std::regex link_text(R"(\[[^\]]*\])");
    Words words;
    bool in_references = false;
    for (const Line& line : prose_of(half)) {
        if (line.kind == Kind::heading)
            in_references = line.text == "### References" || line.text == "### Referências";
        const std::string text = std::regex_replace(line.text, in_brackets, "");
        // References have titles of works in the other language.
        for (const std::string& word :
             words_of(in_references ? std::regex_replace(text, link_text, "") : text))
            words.push_back(word);
        words.emplace_back(".");
    }
    return words;
}

Lines complaints_about_terms(const std::string& text, const std::vector<Term>& glossary) {
    const Halves halves = halves_of(parse(text));
    const Words english = text_of(halves.english);
    const Words portuguese = text_of(halves.portuguese);
    Lines complaints;
    const auto forbid = [&](const Words& half, const std::vector<Words>& terms,
                            const char* language, const std::string& instead) {
        for (const Words& term : terms)
            if (is_in(half, term, same_or_plural))
                complaints.push_back(fmt::format("'{}' in {}: the glossary says '{}'",
                                                 fmt::join(term, " "), language, instead));
    };
    for (const Term& term : glossary) {
        const std::string translation = fmt::format("{}", fmt::join(term.translations[0], " "));
        if (is_in(english, words_of(term.english), same_or_plural) &&
            std::none_of(term.translations.begin(), term.translations.end(),
                         [&](const Words& t) { return is_in(portuguese, t, inflected); }))
            complaints.push_back(fmt::format("'{}' in English, but no '{}' in Portuguese",
                                             term.english, translation));
        forbid(portuguese, term.not_in_portuguese, "Portuguese", translation);
        forbid(english, term.not_in_english, "English", term.english);
    }
    return complaints;
}

TEST_CASE("every README uses the terms of the glossary") {
    const std::vector<Term> glossary = glossary_of(read("CONTRIBUTING.md"));
    CHECK(glossary.size() > 20);
    for (const std::string& page : readmes()) {
        CAPTURE(page);
        CHECK(joined(complaints_about_terms(read(page), glossary)) == "");
    }
}

TEST_CASE("Portuguese words are recognized in their forms") {
    CHECK(inflected("conexões", "conexão"));
    CHECK(inflected("mensagens", "mensagem"));
    CHECK(inflected("atômicas", "atômico"));
    CHECK(inflected("trabalhadoras", "trabalhador"));
    CHECK(inflected("threads", "thread"));
    CHECK(inflected("processos", "processo"));
    CHECK(inflected("paralelismo", "paralelismo"));
    CHECK(inflected("de", "de"));
    CHECK_FALSE(inflected("processador", "processo"));
    CHECK_FALSE(inflected("conectar", "conexão"));
    CHECK_FALSE(inflected("da", "de"));
}

TEST_CASE("a term that is not the glossary's is found") {
    const std::vector<Term> glossary = glossary_of(
        "### Glossary\n\n| English | Português | not | not |\n|---|---|---|---|\n"
        "| thread | a thread | fio de execução, linha | fiber |\n"
        "| event loop | laço de eventos (*event loop*) | event loop | |\n");
    REQUIRE(glossary.size() == 2);
    const auto complaints = [&](const std::string& page) {
        return joined(complaints_about_terms(page, glossary));
    };
    const auto portuguese = [](const std::string& sentence) {
        return with(small_page, "### Dois", sentence);
    };
    const auto english = [](const std::string& sentence) {
        return with(small_page, "### Two", sentence);
    };
    CHECK(complaints(small_page) == "");
    CHECK(complaints(portuguese("Os fios de execução.")) ==
          "'fio de execução' in Portuguese: the glossary says 'thread'");
    CHECK(complaints(portuguese("Um fio. De execução, `linha`, alinhado.")) == "");
    CHECK(complaints(portuguese("O laço (*event loop*).")) == "");
    CHECK(complaints(portuguese("O event loop.")) != "");
    CHECK(complaints(english("Two fibers.")) == "'fiber' in English: the glossary says 'thread'");
    CHECK(complaints(english("Event loops.")) ==
          "'event loop' in English, but no 'laço de eventos' in Portuguese");
    CHECK(complaints(with(english("Event loops."), "### Dois", "Laços de eventos")) == "");
    CHECK_THROWS(glossary_of("### Glossary\n\n| thread | a thread |\n"));
}

}  // namespace
}  // namespace documentation

TEST_SUITE_END();
