// The grammar of the practice site's pages.
#include "common/practice_site/behaviour.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using practice_site::Behaviour;
using practice_site::page_content;
using practice_site::parse_behaviour;

Behaviour behaviour_of(const std::string& target) {
    const auto behaviour = parse_behaviour(target);
    CAPTURE(target);
    REQUIRE(behaviour.has_value());
    return *behaviour;
}

TEST_CASE("a page that says nothing more is 1024 bytes at once") {
    const Behaviour behaviour = behaviour_of("/page/0");
    CHECK(behaviour.status == 200);
    CHECK(behaviour.page == 0);
    CHECK(behaviour.bytes == 1024);
    CHECK(behaviour.delay_ms == 0);
    CHECK(behaviour.drip_ms == 0);
    CHECK(behaviour.drip_header_ms == 0);
    CHECK_FALSE(behaviour.raw.has_value());
    CHECK_FALSE(behaviour.location.has_value());
    CHECK_FALSE(behaviour.truncate.has_value());
    CHECK_FALSE(behaviour.reset.has_value());
}

TEST_CASE("each name with a value sets what it says") {
    CHECK(behaviour_of("/delay/100").delay_ms == 100);
    CHECK(behaviour_of("/drip-header/20").drip_header_ms == 20);
    CHECK(behaviour_of("/drip/30").drip_ms == 30);
    CHECK(behaviour_of("/status/404").status == 404);
    CHECK(behaviour_of("/page/18446744073709551615").page == 18446744073709551615U);
    CHECK(behaviour_of("/bytes/0").bytes == 0);
    CHECK(behaviour_of("/truncate/5").truncate == 5);
    CHECK(behaviour_of("/truncate/0").truncate == 0);
    CHECK(behaviour_of("/reset/6").reset == 6);
    CHECK(behaviour_of("/first/2").first == 2);
    CHECK(behaviour_of("/header-lines/3").header_lines == 3);
    CHECK(behaviour_of("/header-bytes/4").header_bytes == 4);
    CHECK(behaviour_of("/more/a%20b").more == "a b");
}

TEST_CASE("raw bytes and garbage end as they say, and else with the connection") {
    using practice_site::End;
    for (const auto& [end, expected] :
         {std::pair{"/then/close", End::close}, std::pair{"/then/reset", End::reset},
          std::pair{"/then/silence", End::silence}, std::pair{"/then/keep", End::keep},
          std::pair{"", End::close}})
        for (const std::string bytes : {"/raw/x", "/garbage"}) {
            const Behaviour behaviour = behaviour_of(bytes + end);
            CHECK(behaviour.raw_end == expected);
            CHECK(behaviour.raw.has_value());
        }
    for (const char* wrong : {"/raw/x/then/", "/raw/x/then/Close", "/raw/x/then/x", "/then/closed"})
        CHECK_FALSE(parse_behaviour(wrong).has_value());
}

TEST_CASE("each name without a value sets what it says and nothing else") {
    const std::vector<std::pair<std::string, bool Behaviour::*>> flags = {
        {"silence", &Behaviour::silence},         {"chunked", &Behaviour::chunked},
        {"until-close", &Behaviour::until_close}, {"close", &Behaviour::close},
        {"hang-up", &Behaviour::hang_up},         {"endless", &Behaviour::endless}};
    for (const auto& [name, flag] : flags) {
        const Behaviour behaviour = behaviour_of("/" + name);
        for (const auto& [other_name, other_flag] : flags)
            CHECK(behaviour.*other_flag == (name == other_name));
    }
}

TEST_CASE("names may stand in any order") {
    for (const char* target :
         {"/delay/100/chunked/bytes/7/page/3", "/page/3/bytes/7/delay/100/chunked",
          "/chunked/page/3/delay/100/bytes/7/"}) {
        const Behaviour behaviour = behaviour_of(target);
        CHECK(behaviour.delay_ms == 100);
        CHECK(behaviour.bytes == 7);
        CHECK(behaviour.page == 3);
        CHECK(behaviour.chunked);
    }
}

TEST_CASE("a query is no part of the behaviour") {
    CHECK(behaviour_of("/bytes/7?bytes/8").bytes == 7);
    CHECK(behaviour_of("/?x").bytes == 1024);
    CHECK_FALSE(behaviour_of("/page/1?/chunked").chunked);
}

