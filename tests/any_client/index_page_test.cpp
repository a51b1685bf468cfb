// What a browser shows of the practice site, and what the README says of it.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "common/practice_site/behaviour_names.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/text.hpp"

namespace {

using common::PracticeSite;
using practice_site::behaviour_names;
using practice_site::Name;
using test_support::contains;
using test_support::count_of;

std::string written(const Name& name) {
    return std::string(name.name) + (name.value.empty() ? "" : "/") + std::string(name.value);
}

TEST_CASE("the index has each behaviour in both languages, with a link that shows it") {
    const PracticeSite site({"--plain"});
    const std::string index = site.get("/");
    for (const Name& name : behaviour_names()) {
        CAPTURE(name.name);
        CHECK(count_of(index, fmt::format("href=\"{}\"", name.example)) == 2);
        CHECK(contains(index, std::string(name.english)));
        CHECK(contains(index, std::string(name.portuguese)));
        CHECK(contains(std::string(name.example), fmt::format("/{}", name.name)));
        CHECK(practice_site::parse_behaviour(name.example));
    }
    for (const char* part :
         {"lang=\"en\"", "lang=\"pt-BR\"", "href=\"/stats\"", "href=\"/log\"",
          "href=\"/stats/reset\"", "prefers-color-scheme: dark", "<link rel=\"icon\" href=\"data:"})
        CHECK(contains(index, part));
    CHECK(count_of(index, "<a class=\"parts\" href=\"/delay/1000/bytes/200/page/7\">") == 2);
    CHECK_FALSE(contains(index, "<script"));
    CHECK_FALSE(contains(index, "href=\"http"));  // nothing of it is elsewhere
    CHECK_FALSE(contains(index, "src="));
}

// The index in one language; Portuguese stands first.
std::string article_of(const std::string& index, bool english) {
    const std::size_t border = index.find("<article id=\"en\" lang=\"en\">");
    const std::size_t portuguese = index.find("<article id=\"pt-br\" lang=\"pt-BR\">");
    REQUIRE(portuguese < border);
    REQUIRE(border != std::string::npos);
    return english ? index.substr(border) : index.substr(portuguese, border - portuguese);
}

// The heading of a section, and what it is about.
std::string terms_of(const std::string& article, const std::string& css_class) {
    const std::string begin = fmt::format("<section class=\"{}\"><h2>", css_class);
    const std::size_t at = article.find(begin);
    REQUIRE(at != std::string::npos);
    const std::string section = article.substr(at, article.find("</section>", at) - at);
    std::string terms = section.substr(begin.size(), section.find("</h2>") - begin.size()) + ":";
    for (std::size_t term = section.find("<dt>"); term != std::string::npos;
         term = section.find("<dt>", term + 1))
        terms += " " + section.substr(term + 4, section.find("</dt>", term) - term - 4);
    return terms;
}

// Whether it has a word that no English text has.
bool is_portuguese(const std::string& text) {
    const test_support::Strings words = {"o",  "um", "uma", "de", "da",  "do",  "no",  "nas",
                                         "em", "os", "que", "é",  "até", "com", "esta"};
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return contains(" " + text + " ", " " + word + " ");
    });
}

// What an article says of each thing that can be asked for.
test_support::Strings descriptions_in(const std::string& article) {
    const std::string begin = "<dt>";
    test_support::Strings descriptions;
    for (std::size_t at = article.find(begin); at != std::string::npos;
         at = article.find(begin, at + 1)) {
        const std::size_t text = article.find("<dd>", at) + 4;
        descriptions.push_back(article.substr(text, article.find("</dd>", text) - text));
    }
    return descriptions;
}

