#include "common/net/name_lookup.hpp"

#include <doctest/doctest.h>
#include <poll.h>

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

}  // namespace
