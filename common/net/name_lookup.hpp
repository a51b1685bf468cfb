// The addresses of a host, without waiting for them.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "common/net/descriptor.hpp"

namespace common {

struct Address {
    sockaddr_storage storage{};  // the port included
    socklen_t size = 0;
};

// The error's text, or at least one address, in the order in which to try them (RFC 6724, 6).
using Addresses = std::variant<std::string, std::vector<Address>>;

// One look-up. getaddrinfo(3) asks whatever the system asks for names, but it blocks and cannot be
// interrupted: so it runs in a thread of its own, and whoever has no time left simply goes away. A
// name that is being looked up already is not looked up twice: a dead one costs one thread, however
// many pages ask for it. Not thread-safe; several at once, in any threads, are fine.
class NameLookup {
  public:
    // Starts. An address as a text needs no thread and is known at once. The destructor does not
    // wait: a thread that has no answer yet goes on alone, and ends with the process.
    NameLookup(const std::string& host, std::uint16_t port);

    // Readable as soon as the answer is there, for poll(2) and epoll(7); -1: it is there already.
    int descriptor() const { return descriptor_.get(); }

    // The answer. Once, when the descriptor is readable; it is closed, since whoever connects next
    // may need the last one that the system allows (ulimit -n).
    Addresses take();

  private:
    struct Pending;
    static std::shared_ptr<const Pending> pending_for(const std::string& host);

    const std::uint16_t port_;
    Addresses addresses_;  // known without asking, or why nobody could be asked
    std::shared_ptr<const Pending> pending_;
    Descriptor descriptor_;
};

}  // namespace common
