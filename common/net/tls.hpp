// TLS with OpenSSL, as far as it is the same for blocking and non-blocking sockets.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>

#include "common/page/url.hpp"

namespace common {

struct FreeSsl {
    void operator()(SSL* ssl) const;
};
using SslHandle = std::unique_ptr<SSL, FreeSsl>;

// The client's settings with the certificates it trusts: the file's, or the system's for "".
// Made once per process and file, since reading the system's bundle takes tens of milliseconds;
// OpenSSL locks what connections share (openssl-threads(7)). Thread-safe. Call it once before
// fork() and the children inherit it.
// Throws std::runtime_error when the file holds no certificate.
SSL_CTX* tls_client_context(const std::string& ca_file);

// A client's session on a connected socket: SNI, and verification of chain and name (or address)
// during the handshake (RFC 9110, 4.3.4). The socket stays the caller's.
SslHandle new_tls_session(SSL_CTX* context, const Url& url, int socket);

// What went wrong in a handshake or transfer that ended with SSL_ERROR_SSL or SSL_ERROR_SYSCALL:
// kind tls during the handshake, truncated or reset afterwards.
DownloadError tls_error(const Url& url, SSL* ssl, int system_error, bool handshake);

}  // namespace common