TEST_CASE("the index lists each behaviour where it belongs, in two whole languages") {
    const std::string index = PracticeSite({"--plain"}).get("/");
    const std::string english = article_of(index, true);
    const std::string portuguese = article_of(index, false);
    const std::string content =
        ": page/<i>N</i> bytes/<i>N</i> status/<i>CODE</i> redirect/<i>N</i> "
        "redirect-to/<i>URL</i> "
        "redirect-loop first/<i>N</i> who/<i>NAME</i> header-lines/<i>N</i> header-bytes/<i>N</i>";
    const std::string timing =
        ": delay/<i>MS</i> hold/<i>NAME</i> drip/<i>MS</i> drip-header/<i>MS</i> silence endless";
    const std::string ending =
        ": chunked until-close close hang-up truncate/<i>N</i> reset/<i>N</i>";
    const std::string octets = ": raw/<i>BYTES</i> then/<i>END</i> more/<i>BYTES</i> garbage";
    const std::string own = ": / /stats /stats/reset /release/door /board /log";
    CHECK(terms_of(english, "content") == "What comes" + content);
    CHECK(terms_of(portuguese, "content") == "O que chega" + content);
    CHECK(terms_of(english, "timing") == "When it comes" + timing);
    CHECK(terms_of(portuguese, "timing") == "Quando chega" + timing);
    CHECK(terms_of(english, "ending") == "Where it ends" + ending);
    CHECK(terms_of(portuguese, "ending") == "Onde acaba" + ending);
    CHECK(terms_of(english, "octets") == "Raw bytes" + octets);
    CHECK(terms_of(portuguese, "octets") == "Bytes crus" + octets);
    CHECK(terms_of(english, "own") == "The site itself" + own);
    CHECK(terms_of(portuguese, "own") == "Sobre o próprio servidor" + own);
    for (const char* part :
         {"<h1>Practice site</h1>", "href=\"#pt-br\"", "</code>wait 1000 ms, then",
          "A small web server", "Put the parts together", "<h2>Counted so far</h2>",
          ">pages requested<", ">connections<", ">most in flight at once<", "Reload this page",
          "Part of a tutorial"}) {
        CHECK(contains(english, part));
        CHECK_FALSE(contains(portuguese, part));
    }
    for (const char* part :
         {"<h1>Servidor de treino</h1>", "href=\"#en\"", "</code>espere 1000 ms e",
          "Um pequeno servidor web", "As partes podem ser combinadas",
          "<h2>O que já foi contado</h2>", ">páginas pedidas<", ">conexões<",
          ">pico de páginas em andamento<", "Recarregue a página", "Faz parte de um tutorial"}) {
        CHECK(contains(portuguese, part));
        CHECK_FALSE(contains(english, part));
    }
    for (const Name& name : behaviour_names()) {
        CAPTURE(name.name);
        CHECK(contains(english, fmt::format("<dd>{}</dd>", name.english)));
        CHECK(contains(portuguese, fmt::format("<dd>{}</dd>", name.portuguese)));
    }
    for (const std::string& article : {english, portuguese}) {
        const auto descriptions = descriptions_in(article);
        CHECK(descriptions.size() == behaviour_names().size() + 6);  // the site's own pages
        for (const std::string& description : descriptions) {
            CAPTURE(description);
            CHECK(is_portuguese(description) == (article == portuguese));
        }
    }
}

TEST_CASE("the index shows one language, and each color of its sheet is one that it has") {
    const std::string index = PracticeSite({"--plain"}).get("/");
    CHECK(contains(index, "\n#pt-br, #pt-br:target ~ #en { display: none }\n"));
    CHECK(contains(index, "\n#pt-br:target { display: block }\n"));
    const std::string use = "var(--";
    for (std::size_t at = index.find(use); at != std::string::npos; at = index.find(use, at + 1)) {
        const std::size_t name = at + use.size();
        const std::string variable = index.substr(name, index.find_first_of(",)", name) - name);
        CAPTURE(variable);
        CHECK(contains(index, fmt::format(" --{}: ", variable)));
    }
    for (const char* css_class : {"timing", "content", "ending", "octets", "own"})
        CHECK(contains(index, fmt::format(".{0} {{ --hue: var(--{0}) }}", css_class)));
}

TEST_CASE("the index shows the counters and is not counted but as a connection") {
    const PracticeSite site({"--plain"});
    for (int i = 0; i < 5; ++i)
        site.get("/page/1");
    const std::string index = site.get("/");
    for (const char* tile :
         {"<b>5</b>pages requested<", "<b>5</b>páginas pedidas<", "<b>6</b>connections<",
          "<b>6</b>conexões<", "<b>1</b>most in flight at once<",
          "<b>1</b>pico de páginas em andamento<"})
        CHECK(count_of(index, tile) == 1);
    CHECK(test_support::stats_of(site) ==
          nlohmann::json{
              {"requests", 5}, {"connections", 7}, {"in_flight", 0}, {"most_in_flight", 1}});
    CHECK(test_support::log_of(site) == nlohmann::json{{"/page/1", 5}});
}

TEST_CASE("the README of the practice site names each behaviour in both languages") {
    const std::string readme =
        test_support::read_text(TUTORIAL_ROOT "/common/practice_site/README.md");
    const std::size_t portuguese = readme.find("## Português");
    REQUIRE(portuguese != std::string::npos);
    for (const Name& name : behaviour_names()) {
        const std::string part =
            name.name == "then" ? "`then/close`" : fmt::format("`{}`", written(name));
        CAPTURE(part);
        CHECK(contains(readme.substr(0, portuguese), part));
        CHECK(contains(readme.substr(portuguese), part));
    }
}

}  // namespace
