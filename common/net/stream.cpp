#include "common/net/stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

#include "common/page/errors.hpp"
#include "common/run/stop.hpp"

namespace common {

using State = Transfer::State;

namespace {

// SSL_get_error(3) looks at the error queue and at errno: what earlier calls left there must go.
void forget_errors() {
    ERR_clear_error();
    errno = 0;
}

}  // namespace

Stream::~Stream() {
    say_goodbye();
}

void Stream::say_goodbye() {
    // After an error OpenSSL must not be asked to say goodbye (SSL_shutdown(3)).
    if (ssl_ && !broken_) {
        ERR_clear_error();
        SSL_shutdown(ssl_.get());
    }
}

bool Stream::end_output() {
    if (broken_)
        return false;
    say_goodbye();
    return shutdown(socket_, SHUT_WR) == 0;
}

Transfer Stream::tls_transfer(int result) {
    const int system_error = errno;
    if (result > 0)
        return {State::done, static_cast<std::size_t>(result)};
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return {State::needs_input};
        case SSL_ERROR_WANT_WRITE:
            return {State::needs_output};
        case SSL_ERROR_ZERO_RETURN:
            return {State::ended};
        default:
            broken_ = true;
            return {State::failed, 0, system_error};
    }
}

Transfer Stream::plain_transfer(ssize_t result, State would_need) {
    if (result > 0)
        return {State::done, static_cast<std::size_t>(result)};
    if (result == 0)
        return {State::ended};
    if (errno == EAGAIN || errno == EINTR)
        return {would_need};
    broken_ = true;
    return {State::failed, 0, errno};
}

Transfer Stream::try_handshake() {
    forget_errors();
    return tls_transfer(SSL_do_handshake(ssl_.get()));
}

Transfer Stream::try_read(std::span<char> buffer) {
    if (!ssl_)
        return plain_transfer(recv(socket_, buffer.data(), buffer.size(), 0), State::needs_input);
    forget_errors();
    return tls_transfer(SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size())));
}

Transfer Stream::try_write(std::string_view& bytes) {
    Transfer sent;
    while (!bytes.empty() && sent.state == State::done) {
        if (ssl_) {
            forget_errors();
            sent =
                tls_transfer(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())));
        } else {
            sent = plain_transfer(send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
                                  State::needs_output);
        }
        bytes.remove_prefix(sent.bytes);
    }
    return sent;
}

bool Stream::is_quiet() {
    char unexpected = 0;
    if (!ssl_)
        return plain_transfer(recv(socket_, &unexpected, 1, MSG_PEEK), State::needs_input).state ==
               State::needs_input;
    forget_errors();
    // SSL_has_pending(3): part of a record, which may be one of data.
    return tls_transfer(SSL_peek(ssl_.get(), &unexpected, 1)).state == State::needs_input &&
           SSL_has_pending(ssl_.get()) == 0;
}

DownloadError transfer_error(const Url& url, const Options& options, const Stream& stream,
                             const Transfer& transfer, bool handshake) {
    if (transfer.state == State::cancelled)
        return interrupted_error(url, options);
    if (stream.ssl())
        return tls_error(url, stream.ssl(), transfer.system_error, handshake);
    return socket_error(url, {transfer.system_error, std::generic_category()}, false);
}

DownloadError interrupted_error(const Url& url, const Options& options) {
    return stop_requested() ? stopped_error(url) : timeout_error(url, options.timeout);
}

}  // namespace common
