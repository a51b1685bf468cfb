#include "common/net/name_lookup.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace common {

namespace {

Addresses call_getaddrinfo(const std::string& host, int flags) {
    struct Free {
        void operator()(addrinfo* list) const { freeaddrinfo(list); }
    };
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    addrinfo* found = nullptr;
    const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found);
    if (error != 0)
        return gai_strerror(error);
    const std::unique_ptr<addrinfo, Free> list(found);
    std::vector<Address> addresses;
    for (const addrinfo* item = list.get(); item; item = item->ai_next) {
        Address& address = addresses.emplace_back();
        std::memcpy(&address.storage, item->ai_addr, item->ai_addrlen);
        address.size = item->ai_addrlen;
    }
    return addresses;
}

}  // namespace

// One name being looked up. Its thread writes `addresses` and then says so, twice: `answered`
// orders the write before every read, and the descriptor wakes those who wait.
struct NameLookup::Pending {
    Pending() {
        if (!descriptor)
            throw std::system_error(errno, std::generic_category());
    }
    Addresses addresses;
    std::atomic<bool> answered = false;
    const Descriptor descriptor{eventfd(0, EFD_CLOEXEC)};  // nobody reads it: it stays readable
};

// Joins the look-up of this name that is under way, or starts one.
std::shared_ptr<const NameLookup::Pending> NameLookup::pending_for(const std::string& host) {
    // Never destroyed: a thread whose answer nobody waits for may outlive main().
    static auto& mutex = *new std::mutex;
    static auto& under_way = *new std::map<std::string, std::shared_ptr<const Pending>>;
    const std::lock_guard lock(mutex);
    if (const auto found = under_way.find(host); found != under_way.end())
        return found->second;
    const auto pending = std::make_shared<Pending>();
    std::thread([host, pending] {
        pending->addresses = call_getaddrinfo(host, 0);
        pending->answered = true;
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = write(pending->descriptor.get(), &one, sizeof one);
        const std::lock_guard lock_again(mutex);
        under_way.erase(host);
    }).detach();
    under_way.emplace(host, pending);
    return pending;
}

NameLookup::NameLookup(const std::string& host, std::uint16_t port)
    : port_(port), addresses_(call_getaddrinfo(host, AI_NUMERICHOST)) {
    if (std::holds_alternative<std::vector<Address>>(addresses_))
        return;
    try {
        pending_ = pending_for(host);
        // A copy: an epoll(7) takes each descriptor once, and others may wait for the same name.
        descriptor_ = Descriptor(fcntl(pending_->descriptor.get(), F_DUPFD_CLOEXEC, 0));
        if (!descriptor_)
            throw std::system_error(errno, std::generic_category());
    } catch (const std::system_error& error) {
        addresses_ = error.code().message();
    }
}

Addresses NameLookup::take() {
    const bool asked = std::exchange(descriptor_, Descriptor()) && pending_->answered;
    Addresses addresses = asked ? pending_->addresses : addresses_;
    if (auto* found = std::get_if<std::vector<Address>>(&addresses)) {
        for (Address& address : *found) {
            // The port has the same offset in both kinds of address.
            static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
            reinterpret_cast<sockaddr_in*>(&address.storage)->sin_port = htons(port_);
        }
    }
    return addresses;
}

}  // namespace common
