#include "worker_process.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <string_view>
#include <system_error>

#include "messages.hpp"

namespace multiprocess_model {
namespace {

constexpr int patience_ms = 1000;  // for a worker that was told to exit

std::system_error failure(const char* doing) {
    return {errno, std::generic_category(), doing};
}

bool send_message(int socket, std::string_view message) {
    // MSG_NOSIGNAL: a receiver that is gone is an error code, not SIGPIPE.
    return send(socket, message.data(), message.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(message.size());
}

// One whole message, or nothing when the other side is gone.
std::optional<std::string> receive_message(int socket) {
    std::array<char, max_message_bytes> buffer;
    for (;;) {
        const ssize_t size = recv(socket, buffer.data(), buffer.size(), 0);
        if (size > 0)
            return std::string(buffer.data(), static_cast<std::size_t>(size));
        // ECONNRESET says that the other side died with a message unread; what it had sent before
        // can still be received.
        if (size == 0 || (errno != EINTR && errno != ECONNRESET))
            return std::nullopt;
    }
}

}  // namespace

WorkerProcess::WorkerProcess(const std::function<void(int)>& work, std::span<const int> others) {
    // SOCK_SEQPACKET keeps the borders of messages: one send is one recv, never half a result.
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        throw failure("cannot make a socket pair for a worker");
    process_id_ = fork();
    if (process_id_ < 0) {
        const auto error = failure("cannot fork a worker");
        close(ends[0]);
        close(ends[1]);
        throw error;
    }
    if (process_id_ == 0) {
        close(ends[0]);
        for (const int other : others)
            close(other);
        try {
            work(ends[1]);
        } catch (const std::exception&) {
            _exit(1);
        }
        // _exit, not exit: destructors and buffered output are the parent's.
        _exit(0);
    }
    close(ends[1]);
    socket_ = ends[0];
}

WorkerProcess::~WorkerProcess() {
    hang_up();
    // A worker without a page exits, which ends the socket; one that holds a page or is stopped
    // (SIGSTOP) does not.
    pollfd watched{socket_, POLLIN, 0};
    if (process_id_ >= 0) {
        if (current_page_ || poll(&watched, 1, patience_ms) != 1)
            kill();
        waitpid(process_id_, nullptr, 0);
    }
    close(socket_);
}

bool WorkerProcess::give(std::size_t index) {
    if (!send_message(socket_, encode_task(index)))
        return false;
    current_page_ = index;
    page_since_ = common::Clock::now();
    overdue_since_.reset();
    return true;
}

std::optional<common::Result> WorkerProcess::receive() {
    const auto message = receive_message(socket_);
    auto result = message ? decode_result(*message) : std::nullopt;
    if (result)
        current_page_.reset();
    return result;
}

void WorkerProcess::kill() {
    killed_ = true;
    ::kill(process_id_, SIGKILL);
}

std::string WorkerProcess::cause_of_death() {
    ::kill(process_id_, SIGKILL);  // no effect on a process that has ended, or is just ending
    int status = 0;
    waitpid(process_id_, &status, 0);
    process_id_ = -1;
    if (WIFSIGNALED(status)) {
        const char* name = sigabbrev_np(WTERMSIG(status));  // real-time signals have none
        return name ? fmt::format("was killed by SIG{}", name)
                    : fmt::format("was killed by signal {}", WTERMSIG(status));
    }
    return fmt::format("exited with status {}", WEXITSTATUS(status));
}

void WorkerProcess::hang_up() const {
    shutdown(socket_, SHUT_WR);
}

std::optional<std::size_t> receive_task(int socket) {
    const auto message = receive_message(socket);
    return message ? decode_task(*message) : std::nullopt;
}

bool send_result(int socket, const common::Result& result) {
    return send_message(socket, encode_result(result));
}

}  // namespace multiprocess_model
