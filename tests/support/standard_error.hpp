// What this process says on standard error.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "common/net/descriptor.hpp"
#include "support/processes.hpp"

namespace test_support {

// What is written to it meanwhile.
template <typename Action>
std::string standard_error_of(Action action) {
    const TemporaryDirectory directory;
    const common::Descriptor before(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0));
    const common::Descriptor file(
        open(directory.file("errors").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    dup2(file.get(), STDERR_FILENO);
    action();
    dup2(before.get(), STDERR_FILENO);
    return read_text(directory.file("errors"));
}

}  // namespace test_support
