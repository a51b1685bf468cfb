#include "common/net/name_lookup.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/resource.h>

#include <string>
#include <variant>
#include <vector>

namespace {

using common::NameLookup;

TEST_CASE("a look-up has no descriptor once its answer is taken") {
    NameLookup lookup("localhost", 80);
    pollfd watched{lookup.descriptor(), POLLIN, 0};
    REQUIRE(watched.fd >= 0);
    REQUIRE(poll(&watched, 1, -1) == 1);
    CHECK(std::holds_alternative<std::vector<common::Address>>(lookup.take()));
    CHECK(lookup.descriptor() < 0);
}

TEST_CASE("a look-up for which no descriptor is left has the cause instead of addresses") {
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    const rlimit none{0, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    NameLookup lookup("localhost", 80);
    setrlimit(RLIMIT_NOFILE, &before);
    CHECK(lookup.descriptor() < 0);
    CHECK(std::get<std::string>(lookup.take()) == "Too many open files");
}

}  // namespace