TEST_CASE("unknown names are no behaviour") {
    for (const char* target :
         {"/nonsense", "/nonsense/1", "/page/1/nonsense", "/page/1/nonsense/2", "/Page/1",
          "/pages/1", "/delay/1/2", "//", "//page/1", "/page//1", "/page/1//page/2", "/stats"})
        CHECK_FALSE(parse_behaviour(target).has_value());
}

TEST_CASE("what does not begin with a slash is no behaviour") {
    for (const char* target : {"", "page/1", "*", "http://a/page/1", "?x"})
        CHECK_FALSE(parse_behaviour(target).has_value());
}

TEST_CASE("names that lack their value are no behaviour") {
    for (const char* name : {"delay", "drip-header", "drip", "status", "page", "bytes", "truncate",
                             "reset", "raw", "redirect-to", "redirect", "hold", "first", "who",
                             "header-lines", "header-bytes", "then", "more"})
        CHECK_FALSE(parse_behaviour(std::string("/page/1/") + name).has_value());
}

TEST_CASE("values that are no numbers are no behaviour") {
    for (const std::string name :
         {"delay", "drip-header", "drip", "status", "page", "bytes", "truncate", "reset",
          "redirect", "first", "header-lines", "header-bytes"})
        for (const char* value :
             {"", "x", "1x", "x1", "0x1", "1.5", "+1", "-1", " 1", "%31", "99999999999999999999"}) {
            CAPTURE(name);
            CAPTURE(value);
            CHECK_FALSE(parse_behaviour("/" + name + "/" + value + "/page/1").has_value());
        }
}

TEST_CASE("values that are too large are no behaviour, and the largest one is what it says") {
    for (const std::string name : {"delay", "drip-header", "drip", "status", "redirect"}) {
        CAPTURE(name);
        CHECK(parse_behaviour("/" + name + "/4294967295/page/1").has_value());
        CHECK_FALSE(parse_behaviour("/" + name + "/4294967296/page/1").has_value());
    }
    CHECK(behaviour_of("/delay/4294967295").delay_ms == 4294967295U);
}

TEST_CASE("gates and people have short names of small letters, digits and hyphens") {
    for (const char* name : {"a", "door", "0-9", "-", "twelve-chars"}) {
        CHECK(behaviour_of(std::string("/hold/") + name + "/page/1").hold == name);
        CHECK(behaviour_of(std::string("/page/1/who/") + name).who == name);
    }
    CHECK(behaviour_of("/page/1").who.empty());
    CHECK(behaviour_of("/page/1").hold.empty());
    for (const char* name :
         {"", "Door", "thirteen-char", "a_b", "a.b", "%61", "caf\xc3\xa9", "<b>"}) {
        CHECK_FALSE(parse_behaviour(std::string("/hold/") + name + "/page/1").has_value());
        CHECK_FALSE(parse_behaviour(std::string("/who/") + name + "/page/1").has_value());
    }
}

TEST_CASE("raw bytes are percent-decoded") {
    CHECK(behaviour_of("/raw/abc").raw == "abc");
    CHECK(behaviour_of("/raw/").raw == "");
    CHECK(behaviour_of("/raw/a%20b%2Fc%2fd%0d%0A").raw == "a b/c/d\r\n");
    CHECK(behaviour_of("/raw/%00%ff").raw == std::string("\0\xFF", 2));
    CHECK(behaviour_of("/raw/100%").raw == "100%");
    CHECK(behaviour_of("/raw/%zz%4zabc%4").raw == "%zz%4zabc%4");
    CHECK(behaviour_of("/raw/%2541").raw == "%41");
    CHECK(behaviour_of("/raw/a+b").raw == "a+b");  // a plus is a blank only in HTML's forms
    // The view ends within the code, the text behind it does not.
    CHECK(parse_behaviour(std::string_view("/raw/%41").substr(0, 7)).value().raw == "%4");
}

TEST_CASE("a redirect to a URL has its decoded text as location") {
    const Behaviour behaviour = behaviour_of("/redirect-to/http%3A%2F%2Fa%2Fb%3Fc/delay/5");
    CHECK(behaviour.status == 302);
    CHECK(behaviour.location == "http://a/b?c");
    CHECK(behaviour.delay_ms == 5);
}

