// A mistake, on purpose: fork in a process that has threads. Only the thread that calls fork goes
// on in the child (fork(2)); a lock that another thread held stays locked, and nobody is left to
// open it.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <mutex>
#include <thread>

int main() {
    std::mutex mutex;  // in a real program: a logger's, or one inside a library
    std::jthread holder([&] {
        const std::lock_guard lock(mutex);
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));  // now the thread holds the mutex

    const pid_t child = fork();
    if (child == 0) {
        alarm(1);  // so that this ends: SIGALRM kills who waits for ever
        const std::lock_guard lock(mutex);
        _exit(0);
    }
    {
        const std::lock_guard lock(mutex);
        std::printf("parent: got the lock when its thread gave it back\n");
    }
    int status = 0;
    waitpid(child, &status, 0);
    std::printf("child: %s\n", WIFSIGNALED(status) ? "waited for the lock until SIGALRM killed it"
                                                   : "got the lock");
}
