#include "raw_client.hpp"

#include <fmt/format.h>
#include <linux/tcp.h>  // <netinet/tcp.h> does not know tcpi_data_segs_in
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "support/loopback.hpp"
#include "support/practice_site_client.hpp"

namespace any_client {
namespace {

void require(bool done, const char* what) {
    if (!done)
        throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

RawClient::RawClient(const common::PracticeSite& site)
    : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int port = std::stoi(test_support::port_of(site));
    const sockaddr_in address = test_support::loopback(static_cast<std::uint16_t>(port));
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    require(connect(socket_.get(), generic, sizeof address) == 0, "connect");
}

void RawClient::send(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        require(sent > 0, "send");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void RawClient::send_what_fits(std::string_view bytes) const {
    const ssize_t sent =
        ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    require(sent >= 0 || errno == EAGAIN, "send");
}

void RawClient::end_output() const {
    require(shutdown(socket_.get(), SHUT_WR) == 0, "shutdown");
}

std::string RawClient::read_some(std::size_t most) const {
    std::string piece(most, '\0');
    const ssize_t received = recv(socket_.get(), piece.data(), most, 0);
    require(received >= 0, "recv");
    piece.resize(static_cast<std::size_t>(received));
    return piece;
}

std::string RawClient::read_to_end() const {
    std::string all;
    for (std::string piece = read_some(65'536); !piece.empty(); piece = read_some(65'536))
        all += piece;
    return all;
}

std::string RawClient::read_response(std::size_t body) const {
    std::string response;
    std::size_t end = std::string::npos;
    while (end == std::string::npos || response.size() < end + 4 + body) {
        const std::string byte = read_some(1);  // nothing of the next response
        if (byte.empty())
            break;
        response += byte;
        end = response.find("\r\n\r\n");
    }
    return response;
}

void RawClient::acknowledge_late() const {
    const int off = 0;
    require(setsockopt(socket_.get(), IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off) == 0,
            "TCP_QUICKACK");
}

std::uint32_t RawClient::count_segments() const {
    tcp_info info{};
    socklen_t size = sizeof info;
    require(getsockopt(socket_.get(), IPPROTO_TCP, TCP_INFO, &info, &size) == 0, "TCP_INFO");
    return info.tcpi_data_segs_in;
}

std::string answer_to(const common::PracticeSite& site, std::string_view request) {
    const RawClient client(site);
    client.send(request);
    return client.read_to_end();
}

std::string get(const std::string& target, const std::string& more) {
    return fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n{}\r\n", target, more);
}
std::string closing(const std::string& target) {
    return get(target, "Connection: close\r\n");
}

std::string header_of(const std::string& response) {
    return response.substr(0, response.find("\r\n\r\n") + 4);
}
std::string body_of(const std::string& response) {
    return response.substr(header_of(response).size());
}

}  // namespace any_client
