// Whose turn it is among chapter 04's coroutines when several could go on.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "04_async/download_all.hpp"
#include "common/net/descriptor.hpp"
#include "common/net/tls.hpp"
#include "common/practice_site/certificates.hpp"
#include "support/loopback.hpp"
#include "support/processes.hpp"

namespace {

using common::Descriptor;

struct Port {
    Port() { listen(listener.get(), 1); }
    // Sends what it is given at once.
    Descriptor accepted() const {
        Descriptor connection(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        const int on = 1;
        setsockopt(connection.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return connection;
    }
    const Descriptor listener{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const std::uint16_t number = test_support::bind_to_free_port(listener.get());
};

std::string answer_of(std::size_t bytes) {
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", bytes,
                       std::string(bytes, 'x'));
}

void read_request(const Descriptor& connection) {
    std::string received(1000, ' ');
    recv(connection.get(), received.data(), received.size(), 0);
}

void answer(const Descriptor& connection) {
    const std::string text = answer_of(1);
    send(connection.get(), text.data(), text.size(), MSG_NOSIGNAL);
}

// A page that is read in some 36 pieces, all there before the client reads the first, and behind it
// the answer to another page: that one need not wait until the first is whole.
TEST_CASE("a page whose bytes are always there takes turns with the others") {
    const Port secure;
    const Port pausing;
    const Port late;
    const auto identity = practice_site::make_identity({}, {"127.0.0.1"});
    const test_support::TemporaryDirectory directory;
    test_support::write_text(directory.file("ca.pem"), identity.authority_pem);

    std::latch paused(1);
    std::latch answered(1);
    std::jthread server([&] {
        const Descriptor long_page = secure.accepted();
        const common::SslHandle ssl(SSL_new(identity.server_context.get()));
        SSL_set_fd(ssl.get(), long_page.get());
        SSL_set_max_send_fragment(ssl.get(), 512);  // one read of the client takes one record
        std::string request(1000, ' ');
        SSL_accept(ssl.get());
        SSL_read(ssl.get(), request.data(), static_cast<int>(request.size()));
        const Descriptor pausing_page = pausing.accepted();
        read_request(pausing_page);
        const Descriptor late_page = late.accepted();
        read_request(late_page);
        answer(pausing_page);
        paused.wait();  // the client's only thread does nothing now
        const std::string text = answer_of(36UL * 512);
        SSL_write(ssl.get(), text.data(), static_cast<int>(text.size()));
        answer(late_page);
        answered.count_down();
    });

    std::vector<std::size_t> done;
    async_model::download_all(
        {fmt::format("https://127.0.0.1:{}/", secure.number),
         fmt::format("http://127.0.0.1:{}/", pausing.number),
         fmt::format("http://127.0.0.1:{}/", late.number)},
        {.workers = 3, .timeout = std::chrono::seconds(30), .ca_file = directory.file("ca.pem")},
        [&](std::size_t index, const common::Result& result) {
            CHECK(arrived(result));
            done.push_back(index);
            if (index == 1) {
                paused.count_down();
                answered.wait();
            }
        });
    CHECK(done == std::vector<std::size_t>{1, 2, 0});
}

}  // namespace
