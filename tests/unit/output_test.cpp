#include "common/run/output.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <system_error>

#include "support/processes.hpp"

namespace {

using common::print;
using common::StandardStream;

void set_standard_output(const char* file) {
    dup2(open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600), STDOUT_FILENO);
}

bool finish_is_an_error() {
    try {
        common::finish_output();
        return false;
    } catch (const std::system_error& error) {
        return error.code() == std::errc::no_space_on_device;
    }
}

// In a process of its own: what was lost is not forgotten.
TEST_CASE("after a line that was lost no other is written, and in the end it is an error") {
    const test_support::TemporaryDirectory directory;
    const std::string file = directory.file("lines");
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        set_standard_output("/dev/full");
        print(StandardStream::output, "lost\n");
        set_standard_output(file.c_str());
        print(StandardStream::output, "after it\n");
        _exit(finish_is_an_error() ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(status == 0);
    CHECK(test_support::read_text(file).empty());
}

}  // namespace
