#include "common/practice_site/certificates.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace practice_site {
namespace {

template <auto free_function>
struct Free {
    template <typename Object>
    void operator()(Object* object) const {
        free_function(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;

void require(bool success, const char* doing) {
    if (!success)
        throw std::runtime_error(fmt::format("OpenSSL cannot {}", doing));
}

Key make_key() {
    Key key(EVP_EC_gen("P-256"));
    require(key != nullptr, "make a key");
    return key;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>> extension(
        X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    require(extension && X509_add_ext(certificate, extension.get(), -1) == 1,
            "add a certificate extension");
}

constexpr long day = 24L * 60 * 60;

// Signed later: extensions come first. A null issuer makes a self-signed certificate.
Certificate make_certificate(const std::string& common_name, EVP_PKEY* key, X509* issuer) {
    Certificate certificate(X509_new());
    require(certificate != nullptr, "make a certificate");
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), issuer ? 2 : 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -day);  // clocks of a room differ
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 30 * day);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                               0);
    X509_set_issuer_name(certificate.get(), issuer ? X509_get_subject_name(issuer) : name);
    return certificate;
}

Certificate make_authority(EVP_PKEY* key) {
    Certificate authority = make_certificate("Practice site authority", key, nullptr);
    X509* self = authority.get();
    add_extension(self, self, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(self, self, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(self, self, NID_subject_key_identifier, "hash");
    require(X509_sign(self, key, EVP_sha256()) > 0, "sign a certificate");
    return authority;
}

void set_validity(X509* certificate, long begin_days, long end_days) {
    X509_gmtime_adj(X509_getm_notBefore(certificate), begin_days * day);
    X509_gmtime_adj(X509_getm_notAfter(certificate), end_days * day);
}

Certificate make_server_certificate(EVP_PKEY* key, X509* authority, EVP_PKEY* authority_key,
                                    const std::string& alternative_names, Fault fault) {
    const bool self_signed = fault == Fault::self_signed;
    Certificate server = make_certificate("Practice site", key, self_signed ? nullptr : authority);
    if (fault == Fault::expired)
        set_validity(server.get(), -30, -1);
    if (fault == Fault::not_yet_valid)
        set_validity(server.get(), 1, 30);
    add_extension(server.get(), authority, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(server.get(), authority, NID_ext_key_usage, "serverAuth");
    if (!self_signed)
        add_extension(server.get(), authority, NID_authority_key_identifier, "keyid");
    add_extension(server.get(), authority, NID_subject_alt_name,
                  fault == Fault::wrong_name ? "DNS:another-site.example" : alternative_names);
    require(X509_sign(server.get(), self_signed ? key : authority_key, EVP_sha256()) > 0,
            "sign a certificate");
    return server;
}

std::string to_pem(X509* certificate) {
    const std::unique_ptr<BIO, Free<BIO_free_all>> memory(BIO_new(BIO_s_mem()));
    require(memory && PEM_write_bio_X509(memory.get(), certificate) == 1, "write a certificate");
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

}  // namespace

void FreeSslContext::operator()(SSL_CTX* context) const {
    SSL_CTX_free(context);
}

Identity make_identity(const std::vector<std::string>& names,
                       const std::vector<std::string>& addresses, Fault fault) {
    std::string alternative_names;
    for (const std::string& name : names)
        alternative_names += (alternative_names.empty() ? "DNS:" : ",DNS:") + name;
    for (const std::string& address : addresses)
        alternative_names += (alternative_names.empty() ? "IP:" : ",IP:") + address;

    const Key authority_key = make_key();
    const Certificate authority = make_authority(authority_key.get());
    const Key key = make_key();
    const Certificate certificate = make_server_certificate(
        key.get(), authority.get(), authority_key.get(), alternative_names, fault);

    Identity identity;
    identity.authority_pem = to_pem(authority.get());
    identity.server_context.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* context = identity.server_context.get();
    require(context && SSL_CTX_use_certificate(context, certificate.get()) == 1 &&
                SSL_CTX_use_PrivateKey(context, key.get()) == 1,
            "use its own certificate");
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // 10,000 idle connections at once
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_num_tickets(context, 0);  // no model resumes sessions, so none pays for tickets
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    return identity;
}

}  // namespace practice_site
