#include "common/net/name_lookup.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <array>
#include <string>
#include <variant>
#include <vector>

#include "common/net/descriptor.hpp"
#include "support/open_file_limit.hpp"
#include "support/sanitized.hpp"

namespace {

using common::NameLookup;

std::vector<common::Address> answer_of(NameLookup& lookup) {
    pollfd watched{lookup.descriptor(), POLLIN, 0};
    if (watched.fd >= 0)
        poll(&watched, 1, -1);
    return std::get<std::vector<common::Address>>(lookup.take());
}

// "127.0.0.1 80".
std::string as_text(const common::Address& address) {
    std::array<char, INET6_ADDRSTRLEN> host{};
    std::array<char, 6> port{};
    REQUIRE(getnameinfo(reinterpret_cast<const sockaddr*>(&address.storage), address.size,
                        host.data(), host.size(), port.data(), port.size(),
                        NI_NUMERICHOST | NI_NUMERICSERV) == 0);
    return std::string(host.data()) + " " + port.data();
}

TEST_CASE("an address as a text is known at once, and is one address, with the port") {
    for (const std::string text : {"127.0.0.1", "::1"}) {
        CAPTURE(text);
        NameLookup lookup(text, 8080);
        CHECK(lookup.descriptor() < 0);
        const auto addresses = answer_of(lookup);
        REQUIRE(addresses.size() == 1);
        CHECK(as_text(addresses[0]) == text + " 8080");
    }
}

TEST_CASE("look-ups of one name at once have each a descriptor and a port of their own") {
    NameLookup one("localhost", 80);
    NameLookup other("localhost", 81);
    CHECK(one.descriptor() != other.descriptor());
    const auto first = answer_of(one);
    const auto second = answer_of(other);
    REQUIRE(first.size() >= 1);
    CHECK(second.size() == first.size());
    for (const auto& address : first)
        CHECK(as_text(address).ends_with(" 80"));
    for (const auto& address : second)
        CHECK(as_text(address).ends_with(" 81"));
}

TEST_CASE("a look-up has no descriptor once its answer is taken") {
    NameLookup lookup("localhost", 80);
    pollfd watched{lookup.descriptor(), POLLIN, 0};
    REQUIRE(watched.fd >= 0);
    CHECK((fcntl(watched.fd, F_GETFD) & FD_CLOEXEC) != 0);
    REQUIRE(poll(&watched, 1, -1) == 1);
    CHECK(std::holds_alternative<std::vector<common::Address>>(lookup.take()));
    CHECK(lookup.descriptor() < 0);
}

// No name server is asked: a label has 63 characters at most (RFC 1035, 2.3.4).
TEST_CASE("a look-up that finds nothing has the resolver's words for it") {
    NameLookup lookup(std::string(64, 'a'), 80);
    pollfd watched{lookup.descriptor(), POLLIN, 0};
    REQUIRE(poll(&watched, 1, -1) == 1);
    CHECK(std::get<std::string>(lookup.take()) == gai_strerror(EAI_NONAME));
}

TEST_CASE("a look-up for which no descriptor is left has the cause instead of addresses") {
    if (is_sanitized()) {
        MESSAGE("skipped: sanitizers open files of their own");
        return;
    }
    const int next = common::Descriptor(eventfd(0, EFD_CLOEXEC)).get();
    for (const int left : {0, 1}) {  // one is enough to ask, but not to wait
        const test_support::OpenFileLimit limit(static_cast<rlim_t>(next + left));
        NameLookup lookup("localhost", 80);
        CHECK(lookup.descriptor() < 0);
        CHECK(std::get<std::string>(lookup.take()) == "Too many open files");
    }
}

}  // namespace
