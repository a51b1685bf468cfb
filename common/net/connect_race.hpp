// A TCP connection to the first of several addresses that answers (RFC 8305, "Happy Eyeballs").
#pragma once

#include <poll.h>

#include <cstddef>
#include <system_error>
#include <utility>
#include <vector>

#include "common/net/descriptor.hpp"
#include "common/net/name_lookup.hpp"
#include "common/page/result.hpp"

namespace common {

// One address is tried after the other, the next one as soon as the last has failed, or after 250
// ms without an answer while the earlier ones go on; the first connection wins. Never waits:
// whoever uses it waits as watched() and next_attempt() say, and calls go_on(). Owns its sockets.
// Not thread-safe.
class ConnectRace {
  public:
    // At least one address. Starts with the first.
    explicit ConnectRace(std::vector<Address> addresses, Clock::time_point now);

    // Looks at what has come of the attempts, and starts what is due.
    void go_on(Clock::time_point now);
    // Until there is a connection, or no address is left.
    bool is_going_on() const { return !winner_ && !attempts_.empty(); }

    // What to wait for: this descriptor, or the moment for the next attempt (max() for none).
    pollfd watched() const;
    Clock::time_point next_attempt() const { return next_attempt_; }

    // The connected socket, non-blocking and with TCP_NODELAY; none: see error().
    Descriptor take_winner() { return std::move(winner_); }
    // Why there is none: what the last address answered.
    std::error_code error() const { return error_; }

  private:
    void start_next(Clock::time_point now);
    bool start(const Address& address);
    bool watch_together(int socket);
    bool is_over(Descriptor& attempt);

    std::vector<Address> addresses_;
    std::size_t next_ = 0;  // address to try
    Clock::time_point next_attempt_{};
    std::vector<Descriptor> attempts_;  // under way
    Descriptor together_;               // an epoll(7) of them, once there are several
    Descriptor winner_;
    std::error_code error_;
};

}  // namespace common
