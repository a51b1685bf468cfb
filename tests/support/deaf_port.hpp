// A port whose connections are never answered.
#pragma once

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <system_error>

#include "support/loopback.hpp"

namespace test_support {

// A listening socket whose queue is full: the kernel drops every further SYN (listen(2)).
class DeafPort {
  public:
    // Any free port of 127.0.0.1.
    DeafPort() : DeafPort(loopback(0)) {}
    // This address. Throws std::system_error when it cannot be had.
    template <typename SocketAddress>
    explicit DeafPort(SocketAddress address) {
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        const auto new_socket = [&] {
            return socket(generic->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        };
        for (int& opened : sockets_)
            opened = new_socket();
        const int listener = sockets_[0];
        if (bind(listener, generic, size) != 0 || listen(listener, 0) != 0 ||
            getsockname(listener, generic, &size) != 0)
            throw std::system_error(errno, std::generic_category(), "cannot make a deaf port");
        for (std::size_t filler = 1; filler < sockets_.size(); ++filler)
            connect(sockets_.at(filler), generic, size);
        // The port has the same offset in both kinds of address.
        port_ = ntohs(reinterpret_cast<const sockaddr_in*>(generic)->sin_port);
    }
    ~DeafPort() {
        for (const int opened : sockets_)
            close(opened);
    }
    DeafPort(const DeafPort&) = delete;
    DeafPort& operator=(const DeafPort&) = delete;

    std::uint16_t port() const { return port_; }
    // How many connections to it are on the way (proc_pid_net(5): 02 is SYN_SENT). Some of its own
    // are, from the beginning.
    std::size_t count_connecting() const {
        const std::string connecting = fmt::format(":{:04X} 02 ", port_);
        std::size_t count = 0;
        for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
            std::ifstream lines(table);
            for (std::string line; std::getline(lines, line);)
                count += line.find(connecting) != std::string::npos ? 1 : 0;
        }
        return count;
    }

  private:
    std::array<int, 4> sockets_{};  // the one that listens, and three that fill its queue
    std::uint16_t port_ = 0;
};

}  // namespace test_support
