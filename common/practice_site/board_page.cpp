#include "common/practice_site/board_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "common/run/svg.hpp"

namespace practice_site {
namespace {

// The height of a row follows from how many there are, so that all are on the screen; the width of
// a table is some 32 letters.
constexpr std::string_view style = R"(
body { margin: 0; min-height: 100vh; padding: 2.4vh 2.6vw; display: flex; flex-direction: column;
  gap: 2.2vh; background: var(--paper); color: var(--ink); font: 16px/1.4 system-ui, sans-serif }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2em 1.2em;
  font-size: max(15px, 2.3vh) }
h1 { font-size: 1.7em; line-height: 1.1; letter-spacing: -.02em; margin: 0 }
nav { margin-left: auto }
a { color: var(--own); text-underline-offset: .2em; text-decoration-thickness: 1px }
code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .92em;
  overflow-wrap: anywhere }
code b { color: var(--timing) }
.soft { color: var(--soft) }
.tables { display: grid; grid-template-columns: repeat(var(--tables), minmax(0, 1fr)); gap: 2vw;
  align-items: start;
  font-size: max(12px, min(78vh / (var(--rows) + 1.4) * .58, 92vw / var(--tables) / 31)) }
table { border-collapse: collapse; width: 100%; max-width: 45em; line-height: 1.2;
  background: var(--card); font-variant-numeric: tabular-nums }
table, .empty { border: 1px solid var(--line); border-radius: .4em }
tr + tr, tbody { border-top: 1px solid var(--line) }
tbody tr { height: calc(82vh / (var(--rows) + 1)) }
th, td { padding: 0 .6em; text-align: right; white-space: nowrap }
thead th { font-size: .66em; line-height: 2.2; padding: 0 .9em; font-weight: 500; color: var(--soft) }
th:first-child { text-align: left }
td { width: 15%; font-weight: 600 }
td.zero { color: var(--soft); font-weight: 400; opacity: .55 }
.now { color: var(--timing) } .pages { color: var(--content) } .failed { color: var(--octets) }
td.now:not(.zero) { background: color-mix(in srgb, var(--timing) 15%, transparent) }
.empty { margin: auto; padding: 6vh 5vw; background: var(--card); text-align: center;
  font-size: max(16px, 3.2vh) }
.empty h2 { font-size: 1.6em; line-height: 1.2; margin: 0 0 .8em }
.empty p { margin: .5em 0 }
.empty .ask { font-size: 1.25em; margin: .9em 0 }
@media (max-width: 50rem) { .tables { grid-template-columns: 1fr; font-size: 15px } tbody tr { height: 1.6em } }
)";

constexpr Text title = {"The room’s board", "Painel da turma"};
constexpr Text html_language = {"en", "pt-BR"};
constexpr Text other_language = {
    R"(<a href="/board/pt-br" hreflang="pt-BR" lang="pt-BR">Português (Brasil)</a>)",
    R"(<a href="/board" hreflang="en" lang="en">English</a>)"};
constexpr Text your_name = {"YOUR-NAME", "SEU-NOME"};
constexpr Text headings[] = {{"name", "nome"},     {"in flight", "em andamento"},
                             {"most", "pico"},     {"connections", "conexões"},
                             {"pages", "páginas"}, {"failed", "falhas"}};
constexpr Text empty_heading = {"Nobody is here yet", "Ainda não chegou ninguém"};
constexpr Text how_to_begin = {"Put your name into the URL of any page:",
                               "Ponha o seu nome na URL de qualquer página:"};
constexpr Text what_is_a_name = {
    "A name has 1 to 12 of <code>a–z</code>, <code>0–9</code> and <code>-</code>.",
    "Um nome tem de 1 a 12 caracteres: <code>a–z</code>, <code>0–9</code> e <code>-</code>."};

using Row = std::map<std::string, Attendee>::const_iterator;

std::string cell(std::uint64_t number, std::string_view css_class) {
    return fmt::format("<td class=\"{}{}\">{}", css_class, number == 0 ? " zero" : "", number);
}

// A name is letters that mean nothing in HTML: is_name() has let in no others.
std::string row(const std::string& name, const Attendee& attendee) {
    return fmt::format("<tr><th scope=\"row\">{}{}{}{}{}{}\n", name,
                       cell(attendee.in_flight, "now"), cell(attendee.most_in_flight, "most"),
                       cell(attendee.connections, "connections"), cell(attendee.pages, "pages"),
                       cell(attendee.failed, "failed"));
}

std::string table(Row begin, Row end, Language language) {
    std::string heading;
    for (const Text& text : headings)
        heading += fmt::format("<th scope=\"col\">{}", text.*language);
    std::string rows;
    for (; begin != end; ++begin)
        rows += row(begin->first, begin->second);
    return fmt::format("<table><thead><tr>{}</thead>\n<tbody>\n{}</tbody></table>\n", heading,
                       rows);
}

std::size_t tables_for(std::size_t attendees) {
    return attendees <= 15 ? 1 : attendees <= 40 ? 2 : attendees <= 75 ? 3 : 4;
}

std::string tables(const std::map<std::string, Attendee>& attendees, Language language) {
    const std::size_t count = tables_for(attendees.size());
    const std::size_t rows = std::max<std::size_t>(15, (attendees.size() + count - 1) / count);
    std::string html =
        fmt::format("<main class=\"tables\" style=\"--tables: {}; --rows: {}\">\n", count, rows);
    std::size_t left = attendees.size();
    for (Row begin = attendees.begin(); left > 0;) {
        const std::size_t now = std::min(rows, left);
        const Row end = std::next(begin, static_cast<std::ptrdiff_t>(now));
        html += table(begin, end, language);
        begin = end;
        left -= now;
    }
    return html + "</main>\n";
}

std::string empty_board(const std::string& url, Language language) {
    return fmt::format(
        "<main class=\"empty\"><h2>{}</h2>\n<p>{}</p>\n<p class=\"ask\">{}</p>\n"
        "<p class=\"soft\">{}</p></main>\n",
        empty_heading.*language, how_to_begin.*language, url, what_is_a_name.*language);
}

}  // namespace

std::string board_page(const Attendees& attendees, std::string_view origin, Language language) {
    const std::string url = fmt::format("<code>{}/who/<b>{}</b>/page/1</code>",
                                        common::svg::escaped(origin), your_name.*language);
    const bool empty = attendees.all().empty();
    return fmt::format(
        R"(<!DOCTYPE html>
<html lang="{}">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{}</title>
<link rel="icon" href="{}">
<style>{}{}</style>
</head>
<body>
<header><h1>{}</h1>{}<nav>{}</nav></header>
{}</body>
</html>
)",
        html_language.*language, title.*language, icon, palette, style, title.*language,
        empty ? "" : url, other_language.*language,
        empty ? empty_board(url, language) : tables(attendees.all(), language));
}

}  // namespace practice_site
