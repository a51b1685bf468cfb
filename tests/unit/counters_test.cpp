// What the practice site counts, without any client.
#include "common/practice_site/counters.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace {

using practice_site::Counters;
using practice_site::Outcome;

std::uint64_t times_asked(Counters& counters, const std::string& target) {
    return Counters::InFlight(counters, target).times();
}

TEST_CASE("the log has room for 200,000 targets, and those in it are counted on") {
    Counters counters;
    auto& log = counters.requests_of_target;
    for (int i = 1; i < 200'000; ++i)
        log.emplace_hint(log.end(), fmt::format("/page/{:06}", i), 1);
    for (const std::uint64_t time : {1U, 2U})
        CHECK(times_asked(counters, "/page/last") == time);
    for (int time = 0; time < 2; ++time)
        CHECK(times_asked(counters, "/page/one-more") == 1);
    CHECK(times_asked(counters, "/page/000007") == 2);
    CHECK(log.size() == 200'000);
    CHECK(counters.requests == 5);
    CHECK(counters.in_flight == 0);
    counters.answer("/stats/reset");
    CHECK(times_asked(counters, "/page/one-more") == 1);
    CHECK(times_asked(counters, "/page/one-more") == 2);
}

TEST_CASE("a request leaves once, however often it is told to, and at the latest at its end") {
    Counters counters;
    std::set<std::string> names;
    {
        Counters::InFlight one(counters, "/who/ana/page/1");
        Counters::InFlight other(counters, "/who/ana/page/2");
        CHECK(one.count_for("ana", names));
        CHECK(other.count_for("ana", names));
        CHECK(counters.in_flight == 2);
        one.leave(Outcome::page);
        one.leave();
        CHECK(counters.in_flight == 1);
        const auto& ana = counters.attendees.all().at("ana");
        CHECK(ana.in_flight == 1);
        CHECK(ana.most_in_flight == 2);
        CHECK(ana.connections == 1);
        CHECK(ana.pages == 1);
        CHECK(ana.failed == 0);
    }
    CHECK(counters.in_flight == 0);
    CHECK(counters.most_in_flight == 2);
    CHECK(counters.attendees.all().at("ana").in_flight == 0);
    CHECK(counters.attendees.all().at("ana").failed == 1);
}

TEST_CASE("who is not counted for a name, as there are too many, is in flight all the same") {
    Counters counters;
    std::set<std::string> names;
    for (int i = 0; i < 200; ++i)
        CHECK(counters.attendees.find(fmt::format("n{}", i)) != nullptr);
    {
        Counters::InFlight request(counters, "/who/ana/page/1");
        CHECK_FALSE(request.count_for("ana", names));
        CHECK(names.empty());
        CHECK(counters.in_flight == 1);
    }
    CHECK(counters.in_flight == 0);
    CHECK(counters.attendees.all().size() == 200);
}

TEST_CASE("what is in flight at a reset is what a reset leaves") {
    Counters counters;
    std::set<std::string> names;
    Counters::InFlight held(counters, "/who/ana/hold/door");
    CHECK(held.count_for("ana", names));
    for (const char* target : {"/who/ana/page/1", "/who/ana/page/2"}) {
        Counters::InFlight gone(counters, target);
        CHECK(gone.count_for("ana", names));
        CHECK(counters.in_flight == 2);
    }
    CHECK(counters.answer("/stats/reset") ==
          "{\"requests\":3,\"connections\":0,\"in_flight\":1,\"most_in_flight\":2}\n");
    CHECK(counters.answer("/stats") ==
          "{\"requests\":0,\"connections\":0,\"in_flight\":1,\"most_in_flight\":1}\n");
    CHECK(counters.answer("/log") == "{}\n");
    CHECK(counters.attendees.all().at("ana").most_in_flight == 1);
    CHECK_FALSE(counters.answer("/page/1").has_value());
}

}  // namespace
