// TLS between a client's Stream and a server's, over a pair of sockets: no name need exist.
#include "common/net/tls.hpp"

#include <doctest/doctest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "common/net/blocking_stream.hpp"
#include "common/net/descriptor.hpp"
#include "common/net/stream.hpp"
#include "common/page/options.hpp"
#include "common/page/url.hpp"
#include "common/practice_site/certificates.hpp"
#include "support/processes.hpp"

namespace {

using common::Stream;
using common::Transfer;
using common::Url;
using State = Transfer::State;
using Strings = std::vector<std::string>;

Url url_of(const std::string& host) {
    return std::get<Url>(common::parse_url("https://" + host + "/"));
}

struct SocketPair {
    SocketPair() {
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
            throw std::runtime_error("socketpair");
    }
    ~SocketPair() {
        for (const int end : ends)
            close(end);
    }
    SocketPair(const SocketPair&) = delete;
    SocketPair& operator=(const SocketPair&) = delete;
    std::array<int, 2> ends{};
};

// A client that trusts `trusted` (PEM), or the system's certificates if that is empty, connects to
// a server with this identity, as `host`.
struct Connection {
    Connection(SSL_CTX* server_context, const std::string& trusted, const std::string& host)
        : url(url_of(host)) {
        const std::string file = trusted.empty() ? "" : directory.file("trusted.pem");
        test_support::write_text(file, trusted);
        client.start_tls(common::new_tls_session(common::tls_client_context(file), url, ends[0]));
        common::SslHandle ssl(SSL_new(server_context));
        SSL_set_fd(ssl.get(), ends[1]);
        SSL_set_accept_state(ssl.get());
        server.start_tls(std::move(ssl));
        Transfer served;
        for (int turn = 0; turn < 10 && shaken.must_wait(); ++turn) {
            shaken = client.try_handshake();
            if (shaken.state != State::failed)  // whose cause is in this thread's error queue
                served = server.try_handshake();
        }
        if (shaken.state != State::done)
            error = common::tls_error(url, client.ssl(), shaken.system_error, true).message;
        if (shaken.state == State::done && served.must_wait())
            server.try_handshake();
    }

    bool trusted() const { return shaken.state == State::done; }
    std::string server_name() const {
        const char* name = SSL_get_servername(server.ssl(), TLSEXT_NAMETYPE_host_name);
        return name ? name : "";
    }
    // What the server says, whole.
    void say(std::string_view text) { CHECK(server.try_write(text).state == State::done); }

