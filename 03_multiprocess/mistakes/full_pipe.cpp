// A mistake, on purpose: the parent sends all its work before it reads a result. A pipe holds 64
// KiB (pipe(7)). When the results' pipe is full the child blocks in write and reads no more work;
// then the work's pipe fills too, and each waits for the other for ever: a deadlock.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>

namespace {

constexpr int pages = 100'000;
using Message = std::array<char, 64>;

// The child: an answer for each message.
[[noreturn]] void run_worker(int work, int results) {
    Message message{};
    while (read(work, message.data(), message.size()) > 0)
        if (write(results, message.data(), message.size()) < 0)
            break;
    _exit(0);
}

}  // namespace

int main() {
    int work[2];
    int results[2];
    if (pipe(work) != 0 || pipe(results) != 0)
        return 1;
    const pid_t worker = fork();
    if (worker == 0)  // it keeps the parent's ends too: to see the end of work it would close them
        run_worker(work[0], results[1]);

    // So that this ends: after a second a signal interrupts the write that blocks (signal(7)).
    struct sigaction action {};
    action.sa_handler = [](int) {};
    sigaction(SIGALRM, &action, nullptr);
    alarm(1);

    int sent = 0;
    const Message message{};
    while (sent < pages && write(work[1], message.data(), message.size()) > 0)  // the mistake
        ++sent;
    if (sent < pages)
        std::printf(
            "deadlock: %d of %d messages sent, none read; parent and child both wait in "
            "write\n",
            sent, pages);
    kill(worker, SIGKILL);
    waitpid(worker, nullptr, 0);
    return sent < pages ? 1 : 0;
}
