#include "common/net/connect_race.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace common {
namespace {

constexpr std::chrono::milliseconds connection_attempt_delay(250);  // RFC 8305, 5

// RFC 8305, 4: the families take turns, so that one that does not work costs one delay.
std::vector<Address> interleaved(std::vector<Address> addresses) {
    const auto is_first_family = [family = addresses.front().storage.ss_family](const Address& a) {
        return a.storage.ss_family == family;
    };
    auto other = std::stable_partition(addresses.begin(), addresses.end(), is_first_family);
    for (auto place = addresses.begin() + 1; place < other && other != addresses.end(); place += 2)
        other = std::rotate(place, other, other + 1) + (other - place);
    return addresses;
}

std::error_code code(int error) {
    return {error, std::generic_category()};
}

}  // namespace

ConnectRace::ConnectRace(std::vector<Address> addresses, Clock::time_point now)
    : addresses_(interleaved(std::move(addresses))) {
    start_next(now);
}

void ConnectRace::go_on(Clock::time_point now) {
    std::erase_if(attempts_, [this](Descriptor& attempt) { return !winner_ && is_over(attempt); });
    if (!winner_ && (attempts_.empty() || now >= next_attempt_))
        start_next(now);
}

pollfd ConnectRace::watched() const {
    if (together_)
        return {together_.get(), POLLIN, 0};
    return {attempts_.front().get(), POLLOUT, 0};
}

// Of the addresses that are left, the first with which an attempt can begin.
void ConnectRace::start_next(Clock::time_point now) {
    while (next_ < addresses_.size() && !start(addresses_[next_++])) {
    }
    next_attempt_ =
        next_ < addresses_.size() ? now + connection_attempt_delay : Clock::time_point::max();
}

bool ConnectRace::start(const Address& address) {
    Descriptor attempt(
        socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!attempt) {
        error_ = code(errno);
        return false;
    }
    const int on = 1;  // a request goes out at once instead of waiting for an ACK (tcp(7))
    setsockopt(attempt.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto* to = reinterpret_cast<const sockaddr*>(&address.storage);
    if (connect(attempt.get(), to, address.size) == 0) {
        winner_ = std::move(attempt);
        return true;
    }
    if (errno != EINPROGRESS || !watch_together(attempt.get())) {
        error_ = code(errno);
        return false;
    }
    attempts_.push_back(std::move(attempt));
    return true;
}

// One attempt is waited for by itself, several by an epoll(7) of them all; once there is one, it is
// what watched() names, also for an attempt that is alone again.
bool ConnectRace::watch_together(int socket) {
    if (!together_ && attempts_.empty())
        return true;
    const auto add = [this](int descriptor) {
        epoll_event writable{.events = EPOLLOUT, .data = {}};
        return epoll_ctl(together_.get(), EPOLL_CTL_ADD, descriptor, &writable) == 0;
    };
    if (together_)
        return add(socket);
    together_ = Descriptor(epoll_create1(EPOLL_CLOEXEC));
    return together_ && add(attempts_.front().get()) && add(socket);
}

// True when the attempt is no longer under way: it has won, or failed.
bool ConnectRace::is_over(Descriptor& attempt) {
    pollfd polled{attempt.get(), POLLOUT, 0};
    if (poll(&polled, 1, 0) != 1)
        return false;
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(attempt.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == 0)
        winner_ = std::move(attempt);
    else
        error_ = code(error);
    return true;
}

}  // namespace common
