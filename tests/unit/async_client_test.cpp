// Chapter 04's client where its thread had other things to do when a deadline came.
#include "04_async/async_client.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <thread>

#include "common/net/descriptor.hpp"
#include "support/loopback.hpp"

namespace {

using common::Descriptor;
using std::chrono::milliseconds;

// A server in the client's own thread, between two turns of its event loop.
struct Server {
    Server() { listen(listener.get(), 1); }
    // Lets the client go on until its request is here, or nothing is left to do.
    void await_request(asio::io_context& context) {
        std::array<char, 1000> request{};
        do {
            context.run_for(milliseconds(1));
            if (Descriptor accepted(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
                accepted)
                connection = std::move(accepted);
        } while (!context.stopped() &&
                 recv(connection.get(), request.data(), request.size(), MSG_DONTWAIT) <= 0);
    }
    void answer() const {
        const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";
        send(connection.get(), text.data(), text.size(), MSG_NOSIGNAL);
    }

    const Descriptor listener{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    const std::uint16_t port = test_support::bind_to_free_port(listener.get());
    Descriptor connection;
};

// Both are there when the thread looks again: the page's last byte, and then its deadline.
TEST_CASE("a deadline that comes when its page is done is not the next page's") {
    Server server;
    const std::string url = fmt::format("http://127.0.0.1:{}/", server.port);
    common::Options options{.workers = 1, .timeout = milliseconds(100)};
    asio::io_context context{1};
    std::array<char, 1000> buffer{};
    async_model::AsyncClient client(context, options, 0, buffer);
    common::Result second;
    const auto download_both = [&]() -> asio::awaitable<void> {
        co_await client.download(url, 0);
        options.timeout = milliseconds(30'000);
        second = co_await client.download(url, 1);
    };
    asio::co_spawn(context, download_both(), [](const std::exception_ptr&) {});

    server.await_request(context);
    server.answer();
    std::this_thread::sleep_for(milliseconds(150));
    server.await_request(context);
    server.answer();
    context.run();
    CHECK(arrived(second));
}

}  // namespace