    const test_support::TemporaryDirectory directory;
    const Url url;
    const SocketPair pair;
    const std::array<int, 2>& ends = pair.ends;
    Stream client{ends[0]};
    Stream server{ends[1]};
    Transfer shaken{State::needs_input};
    std::string error;
};

Connection connect_to(const Strings& certified_names, const std::string& host) {
    const auto identity = practice_site::make_identity(certified_names, {"127.0.0.1"});
    return {identity.server_context.get(), identity.authority_pem, host};
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST_CASE("the certificate must be for the host's name") {
    CHECK(connect_to({"www.example.test"}, "www.example.test").trusted());
    CHECK(connect_to({"*.example.test"}, "www.example.test").trusted());
    CHECK(connect_to({"a.test", "b.test"}, "B.TEST").trusted());
    CHECK(connect_to({"www.example.test"}, "127.0.0.1").trusted());
    for (const char* host : {"example.test", "www.example.test.evil.test", "127.0.0.2", "[::1]"}) {
        const Connection connection = connect_to({"www.example.test", "*.example.test"}, host);
        CAPTURE(host);
        CHECK_FALSE(connection.trusted());
        CHECK(contains(connection.error, "mismatch"));
    }
}

TEST_CASE("the certificate must be for the host's address, which may be one of IPv6") {
    const auto identity = practice_site::make_identity({}, {"::1"});
    const Connection connection(identity.server_context.get(), identity.authority_pem, "[::1]");
    CHECK(connection.trusted());
    CHECK(connection.server_name().empty());
}

TEST_CASE("an asterisk stands for a whole label, and only for the first") {
    for (const char* name :
         {"w*.example.test", "*w.example.test", "w*w.example.test", "*.test", "www.*.test", "*"})
        CHECK_FALSE(connect_to({name}, "www.example.test").trusted());
}

TEST_CASE("the server is told the name that is wanted, without its last dot, and no address") {
    CHECK(connect_to({"www.example.test"}, "www.example.test").server_name() == "www.example.test");
    const Connection with_dot = connect_to({"www.example.test"}, "www.example.test.");
    CHECK(with_dot.trusted());
    CHECK(with_dot.server_name() == "www.example.test");
    CHECK(connect_to({"www.example.test"}, "127.0.0.1").server_name().empty());
    CHECK(connect_to({"www.example.test"}, "[::1]").server_name().empty());
}

std::string certificate_of(SSL_CTX* context) {
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> memory(BIO_new(BIO_s_mem()), &BIO_free_all);
    PEM_write_bio_X509(memory.get(), SSL_CTX_get0_certificate(context));
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

TEST_CASE("a certificate that is trusted itself needs no authority") {
    const auto identity = practice_site::make_identity({"a.test"}, {});
    const std::string own = certificate_of(identity.server_context.get());
    CHECK(Connection(identity.server_context.get(), own, "a.test").trusted());
    CHECK_FALSE(Connection(identity.server_context.get(), own, "b.test").trusted());
    const auto other = practice_site::make_identity({"a.test"}, {});
    CHECK_FALSE(Connection(other.server_context.get(), own, "a.test").trusted());
}

TEST_CASE("a file's certificates are read once, and a file without any is named and read again") {
    const test_support::TemporaryDirectory directory;
    const std::string file = directory.file("authority.pem");
    for (const char* expected : {"No such file or directory", "no certificate or crl found"}) {
        std::string cause;
        try {
            common::tls_client_context(file);
        } catch (const std::runtime_error& error) {
            cause = error.what();
        }
        CHECK(cause == "cannot read certificates from '" + file + "': " + expected +
                           "; give a file in PEM format");
        test_support::write_text(file, "no certificate");
    }
    test_support::write_text(file, practice_site::make_identity({"a.test"}, {}).authority_pem);
    const SSL_CTX* context = common::tls_client_context(file);
    CHECK((common::tls_client_context(file) == context));
}

TEST_CASE("a file's certificates are trusted instead of the system's") {
    const auto identity = practice_site::make_identity({"a.test"}, {});
    SSL_CTX* server = identity.server_context.get();
    const test_support::TemporaryDirectory directory;
    test_support::write_text(directory.file("system.pem"), identity.authority_pem);
    setenv("SSL_CERT_FILE", directory.file("system.pem").c_str(), 1);
    CHECK(Connection(server, "", "a.test").trusted());
    const std::string other = practice_site::make_identity({"a.test"}, {}).authority_pem;
    CHECK_FALSE(Connection(server, other, "a.test").trusted());
    unsetenv("SSL_CERT_FILE");
}

TEST_CASE("a connection of TLS reads all there is, and gives its buffers back, at both ends") {
    const auto identity = practice_site::make_identity({"a.test"}, {});
    const test_support::TemporaryDirectory directory;
    const std::string file = directory.file("authority.pem");
    test_support::write_text(file, identity.authority_pem);
    for (SSL_CTX* context : {identity.server_context.get(), common::tls_client_context(file)}) {
        CHECK(SSL_CTX_get_read_ahead(context) != 0);
        CHECK((SSL_CTX_get_mode(context) & SSL_MODE_RELEASE_BUFFERS) != 0);
    }
}

std::unique_ptr<X509, decltype(&X509_free)> certificate_in(const std::string& text) {
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> pem(BIO_new_mem_buf(text.data(), -1),
                                                            &BIO_free_all);
    return {PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr), &X509_free};
}

// RFC 5280, as Python 3.13 takes it: key usage, key identifiers, critical extensions.
TEST_CASE("a client that is strict about certificates trusts those of the practice site") {
    const auto identity = practice_site::make_identity({"a.test"}, {});
    const auto authority = certificate_in(identity.authority_pem);
    const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store(X509_STORE_new(),
                                                                        &X509_STORE_free);
    X509_STORE_add_cert(store.get(), authority.get());
    X509_STORE_set_flags(store.get(), X509_V_FLAG_X509_STRICT);
    const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> check(
        X509_STORE_CTX_new(), &X509_STORE_CTX_free);
    X509* server = SSL_CTX_get0_certificate(identity.server_context.get());
    CHECK(ASN1_INTEGER_cmp(X509_get0_serialNumber(authority.get()),
                           X509_get0_serialNumber(server)) != 0);  // unique for an issuer, 4.1.2.2
    CHECK(X509_check_ca(server) == 0);  // whoever has its key can certify nobody else
    CHECK(X509_get_pathlen(authority.get()) == 0);
    CHECK(X509_get_extended_key_usage(server) == XKU_SSL_SERVER);
    REQUIRE(X509_STORE_CTX_init(check.get(), store.get(), server, nullptr) == 1);
    X509_STORE_CTX_set_purpose(check.get(), X509_PURPOSE_SSL_SERVER);
    const int verdict = X509_verify_cert(check.get());
    CAPTURE(X509_verify_cert_error_string(X509_STORE_CTX_get_error(check.get())));
    CHECK(verdict == 1);
}

TEST_CASE("what is wrong with a certificate on purpose is what a client says of it") {
    using practice_site::Fault;
    for (const auto& [fault, expected] : {std::pair{Fault::self_signed, "self-signed certificate"},
                                          std::pair{Fault::expired, "certificate has expired"},
                                          std::pair{Fault::not_yet_valid, "is not yet valid"},
                                          std::pair{Fault::wrong_name, "mismatch"}}) {
        const auto identity = practice_site::make_identity({"a.test"}, {"127.0.0.1"}, fault);
        for (const char* host : {"a.test", "127.0.0.1"}) {
            const Connection connection(identity.server_context.get(), identity.authority_pem,
                                        host);
            CAPTURE(connection.error);
            CHECK(contains(connection.error, expected));
            CHECK(connection.error.starts_with("no secure connection to " + std::string(host) +
                                               ": its certificate is not trusted: "));
            CHECK(connection.error.ends_with("; --ca-file trusts another authority"));
        }
    }
}

// A client whose clock is hours behind finds them valid already.
TEST_CASE("certificates have been valid for a day and will be for thirty") {
    const auto identity = practice_site::make_identity({"a.test"}, {});
    const auto authority = certificate_in(identity.authority_pem);
    const X509* server = SSL_CTX_get0_certificate(identity.server_context.get());
    for (const X509* certificate : {static_cast<const X509*>(authority.get()), server}) {
        std::time_t hours_ago = std::time(nullptr) - 23L * 60 * 60;
        CHECK(X509_cmp_time(X509_get0_notBefore(certificate), &hours_ago) < 0);
        std::time_t in_weeks = std::time(nullptr) + 29L * 24 * 60 * 60;
        CHECK(X509_cmp_time(X509_get0_notAfter(certificate), &in_weeks) > 0);
        std::time_t later = std::time(nullptr) + 31L * 24 * 60 * 60;
        CHECK(X509_cmp_time(X509_get0_notAfter(certificate), &later) < 0);
    }
}

TEST_CASE("a certificate for tomorrow is not valid for nearly a day") {
    const auto identity =
        practice_site::make_identity({"a.test"}, {}, practice_site::Fault::not_yet_valid);
    const X509* server = SSL_CTX_get0_certificate(identity.server_context.get());
    std::time_t in_hours = std::time(nullptr) + 23L * 60 * 60;
    CHECK(X509_cmp_time(X509_get0_notBefore(server), &in_hours) > 0);
}

TEST_CASE("a certificate that has expired did so a day ago") {
    const auto identity =
        practice_site::make_identity({"a.test"}, {}, practice_site::Fault::expired);
    const X509* server = SSL_CTX_get0_certificate(identity.server_context.get());
    std::time_t hours_ago = std::time(nullptr) - 23L * 60 * 60;
    CHECK(X509_cmp_time(X509_get0_notAfter(server), &hours_ago) < 0);
    CHECK(X509_cmp_time(X509_get0_notBefore(server), &hours_ago) < 0);
}

TEST_CASE("versions of TLS before 1.2 are refused") {
    for (const int version : {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION}) {
        const auto identity = practice_site::make_identity({"a.test"}, {});
        SSL_CTX* context = identity.server_context.get();
        SSL_CTX_set_security_level(context, 0);
        SSL_CTX_set_min_proto_version(context, version);
        SSL_CTX_set_max_proto_version(context, version);
        CHECK(Connection(context, identity.authority_pem, "a.test").trusted() ==
              (version >= TLS1_2_VERSION));
    }
}

// None of the models resumes a session, so what one needs for it would be sent for nothing.
TEST_CASE("the practice site speaks TLS 1.2 and 1.3, and offers no session to resume") {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        CAPTURE(version);
        const auto identity = practice_site::make_identity({"a.test"}, {});
        CHECK(SSL_CTX_get_min_proto_version(identity.server_context.get()) == TLS1_2_VERSION);
        SSL_CTX_set_max_proto_version(identity.server_context.get(), version);
        const Connection connection(identity.server_context.get(), identity.authority_pem,
                                    "a.test");
        REQUIRE(connection.trusted());
        CHECK(SSL_version(connection.client.ssl()) == version);
        char unread = 0;
        CHECK(recv(connection.ends[0], &unread, 1, MSG_PEEK) == -1);
        const SSL_SESSION* session = SSL_get_session(connection.client.ssl());
        CHECK(SSL_SESSION_has_ticket(session) == 0);
        unsigned id_size = 0;
        SSL_SESSION_get_id(session, &id_size);
        CHECK(id_size == 0);
    }
}

TEST_CASE("who wants a certificate of ours speaks TLS") {
    const auto identity = practice_site::make_identity({"a.test"}, {});
    SSL_CTX* context = identity.server_context.get();
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        SSL_CTX_set_max_proto_version(context, version);
        Connection connection(context, identity.authority_pem, "a.test");
        std::string error = connection.error;
        if (connection.trusted()) {  // in TLS 1.3 the server tells after the handshake
            std::array<char, 8> buffer{};
            const Transfer read = connection.client.try_read(buffer);
            CHECK(read.state == State::failed);
            error =
                common::tls_error(connection.url, connection.client.ssl(), read.system_error, false)
                    .message;
        }
        CAPTURE(error);
        CHECK(contains(error, "no secure connection to a.test: "));
        CHECK_FALSE(contains(error, "does it speak TLS?"));
    }
}

