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

Address address_of(std::uint16_t port) {
    const sockaddr_in loopback = test_support::loopback(port);
    Address address{.size = sizeof loopback};
    std::memcpy(&address.storage, &loopback, sizeof loopback);
    return address;
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

}  // namespace
