// A port whose connections are never answered.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <vector>

namespace test_support {

// A listening socket whose queue is full: the kernel drops every further SYN (listen(2)).
class DeafPort {
  public:
    DeafPort() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        if (bind(listener_, generic, size) != 0 || listen(listener_, 0) != 0 ||
            getsockname(listener_, generic, &size) != 0)
            throw std::system_error(errno, std::generic_category(), "cannot make a deaf port");
        port_ = ntohs(address.sin_port);
        for (const int filler : fillers_)
            connect(filler, generic, size);
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
    std::uint16_t port_ = 0;
};

}  // namespace test_support
