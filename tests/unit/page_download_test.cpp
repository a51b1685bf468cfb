// What becomes of a page is decided without a socket: bytes in, in every cut, and a result out.
#include "common/page/page_download.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/page/errors.hpp"
#include "common/page/http_rules.hpp"
#include "support/processes.hpp"

namespace {

using common::Clock;
using common::DownloadError;
using common::ErrorKind;
using common::Options;
using common::Page;
using common::PageDownload;
using common::Result;
using common::Timestamps;
using common::Url;

const std::string ok = "HTTP/1.1 200 OK\r\n";
const std::string hello = ok + "Content-Length: 5\r\n\r\nhello";
const std::string nothing_there = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone";

std::string redirect_to(const std::string& location) {
    return "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + "\r\n\r\n";
}

Clock::time_point at(int milliseconds) {
    return Clock::time_point(std::chrono::milliseconds(milliseconds));
}

// A page, and what a client does for it.
struct Download {
    explicit Download(const std::string& url, Options its_options = {})
        : options(std::move(its_options)), page(options, 0, url, {}) {}

    // Asks over a new connection or a kept one. What is asked for, or "" when nothing is.
    std::string ask(bool kept = false) {
        const Url* url = page.next(at(0));
        if (!url)
            return "";
        const std::string text = url->text();
        CHECK(page.request(kept) == common::request_text(*url));
        return text;
    }
    void take(std::string_view bytes, std::size_t piece = 1000) {
        for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size())))
            page.take(bytes.substr(0, piece));
    }
    std::string result() {
        if (page.next(at(0)))
            return "not decided";
        const Result result = page.finish(at(0));
        if (const auto* arrived = std::get_if<Page>(&result))
            return fmt::format("{}, {} bytes", arrived->status, arrived->bytes);
        return std::string(name_of(std::get<DownloadError>(result).kind));
    }
    // Of a page that failed.
    std::string message() {
        const Result result = page.finish(at(0));
        const auto* error = std::get_if<DownloadError>(&result);
        return error ? error->message : "arrived";
    }

    Options options;
    PageDownload page;
};

// The outcome of a reply over a new connection, when the connection ends after it.
std::string outcome_of(const std::string& reply, std::size_t piece) {
    Download download("http://a/");
    download.ask();
    download.take(reply, piece);
    if (download.page.wants_more())
        download.page.ended();
    return download.result();
}

