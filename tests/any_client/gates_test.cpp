// hold/NAME and /release/NAME, and what the site knows of clients that wait: by counters and the
// order of events.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "raw_client.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/text.hpp"

namespace {

using any_client::answer_to;
using any_client::closing;
using any_client::get;
using any_client::RawClient;
using common::PracticeSite;
using test_support::contains;
using test_support::count_of;
using test_support::eventually;
using test_support::log_of;
using test_support::stats_of;

bool in_flight_becomes(const PracticeSite& site, int count) {
    return eventually([&] { return stats_of(site)["in_flight"] == count; });
}
// A connection that has asked.
RawClient asking(const PracticeSite& site, const std::string& request) {
    RawClient client(site);
    client.send(request);
    return client;
}

TEST_CASE("a held page waits for its release and for no other") {
    const PracticeSite site({"--plain"});
    const RawClient held = asking(site, closing("/hold/door/bytes/4/page/7"));
    CHECK(in_flight_becomes(site, 1));
    CHECK(site.get("/release/gate") == "{\"released\":\"gate\"}\n");
    CHECK(site.get("/hold/gate/bytes/4") == "This");
    CHECK(stats_of(site)["in_flight"] == 1);
    site.get("/release/door");
    CHECK(held.read_to_end().ends_with("\r\n\r\nThis"));
    CHECK(stats_of(site)["in_flight"] == 0);
}

TEST_CASE("a page that is held and delayed waits for both") {
    const PracticeSite site({"--plain"});
    const RawClient held = asking(site, closing("/hold/door/delay/600000/page/1"));
    CHECK(in_flight_becomes(site, 1));
    site.get("/release/door");
    CHECK(site.get("/hold/door/bytes/4") == "This");
    CHECK(stats_of(site)["in_flight"] == 1);
}

TEST_CASE("all that wait at a gate are let go by one release") {
    const PracticeSite site({"--plain"});
    std::vector<RawClient> held;
    for (int i = 0; i < 300; ++i)
        held.push_back(asking(site, closing("/hold/door/status/404")));
    CHECK(in_flight_becomes(site, 300));
    site.get("/release/door");
    CHECK(std::all_of(held.begin(), held.end(), [](const RawClient& client) {
        return client.read_to_end().starts_with("HTTP/1.1 404 ");
    }));
    CHECK(stats_of(site)["in_flight"] == 0);
}

TEST_CASE("a gate stays released until the counters are reset") {
    const PracticeSite site({"--plain"});
    site.get("/release/door");
    for (int i = 0; i < 3; ++i)
        CHECK(site.get("/hold/door/bytes/4") == "This");
    site.get("/stats/reset");
    const RawClient held = asking(site, closing("/hold/door/bytes/4"));
    CHECK(in_flight_becomes(site, 1));
    site.get("/stats/reset");  // who waits goes on waiting
    CHECK(site.get("/page/1").size() == 1024);
    CHECK(stats_of(site)["in_flight"] == 1);
    site.get("/release/door");
    CHECK(held.read_to_end().ends_with("\r\n\r\nThis"));
}

TEST_CASE("a release is not lost on who waits, not even when a reset follows at once") {
    const PracticeSite site({"--plain"});
    const RawClient held = asking(site, closing("/hold/door/bytes/4"));
    CHECK(in_flight_becomes(site, 1));
    answer_to(site, get("/release/door") + closing("/stats/reset"));
    CHECK(held.read_to_end().ends_with("\r\n\r\nThis"));
}

TEST_CASE("a release counts as a connection and not as a request") {
    const PracticeSite site({"--plain"});
    CHECK(contains(answer_to(site, closing("/release/door")),
                   "\r\nContent-Type: application/json\r\n"));
    CHECK(log_of(site).empty());
    CHECK(stats_of(site) ==
          nlohmann::json{
              {"requests", 0}, {"connections", 3}, {"in_flight", 0}, {"most_in_flight", 0}});
}

TEST_CASE("what is no name is refused, and told what is one") {
    const PracticeSite site({"--plain"});
    for (const char* target : {"/release/", "/release/Door", "/release/thirteen-char",
                               "/release/a/b", "/hold/Door/page/1", "/hold//page/1"}) {
        CAPTURE(target);
        const std::string answer = answer_to(site, closing(target));
        CHECK(answer.starts_with("HTTP/1.1 404 "));
        CHECK(contains(answer, "a NAME is 1 to 12 of a-z, 0-9 and -"));
    }
}

TEST_CASE("a reset forgets the gates that nobody waits at any more") {
    const PracticeSite site({"--plain"});
    std::vector<RawClient> held;
    for (int i = 0; i < 200; ++i)
        held.push_back(asking(site, get("/page/1") + get(fmt::format("/hold/held-{}", i))));
    CHECK(in_flight_becomes(site, 200));
    held.clear();  // each with a page unread: a reset (RFC 9293, 3.10.4), so nobody reads any more
    CHECK(in_flight_becomes(site, 0));
    CHECK(contains(site.get("/release/one-more"), "200 names"));
    site.get("/stats/reset");
    CHECK(contains(site.get("/release/one-more"), "released"));
}

TEST_CASE("there are 200 gates, and those that were released make room at a reset") {
    const PracticeSite site({"--plain"});
    std::vector<RawClient> held;
    for (int i = 0; i < 50; ++i)
        held.push_back(asking(site, closing(fmt::format("/hold/held-{}", i))));
    CHECK(in_flight_becomes(site, 50));
    for (int i = 0; i < 150; ++i)
        CHECK(contains(site.get(fmt::format("/release/n{}", i)), "released"));
    for (const char* target : {"/release/one-more", "/hold/one-more/page/1"}) {
        const std::string answer = answer_to(site, closing(target));
        CHECK(answer.starts_with("HTTP/1.1 503 "));
        CHECK(contains(answer, "200 names"));
    }
    CHECK(site.get("/hold/n149/bytes/4") == "This");
    CHECK(contains(site.get("/release/held-0"), "held-0"));
    CHECK(held[0].read_to_end().starts_with("HTTP/1.1 200 "));
    site.get("/stats/reset");
    CHECK(contains(site.get("/release/one-more"), "one-more"));
    CHECK(stats_of(site)["in_flight"] == 49);
}

TEST_CASE("a client that ends while it waits is not in flight any more") {
    const PracticeSite site({"--plain"});
    for (const char* target : {"/hold/door/page/1", "/delay/600000/page/1", "/silence"}) {
        CAPTURE(target);
        for (const char* more : {"", "GET /page/1 HTTP/1.1\r\nHost: a\r\n\r\n"}) {
            std::optional<RawClient> client = asking(site, get(target) + more);
            CHECK(in_flight_becomes(site, 1));
            client.reset();
            CHECK(in_flight_becomes(site, 0));
        }
    }
}

TEST_CASE("a client that leaves a gate lets nobody else through") {
    const PracticeSite site({"--plain"});
    std::vector<RawClient> held;
    for (int i = 0; i < 2; ++i)
        held.push_back(asking(site, closing("/hold/door/bytes/4")));
    CHECK(in_flight_becomes(site, 2));
    held.pop_back();
    CHECK(in_flight_becomes(site, 1));
    CHECK(site.get("/page/1").size() == 1024);
    CHECK(stats_of(site)["in_flight"] == 1);
    site.get("/release/door");
    CHECK(held.front().read_to_end().ends_with("\r\n\r\nThis"));
}

TEST_CASE("a client that gives up over https is not in flight any more") {
    const PracticeSite site;
    for (const char* target : {"/hold/door/page/1", "/delay/600000/page/1"}) {
        CAPTURE(target);
        httplib::Client client(site.origin());
        client.set_ca_cert_path(site.ca_file());
        client.set_read_timeout(0, 100'000);
        CHECK_FALSE(client.Get(target));
        CHECK(in_flight_becomes(site, 0));
        CHECK(log_of(site)[target] == 1);
    }
}

TEST_CASE("a client that has only nothing more to ask is answered when the wait is over") {
    const PracticeSite site({"--plain"});
    const RawClient held = asking(site, "GET /hold/door/delay/20/bytes/4 HTTP/1.0\r\n\r\n");
    CHECK(in_flight_becomes(site, 1));
    held.end_output();
    CHECK(in_flight_becomes(site, 0));
    site.get("/release/door");
    CHECK(held.read_to_end().ends_with("\r\n\r\nThis"));
    CHECK(stats_of(site)["in_flight"] == 0);

    const RawClient delayed = asking(site, get("/delay/20/bytes/4"));
    delayed.end_output();
    CHECK(delayed.read_to_end().ends_with("\r\n\r\nThis"));
}

TEST_CASE("requests that come while one is held are answered after it, in their order") {
    const PracticeSite site({"--plain"});
    std::string more;
    for (int i = 1; i <= 2000; ++i)  // more than the site reads ahead
        more += get(fmt::format("/bytes/0/header-lines/{}", i % 7));
    const RawClient held = asking(site, get("/hold/door/status/404") + more);
    CHECK(in_flight_becomes(site, 1));
    held.send(closing("/status/500"));
    CHECK(stats_of(site)["requests"] == 1);
    site.get("/release/door");
    const std::string all = held.read_to_end();
    CHECK(count_of(all, "HTTP/1.1 200 ") == 2000);
    CHECK(all.starts_with("HTTP/1.1 404 "));
    CHECK(all.rfind("HTTP/1.1 500 ") == all.rfind("HTTP/1.1 "));
}

}  // namespace
