// The race for a connection, on ports of this machine; its clock is the test's.
#include "common/net/connect_race.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

#include "support/deaf_port.hpp"
#include "support/loopback.hpp"
#include "support/open_file_limit.hpp"

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

TEST_CASE("the first attempt is waited for also beside a second one") {
    const test_support::DeafPort deaf;
    ConnectRace race({address_of(deaf.port()), address_of(deaf.port())}, Clock::time_point());
    const int first = race.watched().fd;
    race.go_on(race.next_attempt());
    shutdown(first, SHUT_RDWR);  // it ends with an error
    CHECK(is_ready(race.watched()));
}

// Waits as long as the race goes on, but for no time of its clock.
void finish(ConnectRace& race) {
    while (race.is_going_on()) {
        REQUIRE(is_ready(race.watched()));
        race.go_on(Clock::time_point());
    }
}

TEST_CASE("the next address is tried after 250 ms, and after the last one no time is waited for") {
    const test_support::DeafPort deaf;
    const Port good(true);
    const Clock::time_point begin = Clock::time_point() + std::chrono::hours(1);
    const Clock::time_point due = begin + std::chrono::milliseconds(250);
    ConnectRace race({address_of(deaf.port()), address_of(good.port)}, begin);
    CHECK((race.next_attempt() == due));
    race.go_on(due - std::chrono::nanoseconds(1));
    CHECK((race.next_attempt() == due));
    race.go_on(due);
    CHECK((race.next_attempt() == Clock::time_point::max()));
    CHECK((fcntl(race.watched().fd, F_GETFD) & FD_CLOEXEC) != 0);
    finish(race);
    CHECK(race.take_winner().get() >= 0);
}

TEST_CASE("once there is a connection no further address is tried") {
    const Port good(true);
    const Port other(true);
    ConnectRace race({address_of(good.port), address_of(other.port)}, Clock::time_point());
    while (race.is_going_on()) {
        REQUIRE(is_ready(race.watched()));
        race.go_on(race.next_attempt());
    }
    CHECK(race.take_winner().get() >= 0);
    pollfd connected{other.descriptor, POLLIN, 0};
    CHECK(poll(&connected, 1, 0) == 0);
}

TEST_CASE("a second attempt for which no descriptor is left does not cost the first") {
    const test_support::DeafPort deaf;
    const Port good(true);
    ConnectRace race({address_of(deaf.port()), address_of(good.port)}, Clock::time_point());
    const int first = race.watched().fd;
    {
        // One is left: for a socket, but not to wait for both.
        const test_support::OpenFileLimit limit(static_cast<rlim_t>(first + 2));
        race.go_on(race.next_attempt());
    }
    REQUIRE(race.is_going_on());
    CHECK(race.watched().fd == first);
    CHECK(race.error().message() == "Too many open files");
    shutdown(first, SHUT_RDWR);  // it ends with an error
    REQUIRE(is_ready(race.watched()));
    race.go_on(Clock::time_point());
    CHECK_FALSE(race.is_going_on());
    CHECK(race.take_winner().get() < 0);
}

TEST_CASE("a connection never blocks, sends at once and is not inherited") {
    const Port good(true);
    ConnectRace race({address_of(good.port)}, Clock::time_point());
    finish(race);
    const common::Descriptor winner = race.take_winner();
    CHECK((fcntl(winner.get(), F_GETFL) & O_NONBLOCK) != 0);
    CHECK((fcntl(winner.get(), F_GETFD) & FD_CLOEXEC) != 0);
    int no_delay = 0;
    socklen_t size = sizeof no_delay;
    getsockopt(winner.get(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size);
    CHECK(no_delay != 0);
}

// TCP has no broadcast: connect(2) itself refuses the address.
Address impossible_address() {
    sockaddr_in broadcast = test_support::loopback(1);
    broadcast.sin_addr.s_addr = htonl(INADDR_BROADCAST);
    return address_of(broadcast);
}

TEST_CASE("an address with which no attempt can begin is followed by the next one at once") {
    const Port good(true);
    ConnectRace race({impossible_address(), address_of(good.port)}, Clock::time_point());
    finish(race);
    CHECK(race.take_winner().get() >= 0);
}

TEST_CASE("where no address answers, the error is the last one's") {
    const Port refusing(false);
    for (const bool refused_last : {true, false}) {
        std::vector<Address> addresses = {impossible_address(), address_of(refusing.port)};
        if (!refused_last)
            std::swap(addresses[0], addresses[1]);
        ConnectRace race(addresses, Clock::time_point());
        finish(race);
        CHECK(race.take_winner().get() < 0);
        CAPTURE(race.error().message());
        CHECK((race.error() == std::errc::connection_refused) == refused_last);
    }
}

TEST_CASE("an attempt for which no descriptor is left has that as its error") {
    const test_support::OpenFileLimit none(0);
    const ConnectRace race({address_of(1)}, Clock::time_point());
    CHECK_FALSE(race.is_going_on());
    CHECK(race.error().message() == "Too many open files");
}

// The family of the address that wins.
int winner_among(std::vector<Address> addresses) {
    ConnectRace race(std::move(addresses), Clock::time_point());
    finish(race);
    const common::Descriptor winner = race.take_winner();
    sockaddr_storage own{};
    socklen_t size = sizeof own;
    REQUIRE(getsockname(winner.get(), reinterpret_cast<sockaddr*>(&own), &size) == 0);
    return own.ss_family;
}

// RFC 8305, 4: A, B, A, B. The first A refuses: the next is a B, and if that refuses too, an A.
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
    const Address refusing_too = address_of(test_support::loopback_ipv6(refusing.port));
    const Address first = address_of(refusing.port);
    CHECK(winner_among({first, address_of(good.port), address_of(good_too)}) == AF_INET6);
    CHECK(winner_among({first, address_of(good.port), refusing_too, address_of(good_too)}) ==
          AF_INET);
}

}  // namespace
