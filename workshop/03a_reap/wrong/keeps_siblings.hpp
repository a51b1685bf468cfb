// rejected by: one_socket
// Worker processes, each connected to its parent by a pair of sockets.
#pragma once

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>
#include <string>
#include <system_error>

struct Worker {
    pid_t process_id;
    int socket;  // the parent's end of the pair
};

// "exited with status 3" or "killed by SIGKILL": what waitpid(2) has put into `status`.
inline std::string cause_of(int status) {
    if (WIFSIGNALED(status))
        return std::string("killed by SIG") + sigabbrev_np(WTERMSIG(status));
    return "exited with status " + std::to_string(WEXITSTATUS(status));
}

// Forks a worker: a process that calls work(its end of the pair) and then ends with status 0,
// without repeating what the parent does when it exits (flushing buffered output, atexit).
// `others`: the workers that run already. The new one inherits the parent's ends of their sockets,
// but the only end that it keeps open is its own end of its own pair.
template <class Work>
Worker start_worker(Work work, [[maybe_unused]] std::span<const Worker> others) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0)
        throw std::system_error(errno, std::generic_category(), "socketpair");
    const pid_t process_id = fork();
    if (process_id < 0) {
        const int error = errno;  // close may change it
        close(ends[0]);
        close(ends[1]);
        throw std::system_error(error, std::generic_category(), "fork");
    }
    if (process_id == 0) {  // the worker
        close(ends[0]);
        work(ends[1]);
        _exit(0);  // not exit: buffers and atexit are copies of the parent's
    }
    close(ends[1]);  // the worker's death then closes the last one, and the parent sees it
    return {process_id, ends[0]};
}

// Closes the parent's end, so that the worker reads end-of-file when it wants more, and waits until
// it has ended by itself. Says how it ended. Afterwards no zombie is left of it. Waits for no other
// child: somebody else waits for those.
inline std::string end_worker(const Worker& worker) {
    close(worker.socket);  // before the wait: the worker waits for this
    int status = 0;
    waitpid(worker.process_id, &status, 0);
    return cause_of(status);
}