// Of a handshake with a server that says this and ends the connection.
common::DownloadError error_after(const std::string& reply) {
    const SocketPair pair;
    const Url url = url_of("a.test");
    const test_support::TemporaryDirectory directory;
    const auto identity = practice_site::make_identity({"a.test"}, {});
    test_support::write_text(directory.file("ca.pem"), identity.authority_pem);
    SSL_CTX* context = common::tls_client_context(directory.file("ca.pem"));
    Stream client(pair.ends[0]);
    client.start_tls(common::new_tls_session(context, url, pair.ends[0]));
    CHECK(write(pair.ends[1], reply.data(), reply.size()) == static_cast<ssize_t>(reply.size()));
    shutdown(pair.ends[1], SHUT_WR);
    const Transfer shaken = client.try_handshake();
    CHECK(shaken.state == State::failed);
    return common::tls_error(url, client.ssl(), shaken.system_error, true);
}

TEST_CASE("a server that does not speak TLS, or leaves, is asked about it") {
    for (const std::string reply : {"HTTP/1.1 400 Bad Request\r\n\r\n", ""}) {
        const auto error = error_after(reply);
        CHECK(error.kind == common::ErrorKind::tls);
        CHECK(contains(error.message, "; does it speak TLS?"));
        CHECK(contains(error.message, "it closed the connection during the handshake") ==
              reply.empty());
    }
}

