#include "common/net/name_lookup.hpp"

#include <doctest/doctest.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>

#include <array>
#include <string>
#include <variant>
#include <vector>

namespace {

using common::NameLookup;

TEST_CASE("an address as a text is known at once, and is one address, with the port") {
    for (const std::string text : {"127.0.0.1", "::1"}) {
        CAPTURE(text);
        NameLookup lookup(text, 8080);
        CHECK(lookup.descriptor() < 0);
        const auto addresses = std::get<std::vector<common::Address>>(lookup.take());
        REQUIRE(addresses.size() == 1);
        std::array<char, INET6_ADDRSTRLEN> host{};
        std::array<char, 6> port{};
        REQUIRE(getnameinfo(reinterpret_cast<const sockaddr*>(&addresses[0].storage),
                            addresses[0].size, host.data(), host.size(), port.data(), port.size(),
                            NI_NUMERICHOST | NI_NUMERICSERV) == 0);
        CHECK(host.data() == text);
        CHECK(std::string(port.data()) == "8080");
    }
}

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
