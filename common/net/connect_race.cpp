#include "common/net/connect_race.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

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

ConnectRace::~ConnectRace() {
    for (const int socket : attempts_)
        close(socket);
    for (const int descriptor : {together_, winner_})
        if (descriptor >= 0)
            close(descriptor);
}

void ConnectRace::go_on(Clock::time_point now) {
    for (const int socket : std::vector<int>(attempts_))
        if (winner_ < 0)
            look_at(socket);
    if (winner_ < 0 && (attempts_.empty() || now >= next_attempt_))
        start_next(now);
}

pollfd ConnectRace::watched() const {
    if (together_ >= 0)
        return {together_, POLLIN, 0};
    return {attempts_.front(), POLLOUT, 0};
}

int ConnectRace::take_winner() {
    return std::exchange(winner_, -1);
}

// Of the addresses that are left, the first with which an attempt can begin.
void ConnectRace::start_next(Clock::time_point now) {
    while (next_ < addresses_.size() && !start(addresses_[next_++])) {
    }
    next_attempt_ =
        next_ < addresses_.size() ? now + connection_attempt_delay : Clock::time_point::max();
}

bool ConnectRace::start(const Address& address) {
    const int socket =
        ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0) {
        error_ = code(errno);
        return false;
    }
    const int on = 1;  // a request goes out at once instead of waiting for an ACK (tcp(7))
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto* to = reinterpret_cast<const sockaddr*>(&address.storage);
    const bool connected = connect(socket, to, address.size) == 0;
    if (connected) {
        winner_ = socket;
        return true;
    }
    if (errno != EINPROGRESS || !watch_together(socket)) {
        error_ = code(errno);
        close(socket);
        return false;
    }
    attempts_.push_back(socket);
    return true;
}

// One attempt is waited for by itself, several by an epoll(7) of them all.
bool ConnectRace::watch_together(int socket) {
    if (attempts_.empty())
        return true;
    std::vector<int> added = {socket};
    if (together_ < 0) {
        together_ = epoll_create1(EPOLL_CLOEXEC);
        added.insert(added.end(), attempts_.begin(), attempts_.end());
    }
    return std::all_of(added.begin(), added.end(), [this](int descriptor) {
        epoll_event writable{.events = EPOLLOUT, .data = {}};
        return epoll_ctl(together_, EPOLL_CTL_ADD, descriptor, &writable) == 0;
    });
}

void ConnectRace::look_at(int socket) {
    pollfd polled{socket, POLLOUT, 0};
    if (poll(&polled, 1, 0) != 1)
        return;
    std::erase(attempts_, socket);
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == 0) {
        winner_ = socket;
        return;
    }
    error_ = code(error);
    close(socket);
}

}  // namespace common
