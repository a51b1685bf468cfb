// first/N: a URL that goes wrong only so often.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <system_error>

#include "raw_client.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"

namespace {

using any_client::answer_to;
using any_client::RawClient;
using common::PracticeSite;
using test_support::eventually;
using test_support::log_of;

std::string answer_of(const PracticeSite& site, const std::string& target) {
    return answer_to(site, any_client::closing(target));
}
std::string status_of(const PracticeSite& site, const std::string& target) {
    return answer_of(site, target).substr(9, 3);
}

TEST_CASE("the first requests of a URL meet its faults, and all others a healthy page") {
    const PracticeSite site({"--plain"});
    const std::string target = "/first/2/status/503/page/1";
    for (const char* status : {"503", "503", "200", "200"})
        CHECK(status_of(site, target) == status);
    CHECK(status_of(site, "/first/1/status/503/page/2") == "503");  // counted apart
    CHECK(status_of(site, "/first/1/status/503/page/3") == "503");
    CHECK(status_of(site, "/first/0/status/503/page/1") == "200");
    site.get("/stats/reset");
    for (const char* status : {"503", "503", "200"})
        CHECK(status_of(site, target) == status);
    CHECK(log_of(site) == nlohmann::json{{target, 3}});
}

TEST_CASE("URLs that differ only in their query are counted apart") {
    const PracticeSite site({"--plain"});
    const std::string target = "/first/1/status/503/page/1";
    for (const char* query : {"?a", "?b"})
        CHECK(status_of(site, target + query) == "503");
    CHECK(log_of(site) == nlohmann::json{{target + "?a", 1}, {target + "?b", 1}});
}

TEST_CASE("whatever goes wrong first, the page is healthy afterwards") {
    const PracticeSite site({"--plain"});
    const std::string page = answer_of(site, "/bytes/5/page/3");
    for (const char* fault :
         {"status/404", "redirect/2", "redirect-loop", "redirect-to/x", "raw/x", "garbage",
          "truncate/2", "chunked", "until-close", "more/x", "header-lines/2", "header-bytes/9",
          "status/204", "raw/HTTP%2F1.1%20200%20OK%0D%0A%0D%0A/then/close"}) {
        CAPTURE(fault);
        const std::string target = fmt::format("/first/1/{}/bytes/5/page/3", fault);
        CHECK(answer_of(site, target) != page);
        CHECK(answer_of(site, target) == page);
    }
    const std::string reset = "/first/1/reset/2/bytes/5/page/3";
    CHECK_THROWS_AS(answer_of(site, reset), std::system_error);
    CHECK(answer_of(site, reset) == page);
}

TEST_CASE("who waits for ever the first time is answered the second time") {
    const PracticeSite site({"--plain"});
    const std::string page = answer_of(site, "/bytes/5/page/3");
    for (const char* fault : {"silence", "hold/door", "delay/600000", "drip/600000",
                              "drip-header/600000", "raw/x/then/silence"}) {
        CAPTURE(fault);
        const std::string target = fmt::format("/first/1/{}/bytes/5/page/3", fault);
        const RawClient patient(site);
        patient.send(fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n\r\n", target));
        CHECK(eventually([&] { return log_of(site).contains(target); }));
        CHECK(answer_of(site, target) == page);
    }
}

}  // namespace
