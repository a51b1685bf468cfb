// The programs that are wrong on purpose: they are wrong, and show it as their chapters say.
#include <doctest/doctest.h>

#include <cstdio>
#include <string>

#include "common/practice_site/practice_site_process.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/text.hpp"

namespace {

using test_support::contains;
using test_support::Finished;
using test_support::port_of;
using test_support::run;

TEST_CASE("a timeout per read lets a page take longer") {
    const common::PracticeSite site({"--plain"});
    const Finished finished = run({TUTORIAL_TIMEOUT_PER_READ, port_of(site), "/drip/300/bytes/3"});
    CHECK(finished.exit_status == 0);
    double seconds = 0;
    CHECK(std::sscanf(finished.output.c_str(), "timeout 0.5 s; the page took %lf s\n", &seconds) ==
          1);
    CHECK(seconds > 0.5);
}

TEST_CASE("a read that takes longer than its timeout ends the page") {
    const common::PracticeSite site({"--plain"});
    const Finished finished = run({TUTORIAL_TIMEOUT_PER_READ, port_of(site), "/silence"});
    CHECK(finished.exit_status == 1);
    // "Read", or in newer versions of the library "Failed to read connection".
    CHECK(finished.errors.starts_with("no page: "));
    CHECK(contains(finished.errors, "ead"));
}

TEST_CASE("a program that needs arguments says which") {
    const Finished finished = run({TUTORIAL_TIMEOUT_PER_READ, "8080"});
    CHECK(finished.exit_status == 2);
    CHECK(finished.errors == "usage: timeout_per_read PORT PATH\n");
}

TEST_CASE("the data race is one on the line that says so") {
    const Finished finished = run({"env", "TSAN_OPTIONS=halt_on_error=1", TUTORIAL_DATA_RACE});
    if (contains(finished.errors, "unexpected memory mapping")) {
        MESSAGE("skipped: ThreadSanitizer cannot run on this kernel");
        return;
    }
    CHECK(finished.exit_status == 66);  // ThreadSanitizer's
    CHECK(contains(finished.errors, "data race"));
    CHECK(contains(finished.errors, "data_race.cpp:17"));
    CHECK(run({"env", "TSAN_OPTIONS=report_bugs=0", TUTORIAL_DATA_RACE})
              .output.ends_with(" of 4000000 results\n"));
}

TEST_CASE("of a load and a store more downloads come than there are pages") {
    // On a busy machine the first thread may be done before the second one has begun.
    int downloads = 0;
    for (int i = 0; i < 10 && downloads <= 100'000; ++i) {
        const Finished finished = run({TUTORIAL_RACE_CONDITION});
        REQUIRE(finished.exit_status == 0);
        REQUIRE(std::sscanf(finished.output.c_str(), "%d downloads of 100000 pages\n",
                            &downloads) == 1);
    }
    CHECK(downloads > 100'000);
}

TEST_CASE("after a fork a lock that another thread held stays locked in the child") {
    const Finished finished = run({TUTORIAL_FORK_WITH_THREADS});
    CHECK(finished.exit_status == 0);
    CHECK(finished.output ==
          "parent: got the lock when its thread gave it back\n"
          "child: waited for the lock until SIGALRM killed it\n");
}

TEST_CASE("who sends all work before it reads a result ends in a deadlock") {
    const Finished finished = run({TUTORIAL_FULL_PIPE});
    CHECK(finished.exit_status == 1);
    int sent = 0;
    CHECK(std::sscanf(finished.output.c_str(), "deadlock: %d of 100000 messages sent", &sent) == 1);
    CHECK(sent > 0);
    CHECK(sent < 100'000);
    CHECK(finished.output.ends_with(
        " messages sent, none read; parent and child both wait in write\n"));
}

TEST_CASE("a child that nobody waited for is a zombie") {
    CHECK(run({TUTORIAL_ZOMBIE}).output ==
          "child that nobody waited for: Z (zombie)\n"
          "child after waitpid: gone\n");
}

// Where the machine was busy the ticker may be late by itself: then it is run again.
TEST_CASE("a coroutine that blocks lets no other run, and one that is suspended does") {
    int blocking = 0;
    int suspended = 1'000;
    for (int attempt = 0; attempt < 20 && suspended >= 200; ++attempt) {
        const Finished finished = run({TUTORIAL_BLOCKING_CALL});
        CHECK(finished.exit_status == 0);
        REQUIRE(std::sscanf(finished.output.c_str(),
                            "beside sleep_for: no tick for %d ms\n"
                            "beside co_await:  no tick for %d ms\n",
                            &blocking, &suspended) == 2);
        CHECK(blocking >= 290);
    }
    CHECK(suspended < 200);
}

TEST_CASE("the reference is dead when its coroutine reads it") {
    const Finished finished =
        run({"env", "ASAN_OPTIONS=detect_stack_use_after_return=1", TUTORIAL_DEAD_REFERENCE});
    CHECK(finished.exit_status != 0);
    CHECK(contains(finished.errors, "AddressSanitizer: stack-use-after-return"));
    CHECK(contains(finished.errors, "'url'"));
}

}  // namespace
