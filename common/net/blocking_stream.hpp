// A connection of a client that blocks.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "common/net/descriptor.hpp"
#include "common/net/stream.hpp"
#include "common/page/result.hpp"

namespace common {

// Owns a connected, non-blocking socket. Each operation tries, and blocks in one poll(2) when the
// try says so: until the deadline or Ctrl-C, so that neither a silent server nor one that drips a
// byte a second can hold the caller beyond it; then the transfer is State::cancelled. Not
// thread-safe.
class BlockingStream {
  public:
    explicit BlockingStream(Descriptor socket)
        : socket_(std::move(socket)), stream_(socket_.get()) {}

    Transfer shake_hands(SslHandle ssl, Clock::time_point deadline);
    // At least one byte.
    Transfer read(std::span<char> buffer, Clock::time_point deadline);
    // All of it.
    Transfer write(std::string_view bytes, Clock::time_point deadline);

    Stream& stream() { return stream_; }

  private:
    template <typename Try>
    Transfer repeat(Try attempt, Clock::time_point deadline);

    const Descriptor socket_;
    Stream stream_;  // says goodbye before the socket closes
};

}  // namespace common