int freed_sessions = 0;

TEST_CASE("a session is freed with its handle") {
    SSL_get_ex_new_index(0, nullptr, nullptr, nullptr,
                         [](void*, void*, CRYPTO_EX_DATA*, int, long, void*) { ++freed_sessions; });
    const auto identity = practice_site::make_identity({"a.test"}, {});
    common::SslHandle session(SSL_new(identity.server_context.get()));
    CHECK(freed_sessions == 0);
    session.reset();
    CHECK(freed_sessions == 1);
}

TEST_CASE("who refuses with an alert speaks TLS, whichever it is") {
    // handshake_failure, protocol_version, internal_error, unrecognized_name (RFC 8446, 6)
    for (const char description : std::array<char, 4>{40, 70, 80, 112}) {
        const std::array<char, 7> record = {21, 3, 3, 0, 2, 2, description};
        const auto error = error_after({record.data(), record.size()});
        CAPTURE(error.message);
        CHECK(error.kind == common::ErrorKind::tls);
        CHECK_FALSE(contains(error.message, "does it speak TLS?"));
    }
}

TEST_CASE("a connection that ends or breaks has another error after the handshake than in it") {
    const Connection connection = connect_to({"a.test"}, "a.test");
    REQUIRE(connection.trusted());
    ERR_clear_error();
    const auto error = [&](int system_error, bool handshake) {
        return common::tls_error(connection.url, connection.client.ssl(), system_error, handshake);
    };
    CHECK(error(0, true).kind == common::ErrorKind::tls);
    CHECK(contains(error(0, true).message, "it closed the connection during the handshake"));
    CHECK(error(0, false).kind == common::ErrorKind::truncated);
    CHECK(contains(error(0, false).message, "without ending its TLS session"));
    CHECK(error(ECONNRESET, true).kind == common::ErrorKind::tls);
    CHECK(error(ECONNRESET, true).message ==
          "no secure connection to a.test: Connection reset by peer");
    CHECK(error(ECONNRESET, false).kind == common::ErrorKind::reset);
    CHECK(contains(error(ECONNRESET, false).message, "Connection reset by peer"));
}

