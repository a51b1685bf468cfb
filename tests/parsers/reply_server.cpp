#include "parsers/reply_server.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include "support/loopback.hpp"

namespace parsers {
namespace {

// Up to the empty line that ends it, or to the end of the connection.
std::string receive_request(int connection) {
    std::string request;
    std::array<char, 4096> buffer;
    while (request.find("\r\n\r\n") == std::string::npos) {
        const ssize_t size = recv(connection, buffer.data(), buffer.size(), 0);
        if (size <= 0)
            break;
        request.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return request;
}

void send_all(int connection, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return;  // the client has seen enough
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

}  // namespace

ReplyServer::ReplyServer(const std::vector<Reply>& replies)
    : replies_(replies), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    port_ = test_support::bind_to_free_port(listener_);
    if (listen(listener_, 16) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot make a server");
    thread_ = std::jthread([this] { serve(); });
}

ReplyServer::~ReplyServer() {
    shutdown(listener_, SHUT_RDWR);  // ends accept(2), and with it the thread
    thread_.join();
    close(listener_);
}

std::string ReplyServer::origin() const {
    return fmt::format("http://127.0.0.1:{}", port_);
}

void ReplyServer::serve() const {
    for (;;) {
        const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0)
            return;
        send_all(connection, reply_to(receive_request(connection)));
        close(connection);
    }
}

std::string ReplyServer::reply_to(const std::string& request) const {
    constexpr std::string_view before_number = "GET /";
    char* end = nullptr;
    if (request.size() <= before_number.size())
        return "";
    const char* number = request.c_str() + before_number.size();
    const std::size_t index = std::strtoul(number, &end, 10);
    if (end != number && *end == ' ' && index < replies_.size())
        return replies_[index].bytes;
    return "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nend";
}

}  // namespace parsers
