// The race for a connection, on ports of this machine; its clock is the test's.
#include "common/net/connect_race.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <vector>

#include "support/deaf_port.hpp"
#include "support/loopback.hpp"

namespace {

using common::Address;
using common::Clock;
using common::ConnectRace;

template <typename SocketAddress>
Address address_of(const SocketAddress& loopback) {
    Address address{.size = sizeof loopback};
    std::memcpy(&address.storage, &loopback, sizeof loopback);
    return address;
}
Address address_of(std::uint16_t port) {
    return address_of(test_support::loopback(port));
}

// Bound to a port of its own: refuses connections unless it listens.
struct Port {
    explicit Port(bool listens) {
        if (listens)
            REQUIRE(listen(descriptor, 1) == 0);
    }
    ~Port() { close(descriptor); }
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;

    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const std::uint16_t port = test_support::bind_to_free_port(descriptor);
};

bool is_ready(pollfd watched) {
    return poll(&watched, 1, 5000) == 1;
}

TEST_CASE("an attempt is waited for also when all those before it have failed") {
    const test_support::DeafPort deaf;
    const Port refusing(false);
    const Port good(true);
    ConnectRace race({address_of(deaf.port()), address_of(refusing.port), address_of(good.port)},
                     Clock::time_point());
    const int first = race.watched().fd;
    race.go_on(race.next_attempt());
    // What a server's refusal after more than 250 ms does: the attempt ends with an error.
    shutdown(first, SHUT_RDWR);
    REQUIRE(is_ready(race.watched()));
    race.go_on(Clock::time_point());
    REQUIRE(race.is_going_on());
    REQUIRE(is_ready(race.watched()));
    race.go_on(Clock::time_point());
    CHECK(race.take_winner().get() >= 0);
}

// RFC 8305, 4: A, B, A, B. The first of each refuses, so the second A is the next, and not B.
TEST_CASE("the families of addresses take turns all along") {
    const Port refusing(false);
    const Port good(true);
    const common::Descriptor other(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in6 good_too = test_support::loopback_ipv6(0);
    socklen_t size = sizeof good_too;
    auto* generic = reinterpret_cast<sockaddr*>(&good_too);
    if (bind(other.get(), generic, size) != 0 || listen(other.get(), 1) != 0 ||
        getsockname(other.get(), generic, &size) != 0) {
        MESSAGE("skipped: this machine has no [::1]");
        return;
    }
    ConnectRace race({address_of(refusing.port), address_of(good.port),
                      address_of(test_support::loopback_ipv6(refusing.port)), address_of(good_too)},
                     Clock::time_point());
    while (race.is_going_on()) {
        REQUIRE(is_ready(race.watched()));
        race.go_on(Clock::time_point());
    }
    const common::Descriptor winner = race.take_winner();
    sockaddr_storage own{};
    size = sizeof own;
    REQUIRE(getsockname(winner.get(), reinterpret_cast<sockaddr*>(&own), &size) == 0);
    CHECK(own.ss_family == AF_INET);
}

}  // namespace
