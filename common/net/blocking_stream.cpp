#include "common/net/blocking_stream.hpp"

#include <utility>

#include "common/net/wait.hpp"

namespace common {

using State = Transfer::State;

template <typename Try>
Transfer BlockingStream::repeat(Try attempt, Clock::time_point deadline) {
    for (;;) {
        const Transfer transfer = attempt();
        if (!transfer.must_wait())
            return transfer;
        const short events = transfer.state == State::needs_input ? POLLIN : POLLOUT;
        if (!wait_for({stream_.socket(), events, 0}, deadline)) {
            stream_.give_up();
            return {State::cancelled};
        }
    }
}

Transfer BlockingStream::shake_hands(SslHandle ssl, Clock::time_point deadline) {
    stream_.start_tls(std::move(ssl));
    return repeat([this] { return stream_.try_handshake(); }, deadline);
}

Transfer BlockingStream::read(std::span<char> buffer, Clock::time_point deadline) {
    return repeat([this, buffer] { return stream_.try_read(buffer); }, deadline);
}

Transfer BlockingStream::write(std::string_view bytes, Clock::time_point deadline) {
    return repeat([this, &bytes] { return stream_.try_write(bytes); }, deadline);
}

}  // namespace common
