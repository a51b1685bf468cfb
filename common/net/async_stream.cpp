#include "common/net/async_stream.hpp"

#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <utility>

namespace common {

using State = Transfer::State;

asio::awaitable<bool> AsyncDescriptor::wait(Event event) {
    std::error_code error;
    // cancel() may come when a wait is over but the coroutine not yet resumed; it must not be lost,
    // or the next wait might be for ever.
    if (!cancelled_)
        co_await watched_.async_wait(event, asio::redirect_error(asio::use_awaitable, error));
    co_return !error && !cancelled_;
}

void AsyncDescriptor::cancel() {
    std::error_code ignored;
    cancelled_ = true;
    watched_.cancel(ignored);
}

template <typename Try>
asio::awaitable<Transfer> AsyncStream::repeat(Try attempt) {
    using asio::posix::stream_descriptor;
    for (;;) {
        const Transfer transfer = attempt();
        if (!transfer.must_wait())
            co_return transfer;
        const auto event = transfer.state == State::needs_input ? stream_descriptor::wait_read
                                                                : stream_descriptor::wait_write;
        if (!co_await descriptor_.wait(event)) {
            stream_.give_up();
            co_return Transfer{State::cancelled};
        }
    }
}

asio::awaitable<Transfer> AsyncStream::shake_hands(SslHandle ssl) {
    stream_.start_tls(std::move(ssl));
    return repeat([this] { return stream_.try_handshake(); });
}

asio::awaitable<Transfer> AsyncStream::read(std::span<char> buffer) {
    return repeat([this, buffer] { return stream_.try_read(buffer); });
}

asio::awaitable<Transfer> AsyncStream::write(std::string_view bytes) {
    return repeat([this, bytes]() mutable { return stream_.try_write(bytes); });
}

}  // namespace common
