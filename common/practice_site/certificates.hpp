// A certificate authority that lives as long as the practice site.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <vector>

namespace practice_site {

struct FreeSslContext {
    void operator()(SSL_CTX* context) const;
};

// A server's TLS settings with a fresh certificate, and who vouches for it. The private keys
// (ECDSA P-256) are in memory only and never leave the process.
struct Identity {
    std::unique_ptr<SSL_CTX, FreeSslContext> server_context;
    std::string authority_pem;  // the certificate to trust
};

// What is wrong with the server's certificate, on purpose.
enum class Fault { none, self_signed, expired, not_yet_valid, wrong_name };

// A certificate for these names ("localhost") and addresses ("127.0.0.1"), valid for 30 days.
// Throws std::runtime_error when OpenSSL fails.
Identity make_identity(const std::vector<std::string>& names,
                       const std::vector<std::string>& addresses, Fault fault = Fault::none);

}  // namespace practice_site
