// A connection that never blocks, for programs with an event loop: chapter 04 and the practice
// site.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "common/net/descriptor.hpp"
#include "common/net/stream.hpp"

namespace common {

// A descriptor that one coroutine waits for; owns it until release(). Not thread-safe.
class AsyncDescriptor {
  public:
    using Event = asio::posix::stream_descriptor::wait_type;

    AsyncDescriptor(asio::io_context& context, Descriptor opened)
        : watched_(context, opened.get()) {
        opened.release();
    }

    // Suspends the coroutine until epoll(7) reports the event. False: cancel() was called.
    asio::awaitable<bool> wait(Event event);
    // Calls the handler when epoll(7) reports the event, or after stop_waiting().
    template <typename Handler>
    void call_on(Event event, Handler handler) {
        watched_.async_wait(event, std::move(handler));
    }
    // Ends every wait there is now, and no later one.
    void stop_waiting() {
        std::error_code ignored;
        watched_.cancel(ignored);
    }
    // Resumes the coroutine that waits; from now on every wait ends at once.
    void cancel();
    int native() { return watched_.native_handle(); }
    // It is the caller's now.
    int release() { return watched_.release(); }

  private:
    asio::posix::stream_descriptor watched_;
    bool cancelled_ = false;
};

// Owns a connected, non-blocking socket. Each operation tries, and suspends its coroutine when the
// try says so. One operation at a time. Not thread-safe.
class AsyncStream {
  public:
    AsyncStream(asio::io_context& context, Descriptor socket)
        : descriptor_(context, std::move(socket)), stream_(descriptor_.native()) {}
    AsyncStream(const AsyncStream&) = delete;
    AsyncStream& operator=(const AsyncStream&) = delete;

    asio::awaitable<Transfer> shake_hands(SslHandle ssl);
    // At least one byte.
    asio::awaitable<Transfer> read(std::span<char> buffer);
    // All of it. The caller keeps the bytes alive until the coroutine resumes.
    asio::awaitable<Transfer> write(std::string_view bytes);

    // To end one of these from outside: it resumes, with State::cancelled.
    AsyncDescriptor& descriptor() { return descriptor_; }
    Stream& stream() { return stream_; }

  private:
    template <typename Try>
    asio::awaitable<Transfer> repeat(Try attempt);

    AsyncDescriptor descriptor_;
    Stream stream_;  // says goodbye before the socket closes
};

}  // namespace common
