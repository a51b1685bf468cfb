// One forked worker as its parent sees it: a process id, a socket, and its current page.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "common/page/result.hpp"

namespace multiprocess_model {

// Owns the process: the destructor lets it end, or ends it, and reaps it, so that no zombie stays.
// Not thread-safe.
class WorkerProcess {
  public:
    // Forks; the child runs `work` with its end of the socket and exits, it never returns from
    // here. `others`: the descriptors of the other workers, which the child has inherited and must
    // close: end-of-file comes only when the last copy of the other end is closed.
    // Call while the process has one thread: fork(2) copies only the thread that calls it.
    // Throws std::system_error when there can be no more processes or descriptors.
    WorkerProcess(const std::function<void(int socket)>& work, std::span<const int> others);
    ~WorkerProcess();
    WorkerProcess(const WorkerProcess&) = delete;
    WorkerProcess& operator=(const WorkerProcess&) = delete;

    // Hands out one page. False when the worker is dead; then it holds nothing.
    bool give(std::size_t index);
    // The worker's answer, after poll(2) saw one: the result of its page. nullopt: the worker died,
    // or said what cannot be read, and its page is lost.
    std::optional<common::Result> receive();
    // Ends it (SIGKILL). The next receive() has nothing.
    void kill();
    bool was_killed() const { return killed_; }
    // For a worker whose receive() had nothing. Reaps it, and says "was killed by SIGSEGV" or
    // "exited with status 1".
    std::string cause_of_death();

    std::optional<std::size_t> current_page() const { return current_page_; }
    common::Clock::time_point page_since() const { return page_since_; }
    // When its parent found that it should have answered; nothing for most pages.
    std::optional<common::Clock::time_point> overdue_since() const { return overdue_since_; }
    void remark_overdue(common::Clock::time_point now) { overdue_since_ = now; }
    int socket() const { return socket_; }
    pid_t process_id() const { return process_id_; }
    // No more pages: a worker that holds none exits.
    void hang_up() const;

  private:
    pid_t process_id_ = -1;  // -1: reaped
    int socket_ = -1;
    bool killed_ = false;
    std::optional<std::size_t> current_page_;
    common::Clock::time_point page_since_{};
    std::optional<common::Clock::time_point> overdue_since_;
};

// For the child: waits for the next page. nullopt when the parent has no more, or is gone.
std::optional<std::size_t> receive_task(int socket);
// For the child. False when the parent is gone.
bool send_result(int socket, const common::Result& result);

}  // namespace multiprocess_model
