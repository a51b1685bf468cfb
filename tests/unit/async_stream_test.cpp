// A wait for a descriptor, and how it ends.
#include "common/net/async_stream.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <exception>
#include <system_error>
#include <utility>

#include "common/net/descriptor.hpp"
#include "support/pipe.hpp"

namespace {

using common::AsyncDescriptor;
using common::Descriptor;
using common::Transfer;
using test_support::Pipe;

// What a coroutine that waits is told in the end.
bool is_told_ready(asio::io_context& context, AsyncDescriptor& descriptor) {
    bool told = false;
    asio::co_spawn(context, descriptor.wait(asio::posix::stream_descriptor::wait_read),
                   [&](const std::exception_ptr&, bool ready) { told = ready; });
    context.restart();
    context.run();
    return told;
}

TEST_CASE("a descriptor is waited for until it is ready, each time") {
    asio::io_context context;
    Pipe pipe;
    AsyncDescriptor descriptor(context, std::move(pipe.reader));
    // Behind the first step of the coroutine, which waits then.
    asio::post(context, [&] { asio::post(context, [&] { pipe.fill(); }); });
    CHECK(is_told_ready(context, descriptor));
    CHECK(is_told_ready(context, descriptor));
}

TEST_CASE("a wait that is cancelled ends at once, and so does every later one") {
    asio::io_context context;
    Pipe pipe;
    AsyncDescriptor descriptor(context, std::move(pipe.reader));
    SUBCASE("before it begins") {
        descriptor.cancel();
        CHECK_FALSE(is_told_ready(context, descriptor));
    }
    SUBCASE("before it begins, and there is something") {
        REQUIRE(pipe.fill());
        descriptor.cancel();
        CHECK_FALSE(is_told_ready(context, descriptor));
    }
    SUBCASE("meanwhile") {
        bool told = true;
        asio::co_spawn(context, descriptor.wait(asio::posix::stream_descriptor::wait_read),
                       [&](const std::exception_ptr&, bool ready) { told = ready; });
        asio::post(context, [&] { descriptor.cancel(); });
        context.run();
        CHECK_FALSE(told);
        CHECK_FALSE(is_told_ready(context, descriptor));
    }
}

TEST_CASE("a read that is cancelled gives the stream up: no farewell says that all is well") {
    asio::io_context context;
    std::array<int, 2> ends{};
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
    const Descriptor peer(ends[1]);
    common::AsyncStream stream(context, Descriptor(ends[0]));
    std::array<char, 8> buffer{};
    Transfer read;
    asio::co_spawn(context, stream.read(buffer),
                   [&](const std::exception_ptr&, Transfer told) { read = told; });
    asio::post(context, [&] { stream.descriptor().cancel(); });
    context.run();
    CHECK(read.state == Transfer::State::cancelled);
    CHECK_FALSE(stream.stream().end_output());
}

TEST_CASE("waits that were stopped are over, and later ones are not") {
    asio::io_context context;
    Pipe pipe;
    AsyncDescriptor descriptor(context, std::move(pipe.reader));
    bool called = false;
    descriptor.call_on(asio::posix::stream_descriptor::wait_read,
                       [&](std::error_code error) { called = static_cast<bool>(error); });
    descriptor.stop_waiting();
    context.run();
    CHECK(called);
    REQUIRE(pipe.fill());
    CHECK(is_told_ready(context, descriptor));
}

TEST_CASE("a descriptor that was released stays open") {
    asio::io_context context;
    Pipe pipe;
    int released = -1;
    {
        AsyncDescriptor descriptor(context, std::move(pipe.reader));
        released = descriptor.release();
    }
    const Descriptor reader(released);
    REQUIRE(pipe.fill());
    char byte = 0;
    CHECK(read(reader.get(), &byte, 1) == 1);
}

}  // namespace
