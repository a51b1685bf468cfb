#include "common/run/stop.hpp"

#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <new>
#include <system_error>

#include "common/run/prepare_process.hpp"

namespace common {
namespace {

// Lock-free atomics are the only shared state that a signal handler may touch
// (signal-safety(7)).
std::atomic<int> own_signals{0};
std::atomic<int> descriptor{-1};
static_assert(std::atomic<int>::is_always_lock_free);

// Which signal asked to stop. In memory that forked children share with their parent, so that a
// SIGTERM for the parent alone stops them too; null before install_stop_signals().
std::atomic<int>* shared_signal = nullptr;

// Only async-signal-safe calls: write(2) and _exit(2).
void on_signal(int number) {
    if (own_signals.fetch_add(1) > 0 && number != SIGHUP)
        _exit(128 + number);
    *shared_signal = number;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(descriptor, &one, sizeof one);
}

}  // namespace

void install_stop_signals() {
    // An eventfd (2) that nobody reads stays readable: everyone who polls it sees it, forked
    // workers included, since they inherit it.
    descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (descriptor < 0)
        throw std::system_error(errno, std::generic_category(), "eventfd");

    void* memory = mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        throw std::system_error(errno, std::generic_category(), "mmap");
    shared_signal = new (memory) std::atomic<int>(0);

    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (const int number : stop_signals())
        sigaction(number, &action, nullptr);
}

bool stop_requested() {
    return stop_signal() != 0;
}
int stop_descriptor() {
    return descriptor;
}
int stop_signal() {
    return shared_signal ? shared_signal->load() : 0;
}

}  // namespace common
