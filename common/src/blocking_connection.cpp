#include "blocking_connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include "common/http_rules.hpp"
#include "common/stop.hpp"

namespace common {
namespace {

std::error_code last_error() {
    return {errno, std::generic_category()};
}

// Milliseconds for poll(2), rounded up so that it does not return just before the deadline.
int milliseconds_until(Clock::time_point deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000'000));
}

struct FreeAddresses {
    void operator()(addrinfo* addresses) const { freeaddrinfo(addresses); }
};

}  // namespace

BlockingConnection::BlockingConnection(const Url& url, SSL_CTX* context,
                                       std::chrono::milliseconds timeout)
    : url_(url), context_(context), timeout_(timeout) {}

BlockingConnection::~BlockingConnection() {
    // After an error OpenSSL must not be asked to say goodbye (SSL_shutdown(3)).
    if (ssl_ && !failure_ && !ended_) {
        ERR_clear_error();
        SSL_shutdown(ssl_.get());
    }
    if (socket_ >= 0)
        close(socket_);
}

bool BlockingConnection::open(Clock::time_point deadline, Times& times) {
    deadline_ = deadline;
    times_ = &times;
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int error =
        getaddrinfo(url_.host.c_str(), std::to_string(url_.port).c_str(), &hints, &found);
    const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
    if (error != 0) {
        failure_ = resolve_error(url_, gai_strerror(error));
        return false;
    }
    times.resolved = Clock::now();
    for (const addrinfo* address = addresses.get(); address; address = address->ai_next) {
        failure_.reset();
        if (connect_to(*address)) {
            times.connected = Clock::now();
            return !url_.https || shake_hands();
        }
        if (failure_->kind != ErrorKind::connect)
            break;  // no time left, or asked to stop: the next address would get none
    }
    return false;
}

bool BlockingConnection::connect_to(const addrinfo& address) {
    if (socket_ >= 0)
        close(socket_);
    socket_ = socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0) {
        failure_ = socket_error(url_, last_error(), true);
        return false;
    }
    const int on = 1;  // a request goes out at once instead of waiting for an ACK (tcp(7))
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);

    if (connect(socket_, address.ai_addr, address.ai_addrlen) == 0)
        return true;
    if (errno != EINPROGRESS) {
        failure_ = socket_error(url_, last_error(), true);
        return false;
    }
    if (wait_for(POLLOUT) == Wait::failed)
        return false;
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0)
        failure_ = socket_error(url_, {error, std::generic_category()}, true);
    return error == 0;
}

bool BlockingConnection::shake_hands() {
    ssl_ = new_tls_session(context_, url_, socket_);
    for (;;) {
        ERR_clear_error();
        const int result = SSL_do_handshake(ssl_.get());
        if (result == 1) {
            times_->secured = Clock::now();
            return true;
        }
        if (wait_for_tls(result, true) == Wait::failed)
            return false;
    }
}

void BlockingConnection::begin_exchange(const Url& url, Clock::time_point deadline, Times& times) {
    url_ = url;
    deadline_ = deadline;
    times_ = &times;
    bytes_read_ = 0;
}

BlockingConnection::Wait BlockingConnection::wait_for(short events) {
    for (;;) {
        // Also when data is there all the time: an endless body must not outrun the deadline.
        if (stop_requested()) {
            failure_ = stopped_error(url_);
            return Wait::failed;
        }
        if (Clock::now() >= deadline_) {
            failure_ = timeout_error(url_, timeout_);
            return Wait::failed;
        }
        std::array<pollfd, 2> watched{{{socket_, events, 0}, {stop_descriptor(), POLLIN, 0}}};
        if (poll(watched.data(), watched.size(), milliseconds_until(deadline_)) > 0 &&
            watched[0].revents != 0)
            return Wait::ready;
    }
}

BlockingConnection::Wait BlockingConnection::wait_for_tls(int result, bool handshake) {
    const int system_error = errno;
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return wait_for(POLLIN);
        case SSL_ERROR_WANT_WRITE:
            return wait_for(POLLOUT);
        default:
            failure_ = tls_error(url_, ssl_.get(), system_error, handshake);
    }
    return Wait::failed;
}

// Fills the empty buffer. As read().
ssize_t BlockingConnection::receive() {
    if (Clock::now() >= deadline_ && wait_for(POLLIN) == Wait::failed)
        return -1;
    for (;;) {
        if (ssl_) {
            ERR_clear_error();
            errno = 0;
            const int size = SSL_read(ssl_.get(), buffer_.data(), static_cast<int>(buffer_.size()));
            if (size > 0)
                return size;
            if (SSL_get_error(ssl_.get(), size) == SSL_ERROR_ZERO_RETURN)
                return 0;
            if (wait_for_tls(size, false) == Wait::failed)
                return -1;
        } else {
            const ssize_t size = recv(socket_, buffer_.data(), buffer_.size(), 0);
            if (size >= 0)
                return size;
            if (errno != EAGAIN && errno != EINTR) {
                failure_ = socket_error(url_, last_error(), false);
                return -1;
            }
            if (wait_for(POLLIN) == Wait::failed)
                return -1;
        }
    }
}

ssize_t BlockingConnection::read(char* buffer, std::size_t size) {
    if (failure_)
        return -1;
    if (buffer_begin_ == buffer_end_) {
        const ssize_t received = receive();
        ended_ = received == 0;
        if (received <= 0)
            return received;
        buffer_begin_ = 0;
        buffer_end_ = static_cast<std::size_t>(received);
        if (bytes_read_ == 0)
            times_->answered = Clock::now();
    }
    const std::size_t handed_out = std::min(size, buffer_end_ - buffer_begin_);
    std::memcpy(buffer, &buffer_[buffer_begin_], handed_out);
    buffer_begin_ += handed_out;
    bytes_read_ += handed_out;
    return static_cast<ssize_t>(handed_out);
}

ssize_t BlockingConnection::write(const char* bytes, std::size_t size) {
    std::size_t sent = 0;
    while (sent < size) {
        if (ssl_) {
            ERR_clear_error();
            errno = 0;
            const int now = SSL_write(ssl_.get(), bytes + sent, static_cast<int>(size - sent));
            if (now > 0)
                sent += static_cast<std::size_t>(now);
            else if (wait_for_tls(now, false) == Wait::failed)
                return -1;
        } else {
            const ssize_t now = send(socket_, bytes + sent, size - sent, MSG_NOSIGNAL);
            if (now > 0) {
                sent += static_cast<std::size_t>(now);
            } else if (errno != EAGAIN && errno != EINTR) {
                failure_ = socket_error(url_, last_error(), false);
                return -1;
            } else if (wait_for(POLLOUT) == Wait::failed) {
                return -1;
            }
        }
    }
    times_->requested = Clock::now();
    return static_cast<ssize_t>(size);
}

}  // namespace common