TEST_CASE("who spoke TLS until now is not asked whether it does") {
    Connection connection = connect_to({"a.test"}, "a.test");
    REQUIRE(connection.trusted());
    const std::string text = "HTTP/1.1 400 Bad Request\r\n\r\n";
    REQUIRE(write(connection.ends[1], text.data(), text.size()) > 0);
    std::array<char, 8> buffer{};
    const Transfer read = connection.client.try_read(buffer);
    CHECK(read.state == State::failed);
    const auto error =
        common::tls_error(connection.url, connection.client.ssl(), read.system_error, false);
    CHECK(error.kind == common::ErrorKind::tls);
    CHECK(error.message.starts_with("no secure connection to a.test: "));
    CHECK_FALSE(contains(error.message, "does it speak TLS?"));
}

TEST_CASE("an error that OpenSSL has no text for is said as its number") {
    const Connection connection = connect_to({"a.test"}, "a.test");
    ERR_raise(ERR_LIB_USER, 77);
    const std::string message =
        common::tls_error(connection.url, connection.client.ssl(), 0, false).message;
    CHECK(message.starts_with("no secure connection to a.test: OpenSSL error 0x"));
    CHECK(ERR_peek_error() == 0);
}

// As a failed handshake of another connection leaves one in the thread's queue.
TEST_CASE("an error of an earlier connection is not that of the next one") {
    Connection connection = connect_to({"a.test"}, "a.test");
    REQUIRE(connection.trusted());
    std::array<char, 8> buffer{};
    ERR_raise(ERR_LIB_USER, 77);
    CHECK(connection.client.try_read(buffer).state == State::needs_input);
    ERR_raise(ERR_LIB_USER, 77);
    CHECK(connection.client.is_quiet());
    const std::string large(1'000'000, 'x');
    std::string_view text = large;
    ERR_raise(ERR_LIB_USER, 77);
    CHECK(connection.client.try_write(text).state == State::needs_output);
}

TEST_CASE("who writes to a peer that is gone is told so, and lives") {
    const SocketPair pair;
    Stream plain(pair.ends[0]);
    shutdown(pair.ends[1], SHUT_RDWR);
    std::string_view text = "x";
    const Transfer sent = plain.try_write(text);
    CHECK(sent.state == State::failed);
    CHECK(text == "x");
    const auto error = common::transfer_error(url_of("a.test"), {}, plain, sent, false);
    CHECK(error.kind == common::ErrorKind::reset);
    CHECK(error.message == "the connection to a.test broke: Broken pipe; try again later");
}

TEST_CASE("nothing more is sent over a stream whose output has ended or that was given up") {
    SocketPair pair;
    Stream plain(pair.ends[0]);
    std::string_view text = "x";
    CHECK(plain.try_write(text).state == State::done);
    CHECK(plain.end_output());
    Stream peer(pair.ends[1]);
    std::array<char, 8> buffer{};
    CHECK(peer.try_read(buffer).bytes == 1);
    CHECK(peer.try_read(buffer).state == State::ended);
    peer.give_up();
    CHECK_FALSE(peer.end_output());
    CHECK(plain.try_read(buffer).state == State::needs_input);
}

TEST_CASE("a wait that was cancelled gives the stream up: no farewell says that all is well") {
    const SocketPair pair;
    common::BlockingStream stream{common::Descriptor(dup(pair.ends[0]))};
    std::array<char, 8> buffer{};
    CHECK(stream.read(buffer, common::Clock::now()).state == State::cancelled);
    CHECK_FALSE(stream.stream().end_output());
}

