#include "common/net/tls.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <map>
#include <mutex>
#include <stdexcept>
#include <system_error>

#include "common/page/errors.hpp"

namespace common {
namespace {

struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using ContextHandle = std::unique_ptr<SSL_CTX, FreeContext>;

// OpenSSL caches a certificate's extensions in it on first use: here, before anybody shares them,
// so that afterwards all threads only read.
void examine_authorities(SSL_CTX* context) {
    const STACK_OF(X509_OBJECT)* objects = X509_STORE_get0_objects(SSL_CTX_get_cert_store(context));
    for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i)
        if (X509* certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i)))
            X509_check_purpose(certificate, -1, 0);
}

std::string reason(unsigned long code) {
    if (ERR_SYSTEM_ERROR(code))
        return std::generic_category().message(ERR_GET_REASON(code));
    const char* text = ERR_reason_error_string(code);
    return text ? text : fmt::format("OpenSSL error {:#x}", code);
}

ContextHandle make_client_context(const std::string& ca_file) {
    ContextHandle context(SSL_CTX_new(TLS_client_method()));
    if (!context)
        throw std::runtime_error("OpenSSL cannot make a TLS context");
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    // Whatever certificate the user trusts is trusted, also when its issuer is not there: an
    // intermediate authority's, or a server's own.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context.get()), X509_V_FLAG_PARTIAL_CHAIN);
    // One read(2) for a record's header and its content, and no buffers while a connection idles.
    SSL_CTX_set_read_ahead(context.get(), 1);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);

    ERR_clear_error();
    const int loaded = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context.get())
                                       : SSL_CTX_load_verify_file(context.get(), ca_file.c_str());
    if (loaded != 1) {
        const unsigned long code = ERR_peek_error();  // the first: the later ones say less
        throw std::runtime_error(
            fmt::format("cannot read certificates from '{}': {}; give a file in PEM format",
                        ca_file.empty() ? "the system's certificates" : ca_file,
                        code != 0 ? reason(code) : "no certificate in it"));
    }
    examine_authorities(context.get());
    return context;
}

bool is_address(const std::string& host) {
    in6_addr buffer{};
    return inet_pton(AF_INET, host.c_str(), &buffer) == 1 ||
           inet_pton(AF_INET6, host.c_str(), &buffer) == 1;
}

}  // namespace

void FreeSsl::operator()(SSL* ssl) const {
    SSL_free(ssl);
}

SSL_CTX* tls_client_context(const std::string& ca_file) {
    // The map is changed and read under the mutex only; its contexts live until the process ends.
    static std::mutex mutex;
    static std::map<std::string, ContextHandle> contexts;
    const std::lock_guard lock(mutex);
    ContextHandle& context = contexts[ca_file];
    if (!context)
        context = make_client_context(ca_file);
    return context.get();
}

SslHandle new_tls_session(SSL_CTX* context, const Url& url, int socket) {
    SslHandle ssl(SSL_new(context));
    if (!ssl || SSL_set_fd(ssl.get(), socket) != 1)
        throw std::runtime_error("OpenSSL cannot make a TLS session");
    // The dot at a name's end is for the resolver (RFC 6066, 3).
    const std::string host =
        url.host.ends_with('.') ? url.host.substr(0, url.host.size() - 1) : url.host;
    if (is_address(host)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), host.c_str());
    } else {
        SSL_set_tlsext_host_name(ssl.get(), host.c_str());
        // "*.example.org", but not "w*.example.org" (RFC 9525, 6.3).
        SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        SSL_set1_host(ssl.get(), host.c_str());
    }
    SSL_set_connect_state(ssl.get());
    return ssl;
}

DownloadError tls_error(const Url& url, SSL* ssl, int system_error, bool handshake) {
    const unsigned long code = ERR_peek_error();
    const bool closed_early = (code == 0 && system_error == 0) ||
                              (ERR_GET_LIB(code) == ERR_LIB_SSL &&
                               ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING);
    const long verdict = SSL_get_verify_result(ssl);
    ERR_clear_error();

    if (!handshake && closed_early)
        return truncated_error(url, "without ending its TLS session");
    if (!handshake && code == 0)
        return socket_error(url, {system_error, std::generic_category()}, false);

    // An alert is said by somebody who speaks TLS (RFC 8446, 6).
    const bool alert = ERR_GET_REASON(code) > SSL_AD_REASON_OFFSET;
    std::string cause;
    if (handshake && verdict != X509_V_OK)
        cause =
            fmt::format("its certificate is not trusted: {}; --ca-file trusts another authority",
                        X509_verify_cert_error_string(verdict));
    else if (closed_early)
        cause = "it closed the connection during the handshake; does it speak TLS?";
    else if (code == 0)
        cause = std::generic_category().message(system_error);
    else
        cause = reason(code) + (handshake && !alert ? "; does it speak TLS?" : "");
    return DownloadError{
        .kind = ErrorKind::tls,
        .message = fmt::format("no secure connection to {}: {}", url.authority(), cause)};
}

}  // namespace common
