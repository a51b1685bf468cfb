// The practice site's server: one thread, one coroutine for each connection.
#pragma once

#include <openssl/types.h>

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <cstdint>
#include <string>

#include "common/net/async_stream.hpp"
#include "common/practice_site/behaviour.hpp"
#include "common/practice_site/connection.hpp"
#include "common/practice_site/counters.hpp"
#include "common/practice_site/gates.hpp"
#include "common/practice_site/request.hpp"
#include "common/practice_site/response.hpp"

namespace practice_site {

// What a new connection meets: an answer, nothing at all, or its end.
enum class Welcome { normal, silent, close };

struct SiteOptions {
    Welcome welcome = Welcome::normal;
    unsigned latency_ms = 0;  // instead of that of every page with a delay; 0: as the page says
    bool board = false;       // whether there is /board
};

class Site {
  public:
    // `server_context` is null for plain HTTP, and otherwise outlives the site. Throws
    // std::system_error when the address cannot be listened on.
    Site(const asio::ip::tcp::endpoint& address, SSL_CTX* server_context,
         const SiteOptions& options);

    // Serves until the event loop stops.
    void run();

    asio::io_context& event_loop() { return context_; }
    std::uint16_t port() const;

  private:
    // What the site tells of itself, or is told: it counts as a connection, never as a request.
    struct OwnPage {
        std::string_view content_type;
        std::string body;
        unsigned status = 200;
    };
    std::optional<OwnPage> own_page(const Request& request);
    OwnPage release(const std::string& name);
    OwnPage board(const Request& request) const;

    asio::awaitable<void> accept_connections();
    asio::awaitable<void> serve(int socket);
    // False: close the connection.
    asio::awaitable<bool> respond(Connection& connection, const Request& request);
    asio::awaitable<bool> respond_with_page(Connection& connection, const Request& request);
    // What comes before the answer. False: there is nobody to answer any more.
    asio::awaitable<bool> wait_as(Connection& connection, const Behaviour& behaviour,
                                  const Gates::Gate& gate, Counters::InFlight& in_flight);

    // What came of an answer.
    struct Sent {
        bool all = false;   // the kernel has taken every byte
        bool keep = false;  // another request may follow on the connection
    };
    asio::awaitable<Sent> respond_as(common::AsyncStream& stream, const Request& request,
                                     const Behaviour& behaviour);
    asio::awaitable<bool> send_slowly(common::AsyncStream& stream, const std::string& bytes,
                                      unsigned interval_ms);
    asio::awaitable<Sent> send_answer(common::AsyncStream& stream, const Behaviour& behaviour,
                                      Answer answer);
    asio::awaitable<Sent> send_raw(common::AsyncStream& stream, const Behaviour& behaviour);
    // An answer without any behaviour.
    asio::awaitable<bool> send_plainly(common::AsyncStream& stream, const Request& request,
                                       unsigned status, std::string_view content_type,
                                       const std::string& body);
    // A page's content of any size, in pieces.
    asio::awaitable<bool> send_content(common::AsyncStream& stream, std::uint64_t page,
                                       std::uint64_t bytes);
    asio::awaitable<void> say_nothing(common::AsyncStream& stream);
    // Ends the connection so that the client gets what was sent to it.
    asio::awaitable<void> close_gently(common::AsyncStream& stream);
    asio::awaitable<void> reset(common::AsyncStream& stream);
    asio::awaitable<void> wait(unsigned milliseconds);

    SSL_CTX* const server_context_;
    const SiteOptions options_;
    // Before the event loop, whose end destroys the coroutines that still wait: they count down.
    Counters counters_;
    asio::io_context context_{1};
    Gates gates_{context_};
    asio::ip::tcp::acceptor acceptor_;
};

}  // namespace practice_site
