// A client's connection to the practice site.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>
#include <optional>
#include <set>
#include <string>

#include "common/net/async_stream.hpp"
#include "common/practice_site/counters.hpp"
#include "common/practice_site/request.hpp"

namespace practice_site {

// One coroutine serves it and owns it.
struct Connection {
    common::AsyncStream stream;
    std::string received;         // and not yet taken as a request
    std::set<std::string> names;  // of who/NAME, that it was counted for
};

// The next request; nothing when the connection has ended.
asio::awaitable<std::optional<Request>> read_request(Connection& connection);

// Waits until the timer ends, which may be one that others wait for, too. When the client ends the
// connection meanwhile, its request leaves at once. False: no answer can reach the client any more.
asio::awaitable<bool> wait_beside_client(Connection& connection, asio::steady_timer& timer,
                                         Counters::InFlight& in_flight);

}  // namespace practice_site
