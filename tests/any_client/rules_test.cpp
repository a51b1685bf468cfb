// The rules of RFC 9110 and RFC 9112 that a first client meets, byte by byte.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

#include "raw_client.hpp"
#include "support/practice_site_client.hpp"
#include "support/text.hpp"

namespace {

using any_client::answer_to;
using any_client::body_of;
using any_client::header_of;
using any_client::RawClient;
using common::PracticeSite;
using test_support::contains;
using test_support::count_of;
using test_support::log_of;
using test_support::stats_of;
using test_support::Strings;

std::string request(const std::string& line, const std::string& more = "") {
    return fmt::format("{}\r\nHost: a\r\n{}\r\n", line, more);
}
std::string get(const std::string& target, const std::string& more = "Connection: close\r\n") {
    return request(fmt::format("GET {} HTTP/1.1", target), more);
}

TEST_CASE("a connection that the client wants closed is closed after the answer, and says so") {
    const PracticeSite site({"--plain"});
    for (const char* target : {"/bytes/5", "/chunked/bytes/5", "/", "/stats", "/status/404", "/no",
                               "/bytes/2000000", "/hang-up"}) {
        CAPTURE(target);
        const std::string response = answer_to(site, get(target));
        CHECK(response.starts_with("HTTP/1.1 "));
        CHECK(count_of(response, "\r\nConnection: close\r\n") == 1);
    }
}

TEST_CASE("a wish to close holds whatever other Connection fields say") {
    const PracticeSite site({"--plain"});
    for (const char* fields :
         {"Connection: close\r\nConnection: x\r\n", "Connection: x\r\nConnection: close\r\n",
          "Connection: close\r\nConnection: keep-alive\r\n"})
        CHECK(contains(answer_to(site, get("/bytes/5", fields)), "\r\nConnection: close\r\n"));
    const std::string response =
        answer_to(site,
                  "GET /bytes/1 HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n"
                  "GET /bytes/2 HTTP/1.0\r\n\r\n");
    CHECK(contains(response, "\r\nConnection: close\r\n"));
    CHECK(body_of(response) == "T");
}

TEST_CASE("without that wish the next request goes over the same connection") {
    const PracticeSite site({"--plain"});
    const RawClient client(site);
    for (int i = 0; i < 3; ++i) {
        client.send(get("/bytes/5/page/3", ""));
        const std::string response = client.read_response(5);
        CHECK(body_of(response) == "This ");
        CHECK_FALSE(contains(response, "Connection:"));
    }
    CHECK(stats_of(site) ==
          nlohmann::json{
              {"requests", 3}, {"connections", 2}, {"in_flight", 0}, {"most_in_flight", 1}});
}

TEST_CASE("an HTTP/1.0 client that reads to the end gets the whole body, and no chunks") {
    const PracticeSite site({"--plain"});
    for (const char* target : {"/bytes/50", "/chunked/bytes/50", "/until-close/bytes/50"}) {
        CAPTURE(target);
        for (const char* host : {"", "Host: a\r\n"}) {
            const std::string response =
                answer_to(site, fmt::format("GET {} HTTP/1.0\r\n{}\r\n", target, host));
            CHECK(response.starts_with("HTTP/1.1 200 OK\r\n"));
            CHECK(body_of(response) == "This is page 0 of the practice site.\nThis is page ");
            CHECK_FALSE(contains(response, "Transfer-Encoding"));
        }
    }
}

TEST_CASE("an HTTP/1.0 client that asks to keep the connection can, and is told so") {
    const PracticeSite site({"--plain"});
    const RawClient client(site);
    for (int i = 0; i < 2; ++i) {
        client.send("GET /bytes/4 HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
        const std::string response = client.read_response(4);
        CHECK(contains(response, "\r\nConnection: keep-alive\r\n"));
        CHECK(body_of(response) == "This");
    }
}

TEST_CASE("a wish to keep holds whatever other Connection fields say") {
    const PracticeSite site({"--plain"});
    for (const char* fields : {"Connection: keep-alive\r\nConnection: x\r\n",
                               "Connection: x\r\nConnection: x, Keep-Alive\r\n"}) {
        const std::string both =
            fmt::format("GET /bytes/1 HTTP/1.0\r\n{}\r\nGET /bytes/2 HTTP/1.0\r\n\r\n", fields);
        CHECK(count_of(answer_to(site, both), "HTTP/1.1 200 OK\r\n") == 2);
    }
}

TEST_CASE("what HTTP/1.0 knows no end of ends with its connection") {
    const PracticeSite site({"--plain"});
    const std::string response =
        answer_to(site, "GET /chunked/bytes/4 HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
    CHECK(body_of(response) == "This");
    CHECK_FALSE(contains(response, "keep-alive"));
}

TEST_CASE("who is hung up on has the whole page, and no word of it") {
    const PracticeSite site({"--plain"});
    for (const std::size_t bytes : {5U, 2'000'000U}) {
        const std::string response =
            answer_to(site, get(fmt::format("/hang-up/bytes/{}", bytes), ""));
        CHECK(body_of(response).size() == bytes);
        CHECK_FALSE(contains(response, "Connection:"));
    }
}

TEST_CASE("so many bytes more of header are as many") {
    const PracticeSite site({"--plain"});
    const std::size_t plain = header_of(answer_to(site, get("/bytes/5"))).size();
    for (const std::size_t more : {100U, 2000U, 70'000U}) {
        CAPTURE(more);
        const std::string target = fmt::format("/header-bytes/{}/bytes/5", more);
        CHECK(header_of(answer_to(site, get(target))).size() == plain + more);
    }
}

TEST_CASE("HEAD gets the header that GET gets, and no body") {
    const PracticeSite site({"--plain"});
    for (const char* target :
         {"/", "/stats", "/no-such-page", "/page/1", "/bytes/3000000", "/chunked", "/until-close",
          "/status/404", "/status/204", "/redirect/1", "/header-lines/3", "/truncate/10",
          "/drip/1/bytes/9", "/drip-header/1", "/hang-up", "/delay/1"}) {
        CAPTURE(target);
        const std::string head = answer_to(
            site, request(fmt::format("HEAD {} HTTP/1.1", target), "Connection: close\r\n"));
        CHECK(head == header_of(answer_to(site, get(target))));
    }
    CHECK(body_of(answer_to(site, request("HEAD /endless HTTP/1.1"))).empty());
}

TEST_CASE("a page that ends the connection ends it after HEAD, too, and says so") {
    const PracticeSite site({"--plain"});
    for (const char* target : {"/close", "/until-close", "/truncate/10"}) {
        CAPTURE(target);
        const std::string head = answer_to(site, request(fmt::format("HEAD {} HTTP/1.1", target)));
        CHECK(contains(head, "\r\nConnection: close\r\n"));
        CHECK(head == header_of(answer_to(site, get(target, ""))));
    }
}

TEST_CASE("raw bytes are all that HEAD gets, too") {
    const PracticeSite site({"--plain"});
    CHECK(answer_to(site, request("HEAD /raw/x HTTP/1.1", "Connection: close\r\n")) == "x");
}

TEST_CASE("after HEAD the connection goes on") {
    const PracticeSite site({"--plain"});
    const RawClient client(site);
    client.send(request("HEAD /bytes/7 HTTP/1.1") + get("/bytes/5/page/2", ""));
    CHECK(contains(client.read_response(0), "\r\nContent-Length: 7\r\n"));
    CHECK(body_of(client.read_response(5)) == "This ");
}

TEST_CASE("another method is not allowed, and the answer says which are") {
    const PracticeSite site({"--plain"});
    for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW", "get"}) {
        CAPTURE(method);
        const std::string response =
            answer_to(site, request(fmt::format("{} /page/1 HTTP/1.1", method)));
        CHECK(response.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
        CHECK(contains(response, "\r\nAllow: GET, HEAD\r\n"));
    }
    CHECK(log_of(site).empty());
}

TEST_CASE("a target may be a whole URL, as a proxy is asked") {
    const PracticeSite site({"--plain"});
    for (const char* target : {"http://a/bytes/5", "HTTP://a:80/bytes/5", "https://a/bytes/5"}) {
        CAPTURE(target);
        CHECK(answer_to(site, get(target)) == answer_to(site, get("/bytes/5")));
    }
    CHECK(log_of(site) == nlohmann::json{{"/bytes/5", 6}});
    CHECK(contains(answer_to(site, get("http://a")), "<title>"));
    CHECK(body_of(answer_to(site, get("http://a?x"))).size() == 1024);
    for (const char* target : {"page", "*", "a:80", "ftp://a/page/1", "http", "https", "http:/a"})
        CHECK(answer_to(site, get(target)).starts_with("HTTP/1.1 400 Bad Request\r\n"));
}

TEST_CASE("HTTP/1.1 needs one Host, and every version needs no more than one") {
    const PracticeSite site({"--plain"});
    const std::string bad = "HTTP/1.1 400 Bad Request\r\n";
    CHECK(answer_to(site, "GET /page/1 HTTP/1.1\r\n\r\n").starts_with(bad));
    CHECK(answer_to(site, "HEAD /page/1 HTTP/1.1\r\n\r\n").starts_with(bad));
    CHECK(answer_to(site, get("/page/1", "host: b\r\n")).starts_with(bad));
    CHECK(answer_to(site, "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n").starts_with(bad));
    CHECK(answer_to(site, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n").starts_with(bad));
    CHECK(log_of(site).empty());
}

TEST_CASE("a Host is a name or an address, perhaps with a port, and nothing else") {
    const PracticeSite site({"--plain"});
    const auto status_for = [&](const std::string& host) {
        return answer_to(site, fmt::format("GET /bytes/1 HTTP/1.1\r\nHost: {}\r\n"
                                           "Connection: close\r\n\r\n",
                                           host))
            .substr(9, 3);
    };
    for (const char* host : {"a-b.example:8080", "127.0.0.1", "[::1]:80", "", " a "}) {
        CAPTURE(host);
        CHECK(status_for(host) == "200");
    }
    for (const char* host :
         {"a b", "a\tb", "a/b", "a?b", "a#b", "a@b", "a,b", "a<b", "a>b", "a\"b", "a\\b"}) {
        CAPTURE(host);
        CHECK(status_for(host) == "400");
    }
}

TEST_CASE("a carriage return or a NUL within a line is refused") {
    const PracticeSite site({"--plain"});
    for (const char byte : {'\r', '\0'}) {
        const std::string text = std::string("a") + byte + "b";
        CHECK(answer_to(site, get("/page/1", "X: " + text + "\r\n")).starts_with("HTTP/1.1 400 "));
        CHECK(answer_to(site, get("/" + text)).starts_with("HTTP/1.1 400 "));
    }
    CHECK(log_of(site).empty());
}

TEST_CASE("what is no request is refused at once") {
    const PracticeSite site({"--plain"});
    for (const char* line :
         {"GET /page/1\r\n\r\n", "GET /page 1 HTTP/1.1\r\nHost: a\r\n\r\n", "HELLO\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", "\x16\x03\x01",  // TLS begins so
          "GET / HTTP/1.1\r\nHost: a\r\nName : b\r\n\r\n", "GET / FTP/1.1\r\n\r\n"}) {
        CAPTURE(line);
        CHECK(answer_to(site, line).starts_with("HTTP/1.1 400 Bad Request\r\n"));
    }
    CHECK(answer_to(site, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
              .starts_with("HTTP/1.1 505 HTTP Version Not Supported\r\n"));
}

TEST_CASE("a later HTTP/1 is answered as HTTP/1.1, and what was before HTTP/1.0 is refused") {
    const PracticeSite site({"--plain"});
    const std::string later = "GET /chunked/bytes/1 HTTP/1.2\r\nHost: a\r\n";  // RFC 9112, 2.5
    CHECK(answer_to(site, later + "\r\n" + later + "Connection: close\r\n\r\n")
              .ends_with("\r\n\r\n1\r\nT\r\n0\r\n\r\n"));
    CHECK(log_of(site) == nlohmann::json{{"/chunked/bytes/1", 2}});
    CHECK(answer_to(site, request("GET / HTTP/0.9")).starts_with("HTTP/1.1 505 "));
}

TEST_CASE("a refusal says which rule was broken") {
    const PracticeSite site({"--plain"});
    const auto refusal = [&](const std::string& text) { return body_of(answer_to(site, text)); };
    CHECK(refusal("GET / HTTP/1.1\r\n\r\n") ==
          "400 Bad Request: HTTP/1.1 needs a Host field (RFC 9112, 3.2)\n");
    const std::string one_host =
        "400 Bad Request: one Host field, with a host in it (RFC 9112, 3.2)\n";
    CHECK(refusal(get("/", "Host: b\r\n")) == one_host);
    CHECK(refusal("GET / HTTP/1.1\r\nHost: a b\r\n\r\n") == one_host);
    CHECK(refusal(get("/", "no colon\r\n")) ==
          "400 Bad Request: a header field is not 'Name: value' (RFC 9112, 5)\n");
    CHECK(refusal(get("page")) ==
          "400 Bad Request: the target is neither a path nor a URL (RFC 9112, 3.2)\n");
    for (const char* line : {"HELLO\r\n\r\n", "GET / FTP/1.1\r\n\r\n"})
        CHECK(refusal(line) == "400 Bad Request: not 'METHOD TARGET HTTP/1.1' (RFC 9112, 3)\n");
    CHECK(refusal("\x16\x03\x01") ==
          "400 Bad Request: this is not HTTP; or https is spoken to a site with --plain\n");
    CHECK(refusal(request("POST / HTTP/1.1")) ==
          "405 Method Not Allowed: only GET and HEAD, in capitals (RFC 9110, 9.1)\n");
    CHECK(refusal("GET /" + std::string(80'000, 'x')) ==
          "414 URI Too Long: a request line of more than 64 KiB\n");
    CHECK(refusal(get("/", "X: " + std::string(80'000, 'x') + "\r\n")) ==
          "431 Request Header Fields Too Large: a header of more than 64 KiB\n");
    CHECK(refusal(request("GET / HTTP/2.0")) ==
          "505 HTTP Version Not Supported: only HTTP/1.1 and HTTP/1.0\n");
    CHECK(refusal("HEAD / HTTP/1.1\r\n\r\n").empty());
}

TEST_CASE("who leaves in the middle of a request gets no answer, and others get theirs") {
    const PracticeSite site({"--plain"});
    const RawClient client(site);
    client.send("GET /page/1 HTTP/1.1\r\nHost: a\r\n");
    client.end_output();
    CHECK(client.read_to_end().empty());
    CHECK(log_of(site).empty());
}

TEST_CASE("a request that is too long is refused, and the answer is not lost to a reset") {
    const PracticeSite site({"--plain"});
    const std::string long_text(1024 * 1024, 'x');
    CHECK(answer_to(site, get("/" + long_text)).starts_with("HTTP/1.1 414 URI Too Long\r\n"));
    CHECK(answer_to(site, "GET /" + long_text.substr(0, 80'000))
              .starts_with("HTTP/1.1 414 URI Too Long\r\n"));
    for (const std::string& fields : {"X: " + long_text + "\r\n", [] {
                                          std::string many;
                                          for (int i = 0; i < 100'000; ++i)
                                              many += "X: y\r\n";
                                          return many;
                                      }()})
        CHECK(answer_to(site, get("/page/1", fields))
                  .starts_with("HTTP/1.1 431 Request Header Fields Too Large\r\n"));
    CHECK(answer_to(site, "GET / HTTP/1.1\r\nHost: a\r\nX: " + long_text.substr(0, 80'000))
              .starts_with("HTTP/1.1 431 Request Header Fields Too Large\r\n"));
    CHECK(log_of(site).empty());
    CHECK(answer_to(site, get("/" + std::string(60'000, 'x'))).starts_with("HTTP/1.1 404 "));
}

TEST_CASE("64 KiB are not too long, and one byte more is") {
    const PracticeSite site({"--plain"});
    const std::size_t most = 64 * 1024;
    const auto with_field = [](std::size_t more) {
        return get("/bytes/1", "Connection: close\r\nX: " + std::string(more, 'x') + "\r\n");
    };
    const std::size_t header = most - with_field(0).size();
    CHECK(answer_to(site, with_field(header)).starts_with("HTTP/1.1 200 "));
    CHECK(answer_to(site, with_field(header + 1)).starts_with("HTTP/1.1 431 "));
    const std::size_t target = most - std::string("GET / HTTP/1.1\r").size();
    CHECK(answer_to(site, get("/" + std::string(target, 'x'))).starts_with("HTTP/1.1 431 "));
    CHECK(answer_to(site, get("/" + std::string(target + 1, 'x'))).starts_with("HTTP/1.1 414 "));
}

TEST_CASE("a request's body is not the next request") {
    const PracticeSite site({"--plain"});
    const std::string next = get("/page/9");
    const std::string length = fmt::format("Content-Length: {}\r\n", next.size());
    const std::string chunks = "Transfer-Encoding: chunked\r\n";
    const std::string chunk = fmt::format("{:x}\r\n{}\r\n0\r\n\r\n", next.size(), next);
    for (const char* method : {"GET", "HEAD", "POST", "PUT"}) {
        CAPTURE(method);
        const std::string line = fmt::format("{} /page/1 HTTP/1.1", method);
        CHECK(count_of(answer_to(site, request(line, length) + next), "HTTP/1.1 ") == 1);
        CHECK(count_of(answer_to(site, request(line, chunks) + chunk), "HTTP/1.1 ") == 1);
    }
    CHECK(log_of(site) == nlohmann::json{{"/page/1", 4}});
}

TEST_CASE("a request that says its body is empty is followed by the next") {
    const PracticeSite site({"--plain"});
    CHECK(answer_to(site, get("/bytes/1", "Content-Length: 0\r\n") + get("/bytes/2"))
              .ends_with("\r\n\r\nTh"));
}

TEST_CASE("what comes after the last request does not cost it its answer") {
    const PracticeSite site({"--plain"});
    CHECK(answer_to(site, get("/bytes/5") + std::string(1024 * 1024, 'x'))
              .ends_with("\r\n\r\nThis "));
}

TEST_CASE("a large body that nobody reads does not cost its sender the answer") {
    const PracticeSite site({"--plain"});
    const std::string body(4 * 1024 * 1024, 'x');
    const std::string length = fmt::format("Content-Length: {}\r\n", body.size());
    CHECK(answer_to(site, request("POST /page/1 HTTP/1.1", length) + body)
              .starts_with("HTTP/1.1 405 "));
    const RawClient patient(site);  // it sends the body once it has seen an answer
    patient.send(request("GET /bytes/5 HTTP/1.1", length));
    CHECK(patient.read_response(5).starts_with("HTTP/1.1 200 "));
    patient.send(body);
    CHECK(patient.read_to_end().empty());
}

TEST_CASE("a status has its standard phrase") {
    const PracticeSite site({"--plain"});
    for (const char* status : {"100 Continue",
                               "101 Switching Protocols",
                               "200 OK",
                               "201 Created",
                               "202 Accepted",
                               "203 Non-Authoritative Information",
                               "204 No Content",
                               "205 Reset Content",
                               "206 Partial Content",
                               "300 Multiple Choices",
                               "301 Moved Permanently",
                               "302 Found",
                               "303 See Other",
                               "304 Not Modified",
                               "305 Use Proxy",
                               "307 Temporary Redirect",
                               "308 Permanent Redirect",
                               "400 Bad Request",
                               "401 Unauthorized",
                               "402 Payment Required",
                               "403 Forbidden",
                               "404 Not Found",
                               "405 Method Not Allowed",
                               "406 Not Acceptable",
                               "407 Proxy Authentication Required",
                               "408 Request Timeout",
                               "409 Conflict",
                               "410 Gone",
                               "411 Length Required",
                               "412 Precondition Failed",
                               "413 Content Too Large",
                               "414 URI Too Long",
                               "415 Unsupported Media Type",
                               "416 Range Not Satisfiable",
                               "417 Expectation Failed",
                               "421 Misdirected Request",
                               "422 Unprocessable Content",
                               "426 Upgrade Required",
                               "428 Precondition Required",
                               "429 Too Many Requests",
                               "431 Request Header Fields Too Large",
                               "500 Internal Server Error",
                               "501 Not Implemented",
                               "502 Bad Gateway",
                               "503 Service Unavailable",
                               "504 Gateway Timeout",
                               "505 HTTP Version Not Supported"}) {
        const std::string code(status, 3);
        CHECK(answer_to(site, get("/status/" + code))
                  .starts_with(fmt::format("HTTP/1.1 {}\r\n", status)));
    }
    CHECK(answer_to(site, get("/status/299")).starts_with("HTTP/1.1 299 Unassigned\r\n"));
}

TEST_CASE("each answer with content says what it is") {
    const PracticeSite site({"--plain"});
    const auto has_type = [&](const std::string& target, const std::string& type) {
        CAPTURE(target);
        CHECK(count_of(header_of(answer_to(site, get(target))),
                       "\r\nContent-Type: " + type + "\r\n") == 1);
    };
    has_type("/", "text/html; charset=utf-8");
    has_type("/stats", "application/json");
    has_type("/stats/reset", "application/json");
    has_type("/log", "application/json");
    for (const char* target : {"/page/1", "/chunked", "/until-close", "/redirect/1", "/status/500",
                               "/bytes/2000000", "/no-such-page", "/drip/1/bytes/3", "bad"})
        has_type(target, "text/plain; charset=utf-8");
    CHECK_FALSE(contains(answer_to(site, get("/status/204")), "Content-Type"));
}

TEST_CASE("a request may come with bare line feeds, after empty lines, in any pieces") {
    const PracticeSite site({"--plain"});
    CHECK(answer_to(site, "GET /page/1 HTTP/1.0\n\n").starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(answer_to(site, "\r\n\r\n" + get("/page/1")).starts_with("HTTP/1.1 200 OK\r\n"));
    const auto bare = [](const std::string& target, const std::string& more = "") {
        return fmt::format("GET {} HTTP/1.1\nHost: a\n{}\n", target, more);
    };
    const std::string mixed =
        answer_to(site, bare("/bytes/1") + bare("/bytes/2") + get("/bytes/3", "") +
                            bare("/bytes/4", "Connection: close\n"));
    CHECK(count_of(mixed, "HTTP/1.1 200 OK\r\n") == 4);
    CHECK(mixed.ends_with("\r\n\r\nThis"));
    const RawClient client(site);
    for (const char byte : get("/bytes/3"))
        client.send({&byte, 1});
    CHECK(client.read_to_end().ends_with("\r\n\r\nThi"));
}

TEST_CASE("requests that come together are answered in their order") {
    const PracticeSite site({"--plain"});
    const std::string all =
        answer_to(site, get("/bytes/1", "") + get("/status/404", "") + get("/status/500"));
    CHECK(count_of(all, "HTTP/1.1 ") == 3);
    CHECK(all.find(" 200 ") < all.find(" 404 "));
    CHECK(all.find(" 404 ") < all.find(" 500 "));
}

TEST_CASE("the log is JSON whatever bytes were asked for") {
    const PracticeSite site({"--plain"});
    answer_to(site, get("/caf\xe9"));      // not UTF-8
    answer_to(site, get("/caf\xc3\xa9"));  // UTF-8
    const nlohmann::json log = log_of(site);
    CHECK(log.size() == 2);
    CHECK(log["/caf\xc3\xa9"] == 1);
}

}  // namespace
