#include "names/name_server.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "support/loopback.hpp"

namespace names {
namespace {

constexpr std::size_t header_bytes = 12;
constexpr char type_a = 1;
constexpr char type_aaaa = 28;

struct Question {
    std::string name;  // without its last dot
    char type = 0;
    std::size_t end = 0;  // in the packet
};

// RFC 1035, 4.1.2: labels, each after its length, up to an empty one; then type and class.
Question question_in(std::string_view packet) {
    Question question;
    std::size_t at = header_bytes;
    while (at < packet.size() && packet[at] != 0) {
        const auto length = static_cast<std::size_t>(packet[at]);
        if (!question.name.empty())
            question.name += '.';
        question.name += packet.substr(at + 1, length);
        at += 1 + length;
    }
    question.end = at + 5;
    if (question.end <= packet.size())
        question.type = packet[at + 2];
    return question;
}

// The addresses that the question asks for; none is an answer too.
std::vector<std::string> addresses_for(const Question& question) {
    using namespace std::string_literals;
    const std::string loopback = "\x7f\0\0\x01"s;
    const std::string ipv6_loopback = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"s;
    if (question.type == type_aaaa && question.name == "twin.test")
        return {ipv6_loopback};
    if (question.type != type_a)
        return {};
    if (question.name == "pair.test")
        return {loopback, "\x7f\0\0\x02"s};
    if (question.name == "fine.test" || question.name == "late.test" ||
        question.name == "twin.test" || question.name == "localhost")
        return {loopback};
    return {};
}

std::string answer_to(std::string_view packet, const Question& question) {
    using namespace std::string_literals;
    const std::vector<std::string> addresses = addresses_for(question);
    // The question's id; an answer (QR), no error; one question, the answers; the question.
    std::string answer(packet.substr(0, 2));
    answer += "\x81\x80\0\x01\0"s;
    answer += static_cast<char>(addresses.size());
    answer += "\0\0\0\0"s;
    answer += packet.substr(header_bytes, question.end - header_bytes);
    for (const std::string& address : addresses) {
        // The name as a pointer to the question's; type; class; an hour; length.
        answer += "\xc0\x0c\0"s;
        answer += question.type;
        answer += "\0\x01\0\0\x0e\x10\0"s;
        answer += static_cast<char>(address.size());
        answer += address;
    }
    return answer;
}

int open_port() {
    const int opened = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = test_support::loopback(53);
    if (bind(opened, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot bind to port 53");
    return opened;
}

}  // namespace

NameServer::NameServer() : socket_(open_port()), thread_([this] { serve(); }) {}

NameServer::~NameServer() {
    shutdown(socket_, SHUT_RDWR);  // ends recvfrom(2), and with it the thread
    thread_.join();
    close(socket_);
}

void NameServer::serve() {
    std::array<char, 512> buffer;
    for (;;) {
        sockaddr_in from{};
        socklen_t size = sizeof from;
        auto* sender = reinterpret_cast<sockaddr*>(&from);
        const ssize_t received = recvfrom(socket_, buffer.data(), buffer.size(), 0, sender, &size);
        if (received <= 0)
            return;
        const std::string_view packet(buffer.data(), static_cast<std::size_t>(received));
        const Question question = question_in(packet);
        if (question.name.starts_with("dead")) {
            ++dead_questions_;
            continue;
        }
        std::string answer = answer_to(packet, question);
        if (question.name == "late.test" && question.type == type_a && ++late_questions_ == 1)
            answer = answer_to(packet, {"", question.type, question.end});
        sendto(socket_, answer.data(), answer.size(), 0, sender, size);
    }
}

}  // namespace names
