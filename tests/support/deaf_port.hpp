// A port whose connections are never answered.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <vector>

#include "support/loopback.hpp"

namespace test_support {

// A listening socket whose queue is full: the kernel drops every further SYN (listen(2)).
class DeafPort {
  public:
    DeafPort() {
        if (listen(listener_, 0) != 0)
            throw std::system_error(errno, std::generic_category(), "cannot make a deaf port");
        const sockaddr_in address = loopback(port_);
        for (const int filler : fillers_)
            connect(filler, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    ~DeafPort() {
        close(listener_);
        for (const int filler : fillers_)
            close(filler);
    }
    DeafPort(const DeafPort&) = delete;
    DeafPort& operator=(const DeafPort&) = delete;

    std::uint16_t port() const { return port_; }

  private:
    static int new_socket() {
        return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    }
    const int listener_ = new_socket();
    const std::vector<int> fillers_ = {new_socket(), new_socket(), new_socket()};
    const std::uint16_t port_ = bind_to_free_port(listener_);
};

}  // namespace test_support
