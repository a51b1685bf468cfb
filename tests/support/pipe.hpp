// The two ends of a pipe.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include "common/net/descriptor.hpp"

namespace test_support {

struct Pipe {
    Pipe() {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0)
            throw std::system_error(errno, std::generic_category(), "pipe2");
        reader = common::Descriptor(ends[0]);
        writer = common::Descriptor(ends[1]);
    }
    // One byte. False when it cannot be written.
    bool fill() const { return write(writer.get(), "x", 1) == 1; }

    common::Descriptor reader;
    common::Descriptor writer;
};

// A pipe that is full, of whole blocks: who writes to it waits.
inline Pipe make_full_pipe() {
    Pipe pipe;
    const std::string block(4096, 'x');
    fcntl(pipe.writer.get(), F_SETFL, O_NONBLOCK);
    while (write(pipe.writer.get(), block.data(), block.size()) > 0) {
    }
    fcntl(pipe.writer.get(), F_SETFL, 0);
    return pipe;
}

}  // namespace test_support
