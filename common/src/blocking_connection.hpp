// One connection of a client that blocks: a socket, TLS on it where the URL says so, and a deadline
// that holds for every wait.
#pragma once

#include <netdb.h>
#include <sys/types.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "common/tls.hpp"
#include "common/url.hpp"

namespace common {

// Owns its socket. Not thread-safe. The socket itself never blocks: every wait is one poll(2) on
// the socket and on stop_descriptor(), no longer than the deadline, so neither a silent server nor
// one that drips a byte a second can hold the caller beyond it. (Looking up a name is
// getaddrinfo(3), which has limits of its own: resolv.conf(5).)
class BlockingConnection {
  public:
    // `context` is used for https only.
    BlockingConnection(const Url& url, SSL_CTX* context, std::chrono::milliseconds timeout);
    ~BlockingConnection();
    BlockingConnection(const BlockingConnection&) = delete;
    BlockingConnection& operator=(const BlockingConnection&) = delete;

    // Resolves, connects to the first address that answers, shakes hands, and marks each in
    // `times`. False: see failure().
    bool open(Clock::time_point deadline, Times& times);

    // Begins the next exchange on an open connection, for another page of the same site: counts
    // start at zero, and errors name this URL. `times` lives until the exchange is over.
    void begin_exchange(const Url& url, Clock::time_point deadline, Times& times);

    // At least one byte; 0 when the server has ended the connection; -1: see failure().
    ssize_t read(char* buffer, std::size_t size);
    // All of it: `size`, or -1: see failure().
    ssize_t write(const char* bytes, std::size_t size);

    const std::optional<DownloadError>& failure() const { return failure_; }
    const Url& url() const { return url_; }

    // Of the exchange, as far as read() has handed it out.
    std::size_t bytes_read() const { return bytes_read_; }

  private:
    enum class Wait { ready, failed };

    bool connect_to(const addrinfo& address);
    bool shake_hands();
    Wait wait_for(short events);
    // What to do after an OpenSSL call returned `result`: wait and try again, or fail.
    Wait wait_for_tls(int result, bool handshake);
    ssize_t receive();

    Url url_;
    SSL_CTX* const context_;
    const std::chrono::milliseconds timeout_;  // for the text of the timeout error
    Clock::time_point deadline_{};
    Times* times_ = nullptr;  // of the page that this is for
    int socket_ = -1;
    SslHandle ssl_;
    std::optional<DownloadError> failure_;
    bool ended_ = false;

    // Bytes received and not handed out: a header is read byte by byte.
    std::array<char, 16 * 1024> buffer_;
    std::size_t buffer_begin_ = 0;
    std::size_t buffer_end_ = 0;

    std::size_t bytes_read_ = 0;
};

}  // namespace common