TEST_CASE("what does not fit waits for output, and all of it arrives, once") {
    SocketPair pair;
    const int small = 65536;
    setsockopt(pair.ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    Stream sender(pair.ends[0]);
    Stream receiver(pair.ends[1]);
    std::string text;
    for (int i = 0; text.size() < 2'000'000; ++i)
        text += std::to_string(i);
    std::string_view rest = text;
    std::string received;
    std::array<char, 4096> buffer{};
    Transfer sent = sender.try_write(rest);
    CHECK(sent.state == State::needs_output);
    Transfer got{State::done};
    while (got.state == State::done) {
        got = receiver.try_read(buffer);
        received.append(buffer.data(), got.bytes);
        if (sent.state == State::needs_output)
            sent = sender.try_write(rest);
    }
    CHECK(sent.state == State::done);
    CHECK(rest.empty());
    CHECK((received == text));
}

TEST_CASE("who blocks waits until there is room for what it sends") {
    const SocketPair pair;
    const std::string text(1'000'000, 'x');
    std::size_t received = 0;
    std::jthread reader([&] {
        common::BlockingStream peer{common::Descriptor(dup(pair.ends[1]))};
        std::vector<char> buffer(100'000);
        const auto deadline = common::Clock::now() + std::chrono::seconds(20);
        Transfer read{State::done};
        while (read.state == State::done && received < text.size()) {
            read = peer.read(buffer, deadline);
            received += read.bytes;
        }
    });
    common::BlockingStream stream{common::Descriptor(dup(pair.ends[0]))};
    const auto deadline = common::Clock::now() + std::chrono::seconds(20);
    CHECK(stream.write(text, deadline).state == State::done);
    reader.join();
    CHECK(received == text.size());
}

TEST_CASE("a stream is quiet until something comes") {
    SocketPair pair;
    Stream plain(pair.ends[0]);
    CHECK(plain.is_quiet());
    REQUIRE(write(pair.ends[1], "x", 1) == 1);
    CHECK_FALSE(plain.is_quiet());
    std::array<char, 8> buffer{};
    CHECK(plain.try_read(buffer).bytes == 1);
    CHECK(plain.is_quiet());
    shutdown(pair.ends[1], SHUT_WR);
    CHECK_FALSE(plain.is_quiet());
}

TEST_CASE("with TLS a session ticket is no noise, but data, half of it, or an end is") {
    const auto identity = practice_site::make_identity({"a.test"}, {});
    SSL_CTX* context = identity.server_context.get();
    SSL_CTX_clear_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 2);
    Connection connection(context, identity.authority_pem, "a.test");
    REQUIRE(connection.trusted());
    std::array<char, 4096> buffer{};
    REQUIRE(recv(connection.ends[0], buffer.data(), buffer.size(), MSG_PEEK) > 0);  // the tickets
    CHECK(connection.client.is_quiet());
    CHECK(connection.client.is_quiet());

    SUBCASE("a record") {
        connection.say("EVIL");
        CHECK_FALSE(connection.client.is_quiet());
    }
    SUBCASE("a record that was read half") {
        connection.say("hello");
        CHECK(connection.client.try_read({buffer.data(), 2}).bytes == 2);
        CHECK_FALSE(connection.client.is_quiet());
        CHECK(connection.client.try_read(buffer).bytes == 3);
        CHECK(connection.client.is_quiet());
    }
    SUBCASE("half a record") {
        // What the server sends, without its last byte.
        connection.say("EVIL");
        const ssize_t size = recv(connection.ends[0], buffer.data(), buffer.size(), 0);
        REQUIRE(size > 1);
        REQUIRE(write(connection.ends[1], buffer.data(), static_cast<std::size_t>(size - 1)) ==
                size - 1);
        CHECK_FALSE(connection.client.is_quiet());
    }
    SUBCASE("the end of the session") {
        SSL_shutdown(connection.server.ssl());
        CHECK_FALSE(connection.client.is_quiet());
    }
    SUBCASE("the end of the connection") {
        connection.server.give_up();
        shutdown(connection.ends[1], SHUT_WR);
        CHECK_FALSE(connection.client.is_quiet());
    }
}

}  // namespace
