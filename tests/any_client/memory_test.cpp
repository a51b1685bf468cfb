// What the site keeps in memory for a client that does not read, or sends too much.
#include <doctest/doctest.h>
#include <unistd.h>

#include <string>

#include "raw_client.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/sanitized.hpp"

namespace {

using any_client::get;
using any_client::RawClient;
using common::PracticeSite;
using test_support::eventually;
using test_support::stats_of;

constexpr long mebibyte = 1024;  // in KiB

TEST_CASE("a large page is never in memory whole") {
    if (is_sanitized()) {
        MESSAGE("skipped: sanitizers need memory themselves");
        return;
    }
    const PracticeSite site({"--plain"});
    const pid_t process = test_support::children_of(getpid()).at(0);
    const RawClient client(site);
    client.send(get("/bytes/60000000"));
    CHECK(eventually([&] { return stats_of(site)["in_flight"] == 1; }));  // it is being sent
    CHECK(test_support::peak_kib_of(process) < 40 * mebibyte);
}

TEST_CASE("a client that goes on sending while its page is held is not listened to for ever") {
    if (is_sanitized()) {
        MESSAGE("skipped: sanitizers need memory themselves");
        return;
    }
    const PracticeSite site({"--plain"});
    const pid_t process = test_support::children_of(getpid()).at(0);
    const RawClient held(site);
    held.send(get("/hold/door"));
    CHECK(eventually([&] { return stats_of(site)["in_flight"] == 1; }));
    const long before = test_support::peak_kib_of(process);
    const std::string piece(64 * 1024, 'x');
    const RawClient other(site);
    // When another client has its answer, the site has taken of these bytes what it wants.
    for (int i = 0; i < 100; ++i) {
        held.send_what_fits(piece);
        other.send(get("/bytes/1"));
        CHECK(other.read_response(1).ends_with("T"));
    }
    CHECK(test_support::peak_kib_of(process) < before + mebibyte);
}

}  // namespace
