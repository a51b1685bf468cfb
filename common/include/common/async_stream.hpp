// A connection that never blocks, for programs with an event loop: chapter 04 and the practice
// site.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <cstddef>
#include <span>
#include <string_view>

#include "common/tls.hpp"

namespace common {

// A TCP socket, with TLS on it once shake_hands() was called. Owns both.
// Not thread-safe, and one operation at a time: it belongs to one coroutine. Each operation tries
// first and suspends only when it would block, until epoll(7) says that the next try is worth it.
class AsyncStream {
  public:
    // Connected already, or for connect().
    explicit AsyncStream(asio::ip::tcp::socket socket);
    ~AsyncStream();
    AsyncStream(AsyncStream&&) noexcept = default;
    AsyncStream& operator=(AsyncStream&&) noexcept = delete;

    enum class State {
        done,       // `bytes` were transferred
        ended,      // the peer has ended the connection in good order
        failed,     // see system_error and, with TLS, OpenSSL's error queue: tls_error()
        cancelled,  // cancel() was called
    };
    struct Transfer {
        State state = State::done;
        std::size_t bytes = 0;
        int system_error = 0;  // errno; 0 where there is none
    };

    asio::awaitable<Transfer> connect(const asio::ip::tcp::endpoint& address);
    // `ssl` says whether as client or as server; it uses this socket.
    asio::awaitable<Transfer> shake_hands(SslHandle ssl);
    // At least one byte.
    asio::awaitable<Transfer> read(std::span<char> buffer);
    // All bytes. The caller keeps them alive until the coroutine resumes.
    asio::awaitable<Transfer> write(std::string_view bytes);

    // Resumes the coroutine that waits in one of the above, with State::cancelled; from then on
    // every wait ends like that.
    void cancel();
    // Ends the connection with a reset (RST) instead of in good order.
    void reset();

    asio::ip::tcp::socket& socket() { return socket_; }
    SSL* ssl() const { return ssl_.get(); }

  private:
    struct Attempt;
    Attempt attempt_of(int result);
    Attempt attempt_of(ssize_t result, asio::socket_base::wait_type would_wait_for);
    Attempt try_handshake();
    Attempt try_read(std::span<char> buffer);
    Attempt try_write(std::string_view bytes);
    asio::awaitable<bool> wait(asio::socket_base::wait_type what);
    void set_options();

    asio::ip::tcp::socket socket_;
    SslHandle ssl_;
    bool cancelled_ = false;
    bool broken_ = false;  // an error or an early end: nothing more is said on this connection
};

}  // namespace common
