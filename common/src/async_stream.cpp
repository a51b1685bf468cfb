#include "common/async_stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <cerrno>
#include <optional>

namespace common {

using WaitType = asio::socket_base::wait_type;

// What came of trying without waiting: a result, or what to wait for before the next try.
struct AsyncStream::Attempt {
    Transfer transfer;
    std::optional<WaitType> wait_for;
};

AsyncStream::AsyncStream(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {
    if (socket_.is_open())
        set_options();
}

void AsyncStream::set_options() {
    std::error_code ignored;
    socket_.native_non_blocking(true, ignored);
    // A request goes out at once instead of waiting for an ACK (tcp(7)).
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

AsyncStream::~AsyncStream() {
    // After an error OpenSSL must not be asked to say goodbye (SSL_shutdown(3)).
    if (ssl_ && !broken_ && socket_.is_open()) {
        ERR_clear_error();
        SSL_shutdown(ssl_.get());
    }
}

AsyncStream::Attempt AsyncStream::attempt_of(int result) {
    const int system_error = errno;
    if (result > 0)
        return {{State::done, static_cast<std::size_t>(result), 0}, {}};
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return {{}, WaitType::wait_read};
        case SSL_ERROR_WANT_WRITE:
            return {{}, WaitType::wait_write};
        case SSL_ERROR_ZERO_RETURN:
            return {{State::ended, 0, 0}, {}};
        default:
            broken_ = true;
            return {{State::failed, 0, system_error}, {}};
    }
}

AsyncStream::Attempt AsyncStream::attempt_of(ssize_t result, WaitType would_wait_for) {
    if (result >= 0)
        return {{result == 0 ? State::ended : State::done, static_cast<std::size_t>(result), 0},
                {}};
    if (errno == EAGAIN || errno == EINTR)
        return {{}, would_wait_for};
    broken_ = true;
    return {{State::failed, 0, errno}, {}};
}

AsyncStream::Attempt AsyncStream::try_handshake() {
    ERR_clear_error();
    errno = 0;
    return attempt_of(SSL_do_handshake(ssl_.get()));
}

AsyncStream::Attempt AsyncStream::try_read(std::span<char> buffer) {
    if (!ssl_)
        return attempt_of(recv(socket_.native_handle(), buffer.data(), buffer.size(), 0),
                          WaitType::wait_read);
    ERR_clear_error();
    errno = 0;
    return attempt_of(SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size())));
}

AsyncStream::Attempt AsyncStream::try_write(std::string_view bytes) {
    if (!ssl_)
        return attempt_of(send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
                          WaitType::wait_write);
    ERR_clear_error();
    errno = 0;
    return attempt_of(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())));
}

// Suspends the coroutine until epoll reports the socket ready. False: cancelled.
asio::awaitable<bool> AsyncStream::wait(WaitType what) {
    std::error_code error;
    // A cancel() may come when the wait is over but the coroutine not yet resumed; it must not be
    // lost, or the next wait might be for ever.
    if (!cancelled_)
        co_await socket_.async_wait(what, asio::redirect_error(asio::use_awaitable, error));
    broken_ = broken_ || error || cancelled_;
    co_return !error && !cancelled_;
}

asio::awaitable<AsyncStream::Transfer> AsyncStream::connect(
    const asio::ip::tcp::endpoint& address) {
    std::error_code error;
    co_await socket_.async_connect(address, asio::redirect_error(asio::use_awaitable, error));
    if (cancelled_)
        co_return Transfer{.state = State::cancelled};
    if (error)
        co_return Transfer{.state = State::failed, .system_error = error.value()};
    set_options();
    co_return Transfer{};
}

asio::awaitable<AsyncStream::Transfer> AsyncStream::shake_hands(SslHandle ssl) {
    ssl_ = std::move(ssl);
    for (;;) {
        const Attempt attempt = try_handshake();
        if (!attempt.wait_for)
            co_return attempt.transfer;
        if (!co_await wait(*attempt.wait_for))
            co_return Transfer{.state = State::cancelled};
    }
}

asio::awaitable<AsyncStream::Transfer> AsyncStream::read(std::span<char> buffer) {
    for (;;) {
        const Attempt attempt = try_read(buffer);
        if (!attempt.wait_for)
            co_return attempt.transfer;
        if (!co_await wait(*attempt.wait_for))
            co_return Transfer{.state = State::cancelled};
    }
}

asio::awaitable<AsyncStream::Transfer> AsyncStream::write(std::string_view bytes) {
    std::size_t written = 0;
    while (written < bytes.size()) {
        const Attempt attempt = try_write(bytes.substr(written));
        if (attempt.wait_for) {
            if (!co_await wait(*attempt.wait_for))
                co_return Transfer{.state = State::cancelled};
        } else if (attempt.transfer.state != State::done) {
            co_return attempt.transfer;
        }
        written += attempt.transfer.bytes;
    }
    co_return Transfer{.bytes = written};
}

void AsyncStream::cancel() {
    std::error_code ignored;
    cancelled_ = true;
    socket_.cancel(ignored);
}

void AsyncStream::reset() {
    std::error_code ignored;
    broken_ = true;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);  // RST on close (socket(7))
    socket_.close(ignored);
}

}  // namespace common
