// Ports of this machine that only it can reach.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace test_support {

// 127.0.0.1; port 0 asks bind(2) to choose one.
inline sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

// [::1].
inline sockaddr_in6 loopback_ipv6(std::uint16_t port) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    address.sin6_addr = in6addr_loopback;
    return address;
}

// Gives the socket a free port, and says which. Throws std::system_error.
inline std::uint16_t bind_to_free_port(int descriptor) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(descriptor, generic, size) != 0 || getsockname(descriptor, generic, &size) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot bind to 127.0.0.1");
    return ntohs(address.sin_port);
}

}  // namespace test_support
