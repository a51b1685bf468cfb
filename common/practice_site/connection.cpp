#include "common/practice_site/connection.hpp"

#include <array>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

namespace practice_site {

using common::AsyncDescriptor;
using common::Transfer;
using State = Transfer::State;
using asio::experimental::awaitable_operators::operator||;

namespace {

// Reads what has come: the next requests, of a client that does not wait for its answers. done:
// they are more than the site wants to keep.
State read_ahead(Connection& connection) {
    std::array<char, 4096> piece;
    while (connection.received.size() <= max_request_bytes) {
        const Transfer read = connection.stream.stream().try_read(piece);
        if (read.state != State::done)
            return read.state;
        connection.received.append(piece.data(), read.bytes);
    }
    return State::done;
}

// A timer that is moved ends its waits with an error: the end, too.
asio::awaitable<void> wait_for(asio::steady_timer& timer) {
    std::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

}  // namespace

asio::awaitable<std::optional<Request>> read_request(Connection& connection) {
    std::array<char, 4096> piece;
    for (;;) {
        if (auto request = take_request(connection.received))
            co_return request;
        const auto read = co_await connection.stream.read(piece);
        if (read.state != State::done)
            co_return std::nullopt;
        connection.received.append(piece.data(), read.bytes);
    }
}

// A client that closes the connection, and one that only has nothing more to ask (`nc -N`), look
// alike from here: the kernel tells that no more bytes will come. So both have left as far as the
// counters know, and both are answered when the time has come: who only closed its own half still
// reads.
asio::awaitable<bool> wait_beside_client(Connection& connection, asio::steady_timer& timer,
                                         Counters::InFlight& in_flight) {
    State state = State::needs_input;
    while (state == State::needs_input || state == State::needs_output) {
        // Whichever comes first ends the other wait.
        const auto first = co_await (wait_for(timer) || connection.stream.descriptor().wait(
                                                            AsyncDescriptor::Event::wait_read));
        if (first.index() == 0)
            co_return true;
        state = read_ahead(connection);
    }
    if (state != State::done)
        in_flight.leave();
    if (state == State::failed)
        co_return false;
    co_await wait_for(timer);
    co_return true;
}

}  // namespace practice_site
