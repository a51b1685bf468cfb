#include "common/net/wait.hpp"

#include <doctest/doctest.h>
#include <poll.h>

#include <chrono>
#include <utility>

#include "common/net/descriptor.hpp"
#include "support/pipe.hpp"

namespace {

using common::Clock;
using common::Descriptor;
using common::wait_for;
using test_support::Pipe;

pollfd readable(const Pipe& pipe) {
    return {pipe.reader.get(), POLLIN, 0};
}

TEST_CASE("what is ready is so also when its time is over") {
    const Pipe pipe;
    REQUIRE(pipe.fill());
    CHECK(wait_for(readable(pipe), Clock::time_point()));
    CHECK(wait_for(readable(pipe), Clock::time_point::max()));
}

TEST_CASE("what is not ready is waited for until its time") {
    const Pipe pipe;
    CHECK_FALSE(wait_for(readable(pipe), Clock::time_point()));
    const auto until = Clock::now() + std::chrono::microseconds(5500);
    CHECK_FALSE(wait_for(readable(pipe), until));
    CHECK(Clock::now() >= until);
}

TEST_CASE("a writer that is gone ends the wait") {
    Pipe pipe;
    { const Descriptor gone = std::move(pipe.writer); }
    CHECK(wait_for(readable(pipe), Clock::time_point::max()));
}

}  // namespace