TEST_CASE("a reply means the same in every cut") {
    struct Example {
        std::string reply;
        std::string outcome;
    };
    const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
    const std::string redirect =
        "HTTP/1.1 302 Found\r\nContent-Length: 4\r\nLocation: /b\r\n\r\ngone";
    for (const Example& example :
         std::vector<Example>{{hello, "200, 5 bytes"},
                              {ok + "\r\nuntil the end", "200, 13 bytes"},
                              {ok + "\r\n", "200, 0 bytes"},
                              {chunked + "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "200, 11 bytes"},
                              {"HTTP/1.1 100 Continue\r\n\r\n" + hello, "200, 5 bytes"},
                              {"HTTP/1.1 204 -\r\n\r\n", "204, 0 bytes"},
                              {nothing_there, "http_status"},
                              {"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "http_status"},
                              {hello.substr(0, hello.size() - 1), "truncated"},
                              {nothing_there.substr(0, nothing_there.size() - 1), "truncated"},
                              {redirect.substr(0, redirect.size() - 1), "truncated"},
                              {ok, "truncated"},
                              {"", "truncated"},
                              {"garbage", "protocol"},
                              {chunked + "x\r\n", "protocol"},
                              {redirect_to("file:///etc/passwd"), "bad_url"}}) {
        CAPTURE(example.reply);
        for (std::size_t piece = 1; piece <= example.reply.size() + 1; ++piece)
            CHECK(outcome_of(example.reply, piece) == example.outcome);
    }
}

TEST_CASE("no more is wanted once the outcome is known") {
    for (const char* large :
         {"Content-Length: 6\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n6\r\nunseen"}) {
        Download download("http://a/", {.max_bytes = 5});
        download.ask();
        CHECK(download.page.wants_more());
        download.take(ok + large);
        CHECK_FALSE(download.page.wants_more());
        CHECK(download.result() == "too_large");
    }
}

TEST_CASE("the limit is for pages, and not for what a redirect or an error says beside them") {
    const std::string rest = "Content-Length: 6\r\n\r\nunseen";
    Download missing("http://a/", {.max_bytes = 5});
    missing.ask();
    missing.take("HTTP/1.1 404 -\r\n" + rest);
    CHECK(missing.result() == "http_status");
    Download led("http://a/", {.max_bytes = 5});
    led.ask();
    led.take("HTTP/1.1 302 -\r\nLocation: /b\r\n" + rest);
    CHECK(led.ask() == "http://a/b");
    led.take(hello);  // of exactly the limit
    CHECK(led.result() == "200, 5 bytes");
}

TEST_CASE("redirects are followed ten times, each from where the last one led") {
    Download download("http://a/0/");
    for (int hop = 0; hop < 10; ++hop) {
        CHECK(download.ask() == fmt::format("http://a/{}/", hop));
        download.take(redirect_to(fmt::format("../{}/", hop + 1)));
    }
    CHECK(download.ask() == "http://a/10/");
    SUBCASE("the tenth leads to the page") {
        download.take(hello);
        CHECK(download.result() == "200, 5 bytes");
    }
    SUBCASE("an eleventh is one too many") {
        download.take(redirect_to("../11/"));
        CHECK(download.result() == "too_many_redirects");
    }
}

TEST_CASE("a body that nobody wants is read up to a limit, and the connection lost beyond it") {
    for (const std::size_t size : {std::size_t{65536}, std::size_t{65537}}) {
        Download download("http://a/");
        download.ask();
        download.take(fmt::format("HTTP/1.1 404 -\r\nContent-Length: {}\r\n\r\n", size));
        CHECK(download.page.wants_more());
        download.take(std::string(size, 'x'));
        CHECK_FALSE(download.page.wants_more());
        CHECK(download.page.reusable() == (size == 65536));
        CHECK(download.result() == "http_status");
    }
}

TEST_CASE("an answer counts also where its body is too long to be read") {
    const std::string rest = "Content-Length: 65537\r\n\r\n" + std::string(65537, 'x');
    Download led("http://a/");
    led.ask();
    led.take("HTTP/1.1 302 -\r\nLocation: /b\r\n" + rest);
    CHECK_FALSE(led.page.reusable());
    CHECK(led.ask() == "http://a/b");
    Download late("http://a/");
    late.ask(true);
    late.take("HTTP/1.1 408 -\r\n" + rest);
    CHECK_FALSE(late.page.may_use_kept_connection());
    CHECK(late.ask() == "http://a/");
}

TEST_CASE("a kept connection that broke before the answer is replaced once") {
    const auto lose = [](Download& download, std::optional<ErrorKind> how) {
        if (how)
            download.page.failed({.kind = *how});
        else
            download.page.ended();
    };
    for (const std::optional<ErrorKind> how : std::vector<std::optional<ErrorKind>>{
             {}, ErrorKind::reset, ErrorKind::truncated, ErrorKind::tls}) {
        const auto kind = name_of(how.value_or(ErrorKind::truncated));
        CAPTURE(kind);
        for (const bool again : {false, true}) {
            Download download("http://a/b");
            CHECK(download.page.may_use_kept_connection());
            download.ask(true);
            lose(download, how);
            CHECK_FALSE(download.page.may_use_kept_connection());
            CHECK_FALSE(download.page.wants_more());
            CHECK(download.ask(false) == "http://a/b");
            if (again)
                lose(download, how);
            else
                download.take(hello);
            CHECK(download.page.reusable() == !again);
            CHECK(download.result() == (again ? kind : "200, 5 bytes"));
        }
    }
}

TEST_CASE("a kept connection that broke is not replaced over and over where none can be made") {
    for (const ErrorKind kind : {ErrorKind::tls, ErrorKind::reset}) {
        Download download("http://a/");
        download.ask(true);
        download.page.ended();
        REQUIRE(download.page.next(at(0)));
        download.page.failed({.kind = kind});
        CHECK(download.result() == name_of(kind));
    }
}

TEST_CASE("nothing is asked again after a first byte, or on a new connection, or without time") {
    Download answered("http://a/");
    answered.ask(true);
    answered.take("H");
    answered.page.ended();
    CHECK(answered.result() == "truncated");

    Download fresh("http://a/");
    fresh.ask(false);
    fresh.page.failed({.kind = ErrorKind::reset});
    CHECK(fresh.result() == "reset");

    for (const ErrorKind kind : {ErrorKind::timeout, ErrorKind::stopped, ErrorKind::internal}) {
        Download late("http://a/");
        late.ask(true);
        late.page.failed({.kind = kind});
        CHECK(late.result() == name_of(kind));
    }
}

TEST_CASE("408 on a kept connection is not of this request: it is sent again on a new one") {
    const std::string too_late = "HTTP/1.1 408 -\r\nContent-Length: 0\r\n\r\n";
    Download download("http://a/");
    download.ask(true);
    download.take(too_late);
    CHECK_FALSE(download.page.reusable());
    CHECK_FALSE(download.page.may_use_kept_connection());
    CHECK(download.ask(false) == "http://a/");
    SUBCASE("which may bring the page") {
        download.take(hello);
        CHECK(download.result() == "200, 5 bytes");
    }
    SUBCASE("which may say the same, and mean it") {
        download.take(too_late);
        CHECK(download.result() == "http_status");
    }
}

TEST_CASE("a connection is used again only after a complete response and nothing more") {
    const auto reusable_after = [](const std::string& reply, std::size_t piece) {
        Download download("http://a/");
        CHECK_FALSE(download.page.reusable());
        download.ask();
        CHECK_FALSE(download.page.reusable());
        download.take(reply, piece);
        return download.page.reusable();
    };
    const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    const std::string no_content = "HTTP/1.1 204 -\r\n\r\n";
    for (const std::string& reply : {hello, chunked, no_content, nothing_there}) {
        CAPTURE(reply);
        for (std::size_t piece = 1; piece <= reply.size() + 1; ++piece)
            CHECK(reusable_after(reply, piece));
        for (const std::string& more : {std::string("\r\n"), std::string("x"), hello})
            CHECK_FALSE(reusable_after(reply + more, 1000));
        CHECK_FALSE(reusable_after(reply.substr(0, reply.size() - 1), 1000));
    }
    for (const std::string& reply :
         {ok + "Connection: close\r\nContent-Length: 5\r\n\r\nhello",
          std::string("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"), ok + "\r\nhello",
          std::string("garbage")})
        CHECK_FALSE(reusable_after(reply, 1000));
}

TEST_CASE("a failure after the response comes too late to change it") {
    Download download("http://a/");
    download.ask();
    download.take(hello);
    download.page.failed({.kind = ErrorKind::reset});
    download.page.ended();
    CHECK(download.result() == "200, 5 bytes");
}

TEST_CASE("an end of the connection after the response does not count the response again") {
    const test_support::TemporaryDirectory directory;
    Download download("http://a/", {.save_directory = directory.path()});
    for (int hop = 0; hop < 10; ++hop) {
        download.ask();
        download.take(redirect_to("/"));
        download.page.ended();
    }
    CHECK(download.ask() == "http://a/");
    download.take(hello);
    download.page.ended();
    CHECK(download.result() == "200, 5 bytes");
    CHECK(test_support::read_text(directory.file("000001_a_")) == "hello");
}

TEST_CASE("times mark the last redirect and forget what came before it") {
    Download download("http://a/");
    REQUIRE(download.page.next(at(1)));
    CHECK(download.page.times().redirected == Clock::time_point());
    constexpr std::array forgotten = {&Timestamps::resolved, &Timestamps::connected,
                                      &Timestamps::secured, &Timestamps::requested,
                                      &Timestamps::answered};
    for (const int redirected : {3, 5}) {
        for (const auto mark : forgotten)
            download.page.times().*mark = at(2);
        download.page.request(false);
        download.take(redirect_to("/b"));
        REQUIRE(download.page.next(at(redirected)));
        CHECK(download.page.times().redirected == at(redirected));
        for (const auto mark : forgotten)
            CHECK(download.page.times().*mark == Clock::time_point());
    }
    download.page.request(false);
    download.take(hello);
    CHECK_FALSE(download.page.next(at(6)));
    CHECK(times_of(download.page.finish(at(7))).received == at(7));
}

TEST_CASE("a page that was cut short tells how far it came") {
    const auto message_after = [](const std::string& reply) {
        Download download("http://a/b");
        download.ask();
        download.take(reply);
        download.page.ended();
        return download.message();
    };
    CHECK(message_after("") == "a closed the connection before it answered; try again later");
    CHECK(message_after(ok) == "a closed the connection within the header; try again later");
    CHECK(message_after(ok + "Content-Length: 5\r\n\r\nhell") ==
          "a closed the connection after 4 bytes of the body; try again later");
    CHECK(message_after(ok + "Content-Length: x\r\n\r\n") ==
          "a did not answer in HTTP/1.1: Content-Length 'x' is not a number; is it a web server?");
}

TEST_CASE("an error names where the redirect led, and a loop the page of the list") {
    Download led("http://a/b");
    led.ask();
    led.take(redirect_to("http://c/d"));
    led.ask();
    led.take(nothing_there);
    CHECK(led.message() == "http://c/d answered with status 404; check the URL");
    Download loop("http://a/b#c");
    for (int hop = 0; hop <= 10; ++hop) {
        loop.ask();
        loop.take(redirect_to("http://c/d"));
    }
    CHECK(loop.message() == "http://a/b#c is redirected more than 10 times; is it a loop?");
}

TEST_CASE("what was left unread of one response does not count for the next") {
    Download download("http://a/");
    for (int hop = 0; hop < 3; ++hop) {
        download.ask();
        download.take("HTTP/1.1 302 -\r\nContent-Length: 40000\r\nLocation: /b\r\n\r\n" +
                      std::string(40'000, 'x'));
        CHECK(download.page.reusable());
    }
    CHECK(download.ask() == "http://a/b");
}

TEST_CASE("a request that is repeated is no redirect") {
    Download download("http://a/");
    REQUIRE(download.page.next(at(1)));
    download.page.request(true);
    download.page.times().requested = at(1);
    download.page.ended();
    REQUIRE(download.page.next(at(2)));
    CHECK(download.page.times().requested ==
          Clock::time_point());  // over the connection that broke
    CHECK(download.page.times().redirected == Clock::time_point());

    download.page.request(false);
    download.take(redirect_to("http://c/d"));
    REQUIRE(download.page.next(at(3)));
    download.page.request(true);
    download.page.ended();
    const Url* again = download.page.next(at(4));
    REQUIRE(again);
    CHECK(again->text() == "http://c/d");
    CHECK(download.page.times().redirected == at(3));
}

}  // namespace
