// Writing all of a text, whatever the descriptor makes of it, or nothing more after a gap.
#include "common/run/output.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <future>
#include <string>
#include <system_error>

#include "common/net/descriptor.hpp"
#include "support/pipe.hpp"
#include "support/processes.hpp"
#include "support/text.hpp"

namespace {

using common::Descriptor;
using common::print;
using common::StandardStream;
using common::write_all;

// Without SA_RESTART: what waits is interrupted (signal(7)).
void hear(int signal, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    REQUIRE(sigaction(signal, &action, nullptr) == 0);
}

std::atomic<bool> heard{false};

// More than a pipe takes, and no part like another.
std::string long_text() {
    std::string text;
    for (int i = 0; i < 30'000; ++i)
        text += std::to_string(i) + "\n";
    return text;
}

TEST_CASE(
    "a text is written whole to a full pipe, without a busy wait and whatever interrupts it") {
    hear(SIGUSR1, [](int) { heard = true; });
    const pthread_t writer = pthread_self();
    const std::string own = "/proc/self/task/" + std::to_string(gettid()) + "/stat";
    const std::string text = long_text();
    for (const int flags : {0, O_NONBLOCK}) {
        CAPTURE(flags);
        auto pipe = test_support::make_full_pipe();
        fcntl(pipe.writer.get(), F_SETFL, flags);
        heard = false;
        bool sleeps = false;
        auto reader = std::async(std::launch::async, [&] {
            sleeps = test_support::eventually(
                [&] { return test_support::contains(test_support::read_text(own), ") S "); });
            pthread_kill(writer, SIGUSR1);
            test_support::eventually([] { return heard.load(); });
            return test_support::read_to_end(pipe.reader.get());
        });
        CHECK(write_all(pipe.writer.get(), text) == 0);
        pipe.writer = Descriptor();
        CHECK(reader.get().ends_with(text));
        CHECK(sleeps);
    }
    hear(SIGUSR1, SIG_DFL);
}

TEST_CASE("an error of a write is told as it is") {
    const Descriptor full(open("/dev/full", O_WRONLY | O_CLOEXEC));
    CHECK(write_all(full.get(), "text") == ENOSPC);
    CHECK(write_all(full.get(), "") == 0);
    CHECK(write_all(-1, "text") == EBADF);
}

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
    CHECK_FALSE(test_support::contains(test_support::read_text(file), "after it"));
}

}  // namespace
