#include "common/practice_site/connection.hpp"

#include <array>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <memory>

namespace practice_site {

using common::AsyncDescriptor;
using common::Transfer;
using State = Transfer::State;

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

// What the coroutine that waits for the timer shares with the handler that waits for the client:
// the handler may still be called when the coroutine has gone on, or is gone.
struct Watch {
    asio::cancellation_signal end_wait;
    bool waiting = true;
    bool heard = false;
};

// False: there is something to read first. A timer that is moved (a gate's, released) ends its
// waits with an error, which is its end like any other.
asio::awaitable<bool> timer_ends_first(asio::steady_timer& timer, AsyncDescriptor& client) {
    const auto watch = std::make_shared<Watch>();
    client.call_on(AsyncDescriptor::Event::wait_read, [watch](std::error_code) {
        watch->heard = true;
        if (watch->waiting)  // ends this wait alone: others may wait for the same timer
            watch->end_wait.emit(asio::cancellation_type::terminal);
    });
    std::error_code ignored;
    co_await timer.async_wait(asio::bind_cancellation_slot(
        watch->end_wait.slot(), asio::redirect_error(asio::use_awaitable, ignored)));
    watch->waiting = false;
    client.stop_waiting();
    co_return !watch->heard;
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
        if (co_await timer_ends_first(timer, connection.stream.descriptor()))
            co_return true;
        state = read_ahead(connection);
    }
    if (state != State::done)
        in_flight.leave();
    if (state == State::failed)
        co_return false;
    std::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    co_return true;
}

}  // namespace practice_site
