#include "common/practice_site/index_page.hpp"

#include <fmt/format.h>

#include <utility>

#include "common/practice_site/behaviour_names.hpp"
#include "common/practice_site/html.hpp"

namespace practice_site {
namespace {

// Both languages are in the page; the one that the address names (#pt-br) is shown, else English.
constexpr std::string_view style = R"(
body { margin: 0; background: var(--paper); color: var(--ink);
  font: clamp(16px, .55vw + 11px, 21px)/1.55 system-ui, sans-serif }
article { max-width: 66rem; margin: 0 auto; padding: 2rem clamp(1rem, 4vw, 3rem) 4rem }
#pt-br, #pt-br:target ~ #en { display: none }
#pt-br:target { display: block }
code, .url, dt { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .92em }
a { color: var(--hue, var(--own)); text-underline-offset: .2em; text-decoration-thickness: 1px }
a:hover { text-decoration-thickness: 2px }
nav { text-align: right }
h1 { font-size: 2.6em; line-height: 1.1; letter-spacing: -.02em; margin: .4rem 0 1rem }
h2 { font-size: 1.25em; margin: 2.8rem 0 .8rem; color: var(--hue, inherit) }
p { max-width: 46rem; margin: .6rem 0 }
.lead { font-size: 1.15em }
.soft { color: var(--soft) }
.parts { display: flex; flex-wrap: wrap; gap: .4rem; margin: 1.6rem 0; text-decoration: none }
.parts span { border-top: 4px solid var(--hue); background: var(--card); border-radius: .4rem;
  padding: .6rem 1rem; color: var(--soft) }
.parts code { display: block; font-size: 1.35em; color: var(--hue) }
.counters { display: grid; grid-template-columns: repeat(3, 1fr); gap: .8rem }
.counters div { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: .8rem clamp(.6rem, 1.6vw, 1.1rem); color: var(--soft); line-height: 1.3 }
.counters b { display: block; font-size: clamp(1.3em, 5vw, 2.3em); line-height: 1.2; color: var(--ink);
  font-variant-numeric: tabular-nums }
dl { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  border-left: 4px solid var(--hue) }
dl div { display: grid; grid-template-columns: 11rem 7fr 6fr; gap: .2rem 1.4rem;
  padding: .55rem 1.1rem }
dl div + div { border-top: 1px solid var(--line) }
dt { font-weight: 600; color: var(--hue) }
dt i { font-weight: 400; color: var(--soft) }
dd { margin: 0 }
.url { overflow-wrap: anywhere }
@media (max-width: 52rem) { dl div { grid-template-columns: 1fr } }
.content { --hue: var(--content) } .timing { --hue: var(--timing) }
.ending { --hue: var(--ending) } .octets { --hue: var(--octets) } .own { --hue: var(--own) }
)";

constexpr Text title = {"Practice site", "Servidor de treino"};
constexpr Text other_language = {
    R"(<a href="#pt-br" hreflang="pt-BR" lang="pt-BR">Português (Brasil)</a>)",
    R"(<a href="#en" hreflang="en" lang="en">English</a>)"};
constexpr Text lead = {
    "A small web server for people who write clients. Each page does exactly what its URL says: it "
    "waits, drips, redirects, breaks off, or talks nonsense, and it does so every time.",
    "Um pequeno servidor web para quem escreve clientes. Cada página faz exatamente o que a URL "
    "dela manda: espera, pinga, redireciona, cai no meio ou responde bobagem. E faz sempre igual."};
constexpr Text parts = {
    R"(<span class="timing"><code>/delay/1000</code>wait 1000 ms, then</span>
<span class="content"><code>/bytes/200</code>send 200 bytes</span>
<span class="content"><code>/page/7</code>of page 7</span>)",
    R"(<span class="timing"><code>/delay/1000</code>espere 1000 ms e</span>
<span class="content"><code>/bytes/200</code>mande 200 bytes</span>
<span class="content"><code>/page/7</code>da página 7</span>)"};
constexpr Text about_parts = {
    "Put the parts together in any order. Any HTTP/1.1 or HTTP/1.0 client will do: your own, "
    "<code>curl</code>, this browser.",
    "As partes podem ser combinadas em qualquer ordem. Serve qualquer cliente HTTP/1.1 ou "
    "HTTP/1.0: o seu, o <code>curl</code>, este navegador."};
constexpr Text counted = {"Counted so far", "O que já foi contado"};
constexpr Text requests = {"pages requested", "páginas pedidas"};
constexpr Text connections = {"connections", "conexões"};
constexpr Text most_in_flight = {"most in flight at once", "pico de páginas em andamento"};
constexpr Text about_counters = {"Reload this page to see new values.",
                                 "Recarregue a página para ver os valores atuais."};
constexpr Text footer = {"Part of a tutorial on concurrency and parallelism in C++.",
                         "Faz parte de um tutorial de concorrência e paralelismo em C++."};

struct Section {
    Group group;
    std::string_view css_class;
    Text heading;
};
constexpr Section sections[] = {{Group::timing, "timing", {"When it comes", "Quando chega"}},
                                {Group::content, "content", {"What comes", "O que chega"}},
                                {Group::ending, "ending", {"Where it ends", "Onde acaba"}},
                                {Group::octets, "octets", {"Raw bytes", "Bytes crus"}}};

// What the site tells of itself, and counts only as a connection.
constexpr Text own_heading = {"The site itself", "Sobre o próprio servidor"};
constexpr std::pair<std::string_view, Text> own_pages[] = {
    {"/", {"this page", "esta página"}},
    {"/stats", {"the counters above, as JSON", "os contadores acima, em JSON"}},
    {"/stats/reset", {"the same, then sets them to zero", "o mesmo e, em seguida, zera tudo"}},
    {"/release/door",
     {"lets <code>hold/door</code> answer, until the next reset",
      "libera as respostas de <code>hold/door</code> até o próximo reset"}},
    {"/board",
     {"what each <code>who/NAME</code> did, if the site was started with <code>--board</code>",
      "o que cada <code>who/NAME</code> fez, se o servidor foi iniciado com <code>--board</code>"}},
    {"/log",
     {"how often each page was requested, as JSON",
      "quantas vezes cada página foi pedida, em JSON"}}};

std::string row(std::string_view term, std::string_view description, std::string_view url) {
    return fmt::format(
        "<div><dt>{0}</dt><dd>{1}</dd><dd><a class=\"url\" href=\"{2}\">{2}</a></dd></div>\n", term,
        description, url);
}

std::string behaviours(const Section& section, Language language) {
    std::string rows;
    for (const Name& name : behaviour_names())
        if (name.group == section.group)
            rows += row(name.value.empty() ? std::string(name.name)
                                           : fmt::format("{}/<i>{}</i>", name.name, name.value),
                        name.text().*language, name.example);
    return fmt::format("<section class=\"{}\"><h2>{}</h2>\n<dl>{}</dl></section>\n",
                       section.css_class, section.heading.*language, rows);
}

std::string own(Language language) {
    std::string rows;
    for (const auto& [url, text] : own_pages)
        rows += row(url, text.*language, url);
    return fmt::format("<section class=\"own\"><h2>{}</h2>\n<dl>{}</dl></section>\n",
                       own_heading.*language, rows);
}

std::string counters_now(const Counters& counters, Language language) {
    const auto tile = [&](std::uint64_t number, const Text& text) {
        return fmt::format("<div><b>{}</b>{}</div>\n", number, text.*language);
    };
    return fmt::format(
        "<h2>{}</h2>\n<div class=\"counters\">{}{}{}</div>\n<p class=\"soft\">{}</p>\n",
        counted.*language, tile(counters.requests, requests),
        tile(counters.connections, connections), tile(counters.most_in_flight, most_in_flight),
        about_counters.*language);
}

std::string article(const Counters& counters, Language language, std::string_view attributes) {
    std::string html = fmt::format(
        "<article {}>\n<nav>{}</nav>\n<h1>{}</h1>\n<p class=\"lead\">{}</p>\n"
        "<a class=\"parts\" href=\"/delay/1000/bytes/200/page/7\">{}</a>\n<p>{}</p>\n",
        attributes, other_language.*language, title.*language, lead.*language, parts.*language,
        about_parts.*language);
    html += counters_now(counters, language);
    for (const Section& section : sections)
        html += behaviours(section, language);
    return html + own(language) +
           fmt::format("<p class=\"soft\">{}</p>\n</article>\n", footer.*language);
}

}  // namespace

std::string index_page(const Counters& counters) {
    return fmt::format(
        R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{} · {}</title>
<link rel="icon" href="{}">
<style>{}{}</style>
</head>
<body>
{}{}</body>
</html>
)",
        title.english, title.portuguese, icon, palette, style,
        article(counters, &Text::portuguese, R"(id="pt-br" lang="pt-BR")"),
        article(counters, &Text::english, R"(id="en" lang="en")"));
}

}  // namespace practice_site
