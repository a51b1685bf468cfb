// Bytes over a connected socket that never blocks, with TLS on it or without. Every operation is
// one try: what cannot go on says what to wait for. How to wait is what the clients differ in.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "common/net/tls.hpp"
#include "common/page/options.hpp"

namespace common {

// What came of a try.
struct Transfer {
    enum class State {
        done,          // `bytes` were transferred
        needs_input,   // try again when the socket is readable
        needs_output,  // try again when the socket is writable
        ended,         // the peer has ended the connection in good order
        failed,        // see system_error and, with TLS, OpenSSL's error queue
        cancelled,     // somebody ended the wait: the deadline, or Ctrl-C
    };
    State state = State::done;
    std::size_t bytes = 0;
    int system_error = 0;  // errno; 0 where there is none

    bool must_wait() const { return state == State::needs_input || state == State::needs_output; }
};

// Does not own the socket, which outlives it. Not thread-safe.
class Stream {
  public:
    explicit Stream(int socket) : socket_(socket) {}
    ~Stream();
    Stream(Stream&& other) noexcept = default;
    Stream& operator=(Stream&&) = delete;

    // `ssl`, for this socket, says whether as client or as server.
    void start_tls(SslHandle ssl) { ssl_ = std::move(ssl); }
    Transfer try_handshake();
    // At least one byte.
    Transfer try_read(std::span<char> buffer);
    // Takes what was sent off the front; done when nothing is left.
    Transfer try_write(std::string_view& bytes);

    // Whether nothing has come since the last response: neither bytes that nobody asked for nor the
    // connection's end. TLS's own messages, such as session tickets, are read and do not count.
    bool is_quiet();

    // Says goodbye: the peer has everything, and no more bytes go out, but its own can still be
    // read. False on a connection that was given up.
    bool end_output();

    // After an error or in the middle of a wait: nothing more is said on this connection.
    void give_up() { broken_ = true; }

    SSL* ssl() const { return ssl_.get(); }
    int socket() const { return socket_; }

  private:
    void say_goodbye();
    Transfer tls_transfer(int result);
    Transfer plain_transfer(ssize_t result, Transfer::State would_need);

    int socket_;
    SslHandle ssl_;
    bool broken_ = false;
};

// Why a transfer for this page did not end as State::done; `handshake`: during TLS's.
DownloadError transfer_error(const Url& url, const Options& options, const Stream& stream,
                             const Transfer& transfer, bool handshake);

// For a wait that was ended: by Ctrl-C, or else by the page's deadline.
DownloadError interrupted_error(const Url& url, const Options& options);

}  // namespace common
