// The two ends of a pipe.
#pragma once

#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "common/net/descriptor.hpp"

namespace test_support {

struct Pipe {
    Pipe() {
        std::array<int, 2> ends{};
        if (pipe(ends.data()) != 0)
            throw std::system_error(errno, std::generic_category(), "pipe");
        reader = common::Descriptor(ends[0]);
        writer = common::Descriptor(ends[1]);
    }
    // One byte. False when it cannot be written.
    bool fill() const { return write(writer.get(), "x", 1) == 1; }

    common::Descriptor reader;
    common::Descriptor writer;
};

}  // namespace test_support
