// What the answer to each target is, whole: header, body and the end of the connection.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <string>
#include <system_error>
#include <utility>

#include "common/practice_site/behaviour.hpp"
#include "raw_client.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/text.hpp"

namespace {

using any_client::answer_to;
using any_client::body_of;
using any_client::closing;
using any_client::get;
using any_client::header_of;
using any_client::RawClient;
using common::PracticeSite;
using test_support::contains;
using test_support::count_of;
using test_support::eventually;
using test_support::stats_of;

TEST_CASE("a target that is no page is told what is one") {
    const PracticeSite site({"--plain"});
    for (const char* target : {"/no-such-page", "/page/x", "/board/en", "/stats/", "/released"})
        CHECK(body_of(answer_to(site, closing(target))) ==
              "No such page. /delay/100/bytes/2000/page/1 is one; / lists them all.\n");
}

TEST_CASE("what is no page, and what the site tells of itself, leave the connection open") {
    const PracticeSite site({"--plain"});
    std::string requests;
    for (const char* target : {"/no-such-page", "/", "/stats", "/log", "/release/door",
                               "/release/Door", "/board", "/stats/reset"})
        requests += get(target);
    CHECK(answer_to(site, requests + closing("/bytes/5")).ends_with("\r\n\r\nThis "));
}

TEST_CASE("what changes between two looks at it is not to be stored by anybody") {
    const PracticeSite site({"--plain", "--board"});
    for (const char* target : {"/", "/stats", "/stats/reset", "/log", "/board", "/release/door"}) {
        CAPTURE(target);
        CHECK(contains(header_of(answer_to(site, closing(target))),
                       "\r\nCache-Control: no-store\r\n"));
    }
    for (const char* target : {"/board", "/board/pt-br"})
        CHECK(contains(header_of(answer_to(site, closing(target))),
                       "\r\nContent-Type: text/html; charset=utf-8\r\n"));
}

TEST_CASE("a page whose connection ends after it says so, though nobody wished it") {
    const PracticeSite site({"--plain"});
    for (const auto& [target, body] :
         {std::pair{"/close/bytes/5", "This "}, std::pair{"/until-close/bytes/5", "This "},
          std::pair{"/truncate/3/bytes/5", "Thi"}, std::pair{"/truncate/0/bytes/5", ""},
          std::pair{"/truncate/9/bytes/5", "This "}}) {
        const std::string response = answer_to(site, get(target));
        CAPTURE(response);
        CHECK(count_of(response, "\r\nConnection: close\r\n") == 1);
        CHECK(contains(response, "\r\nContent-Length: 5\r\n") !=
              std::string(target).starts_with("/until-close"));
        CHECK(body_of(response) == body);
    }
}

TEST_CASE("a reset comes behind so many bytes of the page") {
    const PracticeSite site({"--plain"});
    for (const auto& [target, body] :
         {std::pair{"/reset/0/bytes/5", ""}, std::pair{"/reset/3/bytes/5", "Thi"},
          std::pair{"/reset/9/bytes/5", "This "}}) {
        const RawClient client(site);
        client.send(get(target));
        const std::string response = client.read_response(std::string(body).size());
        CAPTURE(response);
        CHECK(contains(response, "\r\nConnection: close\r\n"));
        CHECK(body_of(response) == body);
        CHECK_THROWS_AS(client.read_to_end(), std::system_error);
    }
}

TEST_CASE("a redirect has its location and an empty body") {
    const PracticeSite site({"--plain"});
    for (const auto& [target, location] :
         {std::pair{"/redirect/1/page/7", "/page/7"},
          std::pair{"/redirect/2/page/7", "/redirect/1/page/7"},
          std::pair{"/redirect-to/http%3A%2F%2Fa%2Fb", "http://a/b"},
          std::pair{"/redirect-loop/page/7", "/redirect-loop/page/7"}}) {
        const std::string response = answer_to(site, closing(target));
        CAPTURE(response);
        CHECK(response.starts_with("HTTP/1.1 302 Found\r\n"));
        CHECK(contains(response, fmt::format("\r\nLocation: {}\r\n", location)));
        CHECK(contains(response, "\r\nContent-Length: 0\r\n"));
        CHECK(body_of(response).empty());
    }
}

TEST_CASE("a status that has no content comes without any") {
    const PracticeSite site({"--plain"});
    for (const char* target : {"/status/100", "/status/204", "/status/304", "/chunked/status/103",
                               "/chunked/status/204", "/chunked/status/304"}) {
        CAPTURE(target);
        const std::string response = answer_to(site, closing(target));
        CHECK(body_of(response).empty());
        CHECK_FALSE(contains(response, "Content-"));
        CHECK_FALSE(contains(response, "Transfer-Encoding"));  // RFC 9112, 6.1
    }
}

TEST_CASE("so many lines more of header are as many") {
    const PracticeSite site({"--plain"});
    for (const std::size_t lines : {0U, 1U, 3U}) {
        const std::string header =
            header_of(answer_to(site, closing(fmt::format("/header-lines/{}", lines))));
        CHECK(count_of(header, "\r\nX-Filler-") == lines);
        for (std::size_t line = 0; line < lines; ++line)  // each is another field
            CHECK(contains(header, fmt::format("\r\nX-Filler-{}: x\r\n", line)));
    }
    for (const char* page : {"redirect-to/x", "chunked"}) {
        CAPTURE(page);
        const std::string header =
            header_of(answer_to(site, closing(fmt::format("/header-lines/2/{}", page))));
        CHECK(count_of(header, "\r\nX-Filler-") == 2);
    }
}

TEST_CASE("chunks are of 1000 bytes, and the last one of what is left") {
    const PracticeSite site({"--plain"});
    const std::string content = practice_site::page_content(7, 2001);
    CHECK(body_of(answer_to(site, closing("/chunked/bytes/2001/page/7"))) ==
          fmt::format("3e8\r\n{}\r\n3e8\r\n{}\r\n1\r\n{}\r\n0\r\n\r\n", content.substr(0, 1000),
                      content.substr(1000, 1000), content.substr(2000)));
    CHECK(body_of(answer_to(site, closing("/chunked/bytes/0"))) == "0\r\n\r\n");
    // What is cut short are the bytes that are sent, so that the last chunk is missing.
    CHECK(body_of(answer_to(site, closing("/chunked/truncate/7/bytes/5"))) == "5\r\nThis");
}

TEST_CASE("a body that never ends is page 0, and its header does not say how long it is") {
    const PracticeSite site({"--plain"});
    const RawClient client(site);
    client.send(get("/endless"));
    const std::string answer = client.read_response(200'000);
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"));
    CHECK((body_of(answer) == practice_site::page_content(0, 200'000)));
}

TEST_CASE("garbage does not begin like HTTP, and its connection ends") {
    const PracticeSite site({"--plain"});
    CHECK((answer_to(site, get("/garbage")) ==
           "\x01\xff\x02 garbage \r\n\r\n"));  // not to be printed
}

TEST_CASE("what drips is in the end what comes at once") {
    const PracticeSite site({"--plain"});
    const std::string at_once = answer_to(site, closing("/bytes/9/page/3"));
    for (const char* drip : {"/drip/1", "/drip/1/drip-header/1"}) {
        CAPTURE(drip);
        CHECK(answer_to(site, closing(fmt::format("{}/bytes/9/page/3", drip))) == at_once);
    }
}

TEST_CASE("a delay is of so many milliseconds at least, for HEAD, too") {
    const PracticeSite site({"--plain"});
    for (const std::string method : {"GET", "HEAD"}) {
        const auto begin = std::chrono::steady_clock::now();
        answer_to(site, method + " /delay/60/bytes/3 HTTP/1.0\r\n\r\n");
        CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(60));
    }
}

TEST_CASE("a site that closes each connection does so in peace, whatever it is asked") {
    const PracticeSite site({"--plain", "--accept", "close"});
    const RawClient client(site);
    CHECK(client.read_to_end().empty());
    for (int time = 0; time < 2; ++time) {  // after a reset, the second time would be an error
        CHECK_NOTHROW(client.send(get("/page/1")));
        CHECK(client.read_to_end().empty());
    }
}

TEST_CASE("the first byte of what drips comes at once") {
    const PracticeSite site({"--plain"});
    const RawClient client(site);
    client.send(get("/drip/600000/bytes/4"));
    CHECK(body_of(client.read_response(1)) == "T");
}

// Otherwise a small segment would wait for the client to acknowledge the one before (Nagle's
// algorithm). The first ten need not wait for room (RFC 6928).
TEST_CASE("what drips goes out byte by byte, however late the client acknowledges") {
    const PracticeSite site({"--plain"});
    const RawClient client(site);
    client.acknowledge_late();
    client.send(closing("/drip/1/bytes/8"));
    CHECK(eventually([&] {
        const auto stats = stats_of(site);
        return stats["requests"] == 1 && stats["in_flight"] == 0;
    }));
    CHECK(client.read_to_end().ends_with("\r\n\r\nThis is "));
    CHECK(client.count_segments() >= 9);
}

TEST_CASE("a body drips also behind a header that drips") {
    const PracticeSite site({"--plain"});
    const auto begin = std::chrono::steady_clock::now();
    CHECK(answer_to(site, closing("/drip-header/1/drip/500/bytes/4")).ends_with("\r\n\r\nThis"));
    CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(3 * 500));
}

TEST_CASE("bytes that nobody asked for come after the page, and the connection goes on") {
    const PracticeSite site({"--plain"});
    const std::string all =
        answer_to(site, get("/more/nobody%20asked/bytes/5") + closing("/bytes/4"));
    CHECK(contains(all, "\r\n\r\nThis nobody askedHTTP/1.1 200 OK\r\n"));
    CHECK(all.ends_with("\r\n\r\nThis"));
    const RawClient client(site);
    client.send(closing("/more/x/bytes/5"));
    client.read_to_end();
    CHECK(client.count_segments() >= 2);  // each write is a segment
}

TEST_CASE("bytes that nobody asked for come also behind an answer without a body") {
    const PracticeSite site({"--plain"});
    for (const char* empty : {"status/204", "redirect-to/x", "bytes/0"}) {
        CAPTURE(empty);
        CHECK(body_of(answer_to(site, closing(fmt::format("/more/nobody/{}", empty)))) == "nobody");
    }
}

TEST_CASE("a page of several MiB is its content, and the connection goes on") {
    const PracticeSite site({"--plain"});
    // Its line is longer than page 7's, which is as long as page 0's.
    const std::string all = answer_to(site, get("/bytes/3000000/page/1234") + closing("/bytes/5"));
    const std::string body = body_of(all);
    CHECK((body.substr(0, 3'000'000) == practice_site::page_content(1234, 3'000'000)));
    CHECK(body.substr(3'000'000).starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(body.ends_with("\r\n\r\nThis "));
}

TEST_CASE("what is special about a page is so about one of several MiB, too") {
    const PracticeSite site({"--plain"});
    const auto answer = [&](const std::string& special) {
        return answer_to(site, closing(fmt::format("/{}/bytes/2000000", special)));
    };
    const std::string chunked = answer("chunked");
    CHECK(contains(header_of(chunked), "\r\nTransfer-Encoding: chunked\r\n"));
    CHECK(chunked.ends_with("\r\n0\r\n\r\n"));
    CHECK_FALSE(contains(header_of(answer("until-close")), "Content-Length"));
    CHECK(contains(header_of(answer_to(site, get("/close/bytes/2000000"))), "Connection: close"));
    CHECK(body_of(answer("truncate/7")).size() == 7);
    CHECK_THROWS_AS(answer("reset/7"), std::system_error);
    CHECK(contains(header_of(answer("header-lines/2")), "\r\nX-Filler-1: x\r\n"));
    CHECK(contains(header_of(answer("header-bytes/9")), "\r\nX-Filler: "));
    CHECK(answer("status/404").starts_with("HTTP/1.1 404 Not Found\r\n"));
    CHECK(contains(answer("redirect-to/x"), "\r\nLocation: x\r\n"));
    CHECK(answer("more/nobody").ends_with("nobody"));
    const auto time_of = [&](const std::string& drip, std::size_t body) {
        const auto begin = std::chrono::steady_clock::now();
        const RawClient client(site);
        client.send(get(fmt::format("/{}/bytes/2000000", drip)));
        client.read_response(body);
        return std::chrono::steady_clock::now() - begin;
    };
    CHECK(time_of("drip/200", 3) >= std::chrono::milliseconds(2 * 200));
    CHECK(time_of("drip-header/2", 0) >= std::chrono::milliseconds(2 * 50));  // it is longer
}

TEST_CASE("a connection counts also where its TLS handshake fails") {
    const PracticeSite site;
    const RawClient client(site);
    client.end_output();  // what is left unread would end the connection with a reset
    client.read_to_end();
    CHECK(stats_of(site)["connections"] == 2);  // one is ours
}

}  // namespace
