// What a browser shows of the practice site, and what the README says of it.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

#include "common/practice_site/behaviour_names.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/text.hpp"

namespace {

using common::PracticeSite;
using practice_site::behaviour_names;
using practice_site::Name;
using test_support::contains;
using test_support::count_of;

std::string written(const Name& name) {
    return std::string(name.name) + (name.value.empty() ? "" : "/") + std::string(name.value);
}

TEST_CASE("the index has each behaviour in both languages, with a link that shows it") {
    const PracticeSite site({"--plain"});
    const std::string index = site.get("/");
    for (const Name& name : behaviour_names()) {
        CAPTURE(name.name);
        CHECK(count_of(index, fmt::format("href=\"{}\"", name.example)) == 2);
        CHECK(contains(index, std::string(name.english)));
        CHECK(contains(index, std::string(name.portuguese)));
        CHECK(contains(std::string(name.example), fmt::format("/{}", name.name)));
        CHECK(practice_site::parse_behaviour(name.example));
    }
    for (const char* part : {"lang=\"en\"", "lang=\"pt-BR\"", "href=\"/stats\"", "href=\"/log\"",
                             "href=\"/stats/reset\"", "prefers-color-scheme: dark"})
        CHECK(contains(index, part));
    CHECK_FALSE(contains(index, "<script"));
    CHECK_FALSE(contains(index, "href=\"http"));  // nothing of it is elsewhere
    CHECK_FALSE(contains(index, "src="));
}

TEST_CASE("the index shows the counters and is not counted but as a connection") {
    const PracticeSite site({"--plain"});
    for (int i = 0; i < 5; ++i)
        site.get("/page/1");
    const std::string index = site.get("/");
    CHECK(count_of(index, "<b>5</b>") == 2);  // requests, in both languages
    CHECK(count_of(index, "<b>6</b>") == 2);  // connections
    CHECK(count_of(index, "<b>1</b>") == 2);  // most in flight
    CHECK(test_support::stats_of(site) ==
          nlohmann::json{
              {"requests", 5}, {"connections", 7}, {"in_flight", 0}, {"most_in_flight", 1}});
    CHECK(test_support::log_of(site) == nlohmann::json{{"/page/1", 5}});
}

TEST_CASE("the README of the practice site names each behaviour in both languages") {
    const std::string readme =
        test_support::read_text(TUTORIAL_ROOT "/common/practice_site/README.md");
    const std::size_t portuguese = readme.find("## Português");
    REQUIRE(portuguese != std::string::npos);
    for (const Name& name : behaviour_names()) {
        const std::string part =
            name.name == "then" ? "`then/close`" : fmt::format("`{}`", written(name));
        CAPTURE(part);
        CHECK(contains(readme.substr(0, portuguese), part));
        CHECK(contains(readme.substr(portuguese), part));
    }
}

}  // namespace
