// Programs and libraries that others wrote, as people use them, judged by what the site counted.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <httplib.h>

#include <string>

#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/text.hpp"

namespace {

using common::PracticeSite;
using test_support::contains;
using test_support::count_of;
using test_support::Finished;
using test_support::log_of;
using test_support::stats_of;
using test_support::Strings;

// False, and a message, where the program is not installed.
bool have(const std::string& program, const std::string& package) {
    if (test_support::run({"sh", "-c", "command -v " + program}).exit_status == 0)
        return true;
    MESSAGE("skipped: no " << program << " (apt-get install " << package << ")");
    return false;
}

// What it prints; it must succeed. The site is asked and no proxy.
std::string output_of(Strings command, int exit_status = 0) {
    command.insert(command.begin(), {"env", "no_proxy=127.0.0.1"});
    const Finished finished = test_support::run(command);
    CAPTURE(test_support::joined(command, " "));
    CAPTURE(finished.errors);
    CHECK(finished.exit_status == exit_status);
    return finished.output;
}

TEST_CASE("curl gets pages, headers and refusals, over http and https") {
    if (!have("curl", "curl"))
        return;
    for (const PracticeSite& site : {PracticeSite(), PracticeSite({"--plain"})}) {
        const auto curl = [&](Strings words) {
            words.insert(words.begin(), {"curl", "-sS", "--max-time", "20"});
            if (!site.ca_file().empty())
                words.insert(words.end(), {"--cacert", site.ca_file()});
            return output_of(words);
        };
        const std::string page = site.origin() + "/bytes/5/page/3";
        CHECK(curl({page, page, page}) == "This This This ");
        CHECK(stats_of(site) ==
              nlohmann::json{
                  {"requests", 3}, {"connections", 2}, {"in_flight", 0}, {"most_in_flight", 1}});
        CHECK(curl({"-0", site.origin() + "/chunked/bytes/5"}) == "This ");
        CHECK(curl({"-H", "Connection: close", page}) == "This ");
        CHECK(curl({"-L", site.origin() + "/redirect/2/bytes/5"}) == "This ");
        CHECK(contains(curl({"-I", page}), "\r\nContent-Length: 5\r\n"));
        CHECK(curl({"-d", "some=form", "-w", "%{http_code}", "-o", "/dev/null", page}) == "405");
        CHECK(curl({"-T", "/proc/self/exe", "-w", "%{http_code}", "-o", "/dev/null", page}) ==
              "405");
        const std::string big = "X: " + std::string(100'000, 'x');
        CHECK(curl({"-H", big, "-w", "%{http_code}", "-o", "/dev/null", page}) == "431");
        CHECK(contains(curl({site.origin() + "/"}), "</html>"));
    }
}

TEST_CASE("curl gets a page from the practice site as its proxy") {
    if (!have("curl", "curl"))
        return;
    const PracticeSite site({"--plain"});
    CHECK(output_of({"curl", "-sS", "--max-time", "20", "-x", site.origin(),
                     "http://other.example/bytes/5"}) == "This ");
    CHECK(log_of(site) == nlohmann::json{{"/bytes/5", 1}});
}

TEST_CASE("wget gets pages, and asks whether they exist") {
    if (!have("wget", "wget"))
        return;
    for (const PracticeSite& site : {PracticeSite(), PracticeSite({"--plain"})}) {
        const auto wget = [&](Strings words, int exit_status = 0) {
            words.insert(words.begin(), {"wget", "-q", "-O", "-", "--timeout=20", "--tries=1"});
            if (!site.ca_file().empty())
                words.push_back("--ca-certificate=" + site.ca_file());
            return output_of(words, exit_status);
        };
        CHECK(wget({site.origin() + "/bytes/5/page/3", site.origin() + "/chunked/bytes/4"}) ==
              "This This");
        CHECK(stats_of(site)["connections"] == 2);
        CHECK(wget({"--spider", site.origin() + "/page/1"}).empty());
        CHECK(wget({site.origin() + "/status/404"}, 8).empty());
        CHECK(wget({"--post-data=a=b", site.origin() + "/page/1"}, 8).empty());
    }
}

TEST_CASE("ab, which speaks HTTP/1.0, gets every page, with keep-alive and without") {
    if (!have("ab", "apache2-utils"))
        return;
    const PracticeSite site({"--plain"});
    const auto check = [&](const Strings& options, const std::string& target) {
        Strings words = {"ab", "-q", "-n", "50", "-c", "5", "-s", "20"};
        words.insert(words.end(), options.begin(), options.end());
        words.push_back(site.origin() + target);
        site.get("/stats/reset");
        const std::string output = output_of(words);
        CAPTURE(output);
        CHECK(contains(output, "Complete requests:      50\n"));
        CHECK(contains(output, "Failed requests:        0\n"));
        CHECK_FALSE(contains(output, "Non-2xx"));
        CHECK(contains(output, "Keep-Alive requests:    50\n") == (options == Strings{"-k"}));
        return stats_of(site);
    };
    for (const char* target : {"/page/1", "/chunked/page/1", "/until-close/page/1"}) {
        const nlohmann::json stats = check({}, target);
        CHECK(stats["requests"] >= 50);
        CHECK(stats["connections"] >= 50);
    }
    CHECK(check({"-k"}, "/page/1")["connections"] <= 5 + 1);
    CHECK(check({"-k"}, "/stats")["requests"] == 0);
    CHECK(check({"-i"}, "/page/1")["requests"] >= 50);
}

TEST_CASE("wrk keeps its connections and gets nothing but pages") {
    if (!have("wrk", "wrk"))
        return;
    const PracticeSite site({"--plain"});
    const auto wrk = [&](Strings words) {
        words.insert(words.begin(), {"wrk", "-t", "1", "-c", "8", "-d", "1", "--timeout", "20"});
        words.push_back(site.origin() + "/page/1");
        const std::string output = output_of(words);
        CAPTURE(output);
        CHECK(contains(output, " requests in "));
        CHECK_FALSE(contains(output, "Socket errors"));
        CHECK_FALSE(contains(output, "Non-2xx"));
    };
    wrk({});
    const nlohmann::json kept = stats_of(site);
    CHECK(kept["requests"] > 8);
    CHECK(kept["connections"] <= 8 + 2);  // one to try, and ours
    CHECK(kept["most_in_flight"] <= 8);
    site.get("/stats/reset");
    wrk({"-H", "Connection: close"});
    const nlohmann::json closed = stats_of(site);
    CHECK(closed["connections"] >= closed["requests"]);
}

TEST_CASE("Python's http.client keeps its connection over all that it may ask") {
    if (!have("python3", "python3"))
        return;
    const PracticeSite site({"--plain"});
    const std::string script = R"(
import http.client, sys
client = http.client.HTTPConnection(sys.argv[1], timeout=20)
for method, target in [("GET", "/bytes/5"), ("HEAD", "/bytes/6"), ("GET", "/chunked/bytes/7"),
                       ("POST", "/page/1"), ("GET", "/bytes/8")]:
    client.request(method, target, body="GET /page/9" if method == "POST" else None)
    response = client.getresponse()
    print(method, response.status, response.reason, response.getheader("Content-Length"),
          len(response.read()))
)";
    const std::string host = site.origin().substr(site.origin().find("127"));
    CHECK(output_of({"python3", "-c", script, host}) ==
          "GET 200 OK 5 5\nHEAD 200 OK 6 0\nGET 200 OK None 7\n"
          "POST 405 Method Not Allowed 71 71\nGET 200 OK 8 8\n");
    const nlohmann::json stats = stats_of(site);
    CHECK(stats["requests"] == 4);
    CHECK(stats["connections"] == 2 + 1);  // POST ended the first; one is ours
}

TEST_CASE("cpp-httplib keeps its connection, or closes it after each page") {
    for (const bool keep : {true, false}) {
        CAPTURE(keep);
        const PracticeSite site;
        httplib::Client client(site.origin());
        client.set_ca_cert_path(site.ca_file());
        client.set_keep_alive(keep);
        for (int i = 0; i < 3; ++i) {
            const auto page = client.Get("/bytes/5/page/3");
            REQUIRE(page);
            CHECK(page->body == "This ");
            CHECK(page->get_header_value("Content-Type") == "text/plain; charset=utf-8");
        }
        const auto head = client.Head("/bytes/6");
        REQUIRE(head);
        CHECK(head->get_header_value("Content-Length") == "6");
        CHECK(head->body.empty());
        const nlohmann::json stats = stats_of(site);
        CHECK(stats["requests"] == 4);
        CHECK(stats["connections"] == (keep ? 1 : 4) + 1);
        const auto post = client.Post("/page/1", "GET /page/9", "text/plain");
        REQUIRE(post);
        CHECK(post->status == 405);
    }
}

}  // namespace
