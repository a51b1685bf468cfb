// One forked worker as its parent sees it: a process id, a socket, and the page that it holds.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "common/result.hpp"

namespace multiprocess_model {

// Owns the process: the destructor lets it end, or ends it, and reaps it, so that no zombie stays.
// Not thread-safe.
class WorkerProcess {
  public:
    // Forks; the child runs `work` with its end of the socket and exits, it never returns from
    // here. `others`: the descriptors of the other workers, which the child has inherited and must
    // close, or a worker would not see the parent's end of its socket go away.
    // Call while the process has one thread: fork(2) copies only the thread that calls it.
    // Throws std::system_error when there can be no more processes or descriptors.
    WorkerProcess(const std::function<void(int socket)>& work, std::span<const int> others);
    ~WorkerProcess();
    WorkerProcess(const WorkerProcess&) = delete;
    WorkerProcess& operator=(const WorkerProcess&) = delete;

    // Hands out one page. False when the worker is dead; then it holds nothing.
    bool give(std::size_t index);
    // The worker's answer, after poll(2) saw one: the result of the page it held. Nothing when the
    // worker died instead; the page is then what its death cost.
    std::optional<common::Result> receive();
    // Ends it (SIGKILL). The next receive() has nothing.
    void kill() const;
    // For a worker whose receive() had nothing. Reaps it, and says "killed by SIGSEGV" or "exited
    // with status 1".
    std::string cause_of_death();

    std::optional<std::size_t> held() const { return held_; }
    common::Clock::time_point held_since() const { return held_since_; }
    int socket() const { return socket_; }
    pid_t process_id() const { return process_id_; }
    // No more pages: a worker that holds none exits.
    void hang_up() const;

  private:
    pid_t process_id_ = -1;  // -1: reaped
    int socket_ = -1;
    std::optional<std::size_t> held_;
    common::Clock::time_point held_since_{};
};

// For the child: waits for the next page. Nothing when the parent has no more, or is gone.
std::optional<std::size_t> receive_task(int socket);
// For the child. False when the parent is gone.
bool send_result(int socket, const common::Result& result);

}  // namespace multiprocess_model
