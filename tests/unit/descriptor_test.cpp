// Who closes a descriptor, and when: a pipe whose writer is closed has an end.
#include "common/net/descriptor.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "support/pipe.hpp"

namespace {

using common::Descriptor;
using test_support::Pipe;

bool has_ended(const Pipe& pipe) {
    fcntl(pipe.reader.get(), F_SETFL, O_NONBLOCK);
    char byte = 0;
    return read(pipe.reader.get(), &byte, 1) == 0;
}

TEST_CASE("what another descriptor takes the place of is closed") {
    Pipe pipe;
    CHECK_FALSE(has_ended(pipe));
    pipe.writer = Descriptor();
    CHECK(has_ended(pipe));
    CHECK_FALSE(pipe.writer);
}

TEST_CASE("0 is a descriptor like any other") {
    const Descriptor before(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
    Pipe pipe;
    dup2(pipe.writer.get(), STDIN_FILENO);
    pipe.writer = Descriptor();
    {
        Descriptor zero(STDIN_FILENO);
        CHECK(zero);
        const Descriptor moved = std::move(zero);
        CHECK_FALSE(has_ended(pipe));
    }
    CHECK(has_ended(pipe));
    if (before)
        dup2(before.get(), STDIN_FILENO);
}

}  // namespace