TEST_CASE("a redirect loop leads to itself") {
    CHECK(behaviour_of("/redirect-loop").status == 302);
    CHECK(behaviour_of("/redirect-loop").location == "/redirect-loop");
    CHECK(behaviour_of("/delay/5/redirect-loop?x").location == "/delay/5/redirect-loop?x");
    CHECK(behaviour_of("/delay/5/redirect-loop").delay_ms == 5);
}

TEST_CASE("a chain of redirects has as many hops as it says and ends at the page") {
    for (const unsigned hops : {0U, 1U, 2U, 10U, 11U}) {
        std::string target = "/redirect/" + std::to_string(hops) + "/bytes/70/page/7";
        for (unsigned hop = 0; hop < hops; ++hop) {
            const Behaviour behaviour = behaviour_of(target);
            REQUIRE(behaviour.status == 302);
            REQUIRE(behaviour.location.has_value());
            target = *behaviour.location;
        }
        const Behaviour page = behaviour_of(target);
        CHECK_FALSE(page.location.has_value());
        CHECK(page.status == 200);
        CHECK(page.bytes == 70);
        CHECK(page.page == 7);
    }
}

TEST_CASE("a chain of redirects without a page ends at page 0") {
    CHECK(behaviour_of("/redirect/1").location == "/page/0");
    CHECK(behaviour_of("/redirect/2").location == "/redirect/1/page/0");
}

TEST_CASE("what stands before a redirect is for its first hop alone") {
    const Behaviour behaviour = behaviour_of("/delay/50/redirect/2/page/7");
    CHECK(behaviour.delay_ms == 50);
    CHECK(behaviour.location == "/redirect/1/page/7");
}

TEST_CASE("what is healthy has the same content and nothing else") {
    for (const char* target :
         {"/first/2/status/503/bytes/70/who/ana/page/7", "/page/7/delay/5/bytes/70/hold/a/silence",
          "/raw/x/then/reset/more/y/bytes/70/page/7/garbage", "/redirect-loop/bytes/70/page/7",
          "/redirect-to/x/bytes/70/page/7/endless", "/redirect/3/bytes/70/page/7",
          "/page/1/redirect/2/status/404/redirect/1/bytes/70/chunked/page/7",
          "/bytes/70/page/7/drip/1/drip-header/1/until-close/close/hang-up/header-lines/2",
          "/bytes/70/page/7/truncate/1/reset/2/header-bytes/5"}) {
        CAPTURE(target);
        const Behaviour page = practice_site::healthy(behaviour_of(target));
        CHECK(practice_site::page_content(page.page, page.bytes) == page_content(7, 70));
        CHECK(page.status == 200);
        CHECK_FALSE((page.delay_ms > 0 || page.drip_ms > 0 || page.drip_header_ms > 0));
        CHECK_FALSE((page.silence || page.endless || page.raw || page.location || page.first));
        CHECK_FALSE((page.chunked || page.until_close || page.close || page.hang_up));
        CHECK_FALSE((page.truncate || page.reset || page.header_lines || page.header_bytes));
        CHECK((page.hold.empty() && page.more.empty()));
        CHECK(page.who == behaviour_of(target).who);
    }
    for (const char* target : {"/redirect/2/who/ana/page/7", "/who/ana/redirect/2/page/7",
                               "/who/ana/redirect/2/who/bia/page/7"})
        CHECK(practice_site::healthy(behaviour_of(target)).who == "ana");
}

TEST_CASE("redirects that lead to no page are healthy as page 0") {
    const Behaviour page = practice_site::healthy(behaviour_of("/first/1/redirect/2/nonsense"));
    CHECK(page_content(page.page, page.bytes) == page_content(0, 1024));
    CHECK(page.status == 200);
}

TEST_CASE("the content of a page has exactly the size asked for") {
    for (const std::uint64_t size : {0U, 1U, 35U, 36U, 37U, 38U, 1024U, 65'536U, 1'000'003U})
        CHECK(page_content(7, size).size() == size);
}

TEST_CASE("a shorter page is the beginning of a longer one") {
    CHECK(page_content(7, 5000).starts_with(page_content(7, 4321)));
}

TEST_CASE("pages of other numbers have other contents") {
    for (const std::uint64_t other : {0U, 8U, 17U, 70U, 77U})
        CHECK(page_content(7, 100) != page_content(other, 100));
}

}  // namespace
