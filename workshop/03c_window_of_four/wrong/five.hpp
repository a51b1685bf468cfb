// rejected by: never_more
// A parent keeps a worker process busy through two pipes.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

// One page on its way to the worker, or its answer on the way back. Always sent whole.
struct Message {
    int page;
    int result;
    std::array<char, 56> text;
};

constexpr int window = 4;

inline std::system_error failure(const char* what) {
    return {errno, std::generic_category(), what};
}

inline void send(int descriptor, int page) {
    const Message message{page, 0, {}};
    if (write(descriptor, &message, sizeof message) != sizeof message)
        throw failure("write");
}

inline Message receive(int descriptor) {
    Message message;
    if (read(descriptor, &message, sizeof message) != sizeof message)
        throw failure("read");
    return message;
}

// Forks a worker, sends it the pages 0 to `pages` - 1, and returns the result of each.
// The worker calls run_worker(where it reads pages, where it writes answers), which returns at
// end-of-file. Each answer names its page; they may come in another order than the pages went out.
// Never more than `window` pages are sent and not yet answered, and never fewer while there are
// pages to send: for each answer that comes, the next page goes out. Meanwhile the parent sleeps.
// No other thread runs at the fork.
template <class RunWorker>
std::vector<int> ask_worker(int pages, RunWorker run_worker) {
    int work[2];
    int answers[2];
    if (pipe(work) != 0 || pipe(answers) != 0)
        throw failure("pipe");
    const pid_t worker = fork();
    if (worker < 0)
        throw failure("fork");
    if (worker == 0) {
        close(work[1]);
        close(answers[0]);
        run_worker(work[0], answers[1]);
        _exit(0);
    }
    close(work[0]);
    close(answers[1]);

    std::vector<int> results(pages);
    int sent = 0;
    for (int received = 0; received < pages; ++received) {
        // At most four messages of 64 bytes lie in both pipes together. They have room for 64 KiB
        // each, so no write ever blocks, on either side: there is nothing to deadlock on.
        for (; sent < pages && sent - received <= window; ++sent)
            send(work[1], sent);
        const Message answer = receive(answers[0]);  // the only place where the parent waits
        results[answer.page] = answer.result;
    }

    close(work[1]);
    close(answers[0]);
    waitpid(worker, nullptr, 0);
    return results;
}
