// who/NAME and the board that shows what each name did.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "raw_client.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/text.hpp"

namespace {

using any_client::answer_to;
using any_client::get;
using any_client::RawClient;
using common::PracticeSite;
using test_support::contains;
using test_support::count_of;
using test_support::eventually;
using test_support::log_of;
using test_support::stats_of;

std::string answer_of(const PracticeSite& site, const std::string& target) {
    return answer_to(site, any_client::closing(target));
}

// In flight, most in flight, connections, pages, failed.
using Numbers = std::array<std::uint64_t, 5>;

// The rows of the board, read as a browser would: "ana" and the numbers of its five cells.
std::map<std::string, Numbers> board_of(const PracticeSite& site) {
    const std::string html = site.get("/board");
    const std::string row = "<tr><th scope=\"row\">";
    std::map<std::string, Numbers> board;
    for (std::size_t at = html.find(row); at != std::string::npos; at = html.find(row, at + 1)) {
        const std::size_t name = at + row.size();
        std::size_t cell = html.find('<', name);
        Numbers& numbers = board[html.substr(name, cell - name)];
        for (std::uint64_t& number : numbers) {
            cell = html.find('>', cell) + 1;
            number = std::stoull(html.substr(cell));
        }
    }
    return board;
}
bool row_becomes(const PracticeSite& site, const std::string& name, const Numbers& numbers) {
    return eventually([&] { return board_of(site)[name] == numbers; });
}

const std::vector<std::string> with_board = {"--plain", "--board"};

TEST_CASE("the board counts for each name its pages, connections and what was in flight") {
    const PracticeSite site(with_board);
    const RawClient kept(site);
    for (int i = 0; i < 3; ++i) {
        kept.send(get("/who/ana/bytes/5"));
        kept.read_response(5);
    }
    kept.send(get("/bytes/5/who/zeca/page/2"));  // the same connection for another name
    kept.read_response(5);
    site.get("/who/ana/page/1");
    site.get("/page/1");  // nobody's
    CHECK(board_of(site) ==
          std::map<std::string, Numbers>{{"ana", {0, 1, 2, 4, 0}}, {"zeca", {0, 1, 1, 1, 0}}});
}

TEST_CASE("each number stands below its heading, and a zero is told from the others") {
    const PracticeSite site(with_board);
    site.get("/who/ana/page/1");
    const std::string english = site.get("/board");
    CHECK(contains(english,
                   "<th scope=\"col\">name<th scope=\"col\">in flight<th scope=\"col\">most"
                   "<th scope=\"col\">connections<th scope=\"col\">pages"
                   "<th scope=\"col\">failed</thead>"));
    CHECK(contains(site.get("/board/pt-br"),
                   "<th scope=\"col\">nome<th scope=\"col\">em andamento<th scope=\"col\">pico"
                   "<th scope=\"col\">conexões<th scope=\"col\">páginas"
                   "<th scope=\"col\">falhas</thead>"));
    CHECK(contains(english,
                   "<th scope=\"row\">ana<td class=\"now zero\">0<td class=\"most\">1"
                   "<td class=\"connections\">1<td class=\"pages\">1"
                   "<td class=\"failed zero\">0\n"));
}

TEST_CASE("what does not arrive as a page has failed, and a redirect is neither") {
    const PracticeSite site(with_board);
    int failed = 0;
    for (const char* fault : {"status/400", "status/503", "truncate/3", "garbage",
                              "redirect-to/x/status/503", "truncate/0/redirect-to/x",
                              "garbage/redirect-to/x", "raw/HTTP%2F1.1%20200%20OK%0D%0A%0D%0A"}) {
        CAPTURE(fault);
        answer_of(site, fmt::format("/who/ana/{}/page/1", fault));
        CHECK(board_of(site)["ana"][4] == ++failed);
    }
    CHECK_THROWS_AS(answer_of(site, "/who/ana/reset/3/page/1"), std::system_error);
    CHECK(row_becomes(site, "ana", {0, 1, 9, 0, 9}));
    for (const char* other : {"redirect/1", "redirect-loop", "status/204", "status/304",
                              "redirect-to/x/status/200", "status/201", "status/399"})
        answer_of(site, fmt::format("/who/ana/{}/page/1", other));
    CHECK(board_of(site)["ana"] == Numbers{0, 1, 16, 0, 9});
    for (const char* page : {"chunked", "until-close", "close", "delay/1", "bytes/2000000"})
        answer_of(site, fmt::format("/who/ana/{}/page/1", page));
    CHECK(board_of(site)["ana"] == Numbers{0, 1, 21, 5, 9});
}

TEST_CASE("an answer that its client did not wait for has failed") {
    const PracticeSite site(with_board);
    std::uint64_t failed = 0;
    for (const char* wait : {"silence", "hold/door", "delay/600000", "endless",
                             "drip/20/bytes/99999", "bytes/1000000000"}) {
        CAPTURE(wait);
        std::optional<RawClient> client(site);
        client->send(get(fmt::format("/who/ana/{}/page/1", wait)));
        CHECK(row_becomes(site, "ana", {1, 1, failed + 1, 0, failed}));
        client.reset();
        ++failed;
        REQUIRE(row_becomes(site, "ana", {0, 1, failed, 0, failed}));
    }
}

TEST_CASE("once a URL is healthy again, its page counts for the name") {
    const PracticeSite site(with_board);
    for (int i = 0; i < 3; ++i)
        answer_of(site, "/first/2/who/ana/status/503/page/1");
    CHECK(board_of(site)["ana"] == Numbers{0, 1, 3, 1, 2});
    for (int i = 0; i < 2; ++i)
        answer_of(site, "/first/1/redirect/1/who/bia/page/1");
    CHECK(board_of(site)["bia"] == Numbers{0, 1, 1, 1, 0});
}

TEST_CASE("a reset of the counters forgets the names, but not what is in flight") {
    const PracticeSite site(with_board);
    answer_of(site, "/who/zeca/page/1");
    answer_of(site, "/who/ana/page/1");
    RawClient held(site);
    held.send(get("/who/ana/hold/door/page/1", "Connection: close\r\n"));
    CHECK(row_becomes(site, "ana", {1, 1, 2, 1, 0}));
    site.get("/who/ana/page/1");
    CHECK(board_of(site)["ana"] == Numbers{1, 2, 3, 2, 0});
    site.get("/stats/reset");
    CHECK(board_of(site) == std::map<std::string, Numbers>{{"ana", {1, 1, 0, 0, 0}}});
    site.get("/release/door");
    held.read_to_end();
    CHECK(board_of(site)["ana"] == Numbers{0, 1, 0, 1, 0});
}

TEST_CASE("there are 200 names, and one more is refused and not kept") {
    const PracticeSite site(with_board);
    for (int i = 0; i < 200; ++i)
        site.get(fmt::format("/who/n{}/page/1", i));
    const std::string answer =
        answer_to(site, get("/who/one-more/page/1") + any_client::closing("/bytes/4"));
    CHECK(answer.starts_with("HTTP/1.1 503 "));
    CHECK(contains(answer, "200 names"));
    CHECK(answer.ends_with("\r\n\r\nThis"));  // the connection goes on
    CHECK(stats_of(site)["in_flight"] == 0);
    CHECK(site.get("/who/n199/bytes/4") == "This");
    CHECK(board_of(site).size() == 200);
    CHECK_FALSE(board_of(site).contains("one-more"));
    site.get("/stats/reset");
    CHECK(site.get("/who/one-more/bytes/4") == "This");
}

TEST_CASE("a name cannot be markup: the board has nothing of what is refused") {
    const PracticeSite site(with_board);
    for (const char* name : {"%3Cb%3E", "<b>", "&amp;", "\"", "'", "Ana", "thirteen-char", "a.b"}) {
        CAPTURE(name);
        const std::string answer = answer_of(site, fmt::format("/who/{}/page/1", name));
        CHECK(answer.starts_with("HTTP/1.1 404 "));
        CHECK(contains(answer, "a NAME is 1 to 12 of a-z, 0-9 and -"));
    }
    CHECK(board_of(site).empty());
    CHECK_FALSE(contains(site.get("/board"), "<b>E"));
}

TEST_CASE("without --board there is no board, and the answer says how to get one") {
    const PracticeSite site({"--plain"});
    for (const char* target : {"/board", "/board/pt-br"}) {
        const std::string answer = answer_of(site, target);
        CHECK(answer.starts_with("HTTP/1.1 404 "));
        CHECK(contains(answer, "start it with --board"));
    }
}

TEST_CASE("looking at the board counts as a connection and not as a request") {
    const PracticeSite site(with_board);
    for (const char* target : {"/board", "/board/pt-br", "/board"})
        answer_of(site, target);
    CHECK(log_of(site).empty());
    CHECK(stats_of(site) ==
          nlohmann::json{
              {"requests", 0}, {"connections", 5}, {"in_flight", 0}, {"most_in_flight", 0}});
}

TEST_CASE(
    "the board refreshes itself, in either language, without script or anything from outside") {
    const PracticeSite site(with_board);
    for (const bool empty : {true, false}) {
        CAPTURE(empty);
        const std::string english = site.get("/board");
        const std::string portuguese = site.get("/board/pt-br");
        for (const std::string& page : {english, portuguese}) {
            CHECK(contains(page, "<meta http-equiv=\"refresh\" content=\"2\">"));
            CHECK(count_of(page, "/who/<b>") == 1);  // what to ask for
            // Within the page: a browser would ask for /favicon.ico, and that would be a request.
            CHECK(contains(page, "<link rel=\"icon\" href=\"data:"));
            for (const char* outside : {"<script", "src=", "href=\"http", "url(", "@import"})
                CHECK_FALSE(contains(page, outside));
        }
        CHECK(contains(english, "<html lang=\"en\">"));
        CHECK(contains(english, "href=\"/board/pt-br\""));
        CHECK(contains(english, "<title>The room’s board</title>"));
        CHECK(contains(english, "<h1>The room’s board</h1>"));
        CHECK(contains(english, empty ? "Nobody is here yet" : ">in flight"));
        CHECK(contains(english, "Put your name into the URL") == empty);
        CHECK(contains(english, "A name has 1 to 12 of ") == empty);
        CHECK(contains(portuguese, "<html lang=\"pt-BR\">"));
        CHECK(contains(portuguese, "href=\"/board\""));
        CHECK(contains(portuguese, "<title>Painel da turma</title>"));
        CHECK(contains(portuguese, "<h1>Painel da turma</h1>"));
        CHECK(contains(portuguese, empty ? "Ainda não chegou ninguém" : ">em andamento"));
        CHECK(contains(portuguese, "Ponha o seu nome na URL") == empty);
        CHECK(contains(portuguese, "Um nome tem de 1 a 12 caracteres") == empty);
        site.get("/who/ana/page/1");
    }
}

TEST_CASE("the board says what to ask for, at the address by which it was asked for itself") {
    const PracticeSite site(with_board);
    CHECK(contains(site.get("/board"), site.origin() + "/who/<b>YOUR-NAME</b>/page/1"));
    const std::string strange =
        answer_to(site, "GET /board HTTP/1.1\r\nHost: a&b;'c\r\nConnection: close\r\n\r\n");
    CHECK(contains(strange, "http://a&amp;b;'c/who/"));
    CHECK(contains(answer_to(site, "GET /board HTTP/1.0\r\n\r\n"), "<code>/who/<b>YOUR-NAME"));
    const PracticeSite encrypted({"--board"});
    CHECK(contains(encrypted.get("/board/pt-br"), encrypted.origin() + "/who/<b>SEU-NOME</b>"));
}

TEST_CASE("the more attendees, the more tables, side by side and of as many rows") {
    const PracticeSite site(with_board);
    const RawClient client(site);
    const std::map<int, std::string> layouts = {
        {1, "1; --rows: 15"},  {15, "1; --rows: 15"}, {16, "2; --rows: 15"},
        {31, "2; --rows: 16"}, {40, "2; --rows: 20"}, {41, "3; --rows: 15"},
        {75, "3; --rows: 25"}, {76, "4; --rows: 19"}, {200, "4; --rows: 50"}};
    for (int attendees = 1; attendees <= 200; ++attendees) {
        client.send(get(fmt::format("/who/pc-{}/bytes/5", attendees)));
        client.read_response(5);
        if (const auto layout = layouts.find(attendees); layout != layouts.end()) {
            const std::string html = site.get("/board");
            CHECK(contains(html, "--tables: " + layout->second));
            CHECK(count_of(html, "<table>") == layout->second[0] - '0');
        }
    }
}

// Each thread has a name and a connection of its own, and 3 requests held at once on others.
TEST_CASE("30 attendees at once are each counted for themselves, sorted, in two columns") {
    const PracticeSite site(with_board);
    std::vector<std::string> failures(30);
    std::vector<std::jthread> attendees;
    for (int i = 0; i < 30; ++i)
        attendees.emplace_back([&site, &failure = failures[static_cast<std::size_t>(i)], i] {
            try {
                const std::string name = fmt::format("pc-{:02}", i);
                std::vector<RawClient> held;
                for (int j = 0; j < 3; ++j)
                    held.emplace_back(site).send(get(fmt::format("/who/{}/hold/door", name)));
                const RawClient client(site);
                for (int j = 0; j < i; ++j) {
                    client.send(get(fmt::format("/who/{}/bytes/5", name)));
                    client.read_response(5);
                }
                for (const RawClient& one : held)
                    one.read_response(1024);
            } catch (const std::exception& error) {
                failure = error.what();
            }
        });
    CHECK(eventually([&] { return stats_of(site)["requests"] == 30 * 3 + 29 * 30 / 2; }));
    CHECK(eventually([&] { return stats_of(site)["in_flight"] == 30 * 3; }));
    const std::string html = site.get("/board");
    CHECK(count_of(html, "<table>") == 2);
    CHECK(html.find(">pc-00<") < html.find(">pc-01<"));
    CHECK(html.find(">pc-28<") < html.find(">pc-29<"));
    const std::map<std::string, Numbers> busy = board_of(site);
    site.get("/release/door");
    attendees.clear();  // joins
    for (std::uint64_t i = 0; i < 30; ++i) {
        CAPTURE(i);
        CHECK(failures[i].empty());
        const std::uint64_t connections = i == 0 ? 3 : 4;
        const Numbers& row = busy.at(fmt::format("pc-{:02}", i));
        CHECK(row[0] == 3);
        CHECK((row[1] == 3 || row[1] == 4));
        CHECK(row[2] == connections);
        CHECK(board_of(site).at(fmt::format("pc-{:02}", i)) ==
              Numbers{0, row[1], connections, i + 3, 0});
    }
}

}  // namespace
