#include "common/practice_site/site.hpp"

#include <fmt/format.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

namespace practice_site {

using common::AsyncStream;
using State = common::Transfer::State;

struct Site::Counters {
    std::uint64_t requests = 0;
    std::uint64_t connections = 0;
    std::uint64_t in_flight = 0;
    std::uint64_t most_in_flight = 0;
    std::map<std::string, std::uint64_t> requests_of_target;

    std::string stats() const {
        return nlohmann::ordered_json{{"requests", requests},
                                      {"connections", connections},
                                      {"most_in_flight", most_in_flight}}
                   .dump() +
               "\n";
    }
    std::string log() const { return nlohmann::json(requests_of_target).dump(1) + "\n"; }

    // A connection that is open was counted before, and a request in flight is so still: its end
    // counts down.
    void start_anew() {
        requests = 0;
        connections = 0;
        most_in_flight = in_flight;
        requests_of_target.clear();
    }

    // What the site tells of itself, which is counted nowhere but as a connection:
    //   /stats        {"requests": ..., "connections": ..., "most_in_flight": ...}
    //   /stats/reset  the same, after which all counters and the log start anew
    //   /log          {"/page/1": how often it was asked for, ...}
    std::optional<std::string> answer(const std::string& target) {
        if (target == "/log")
            return log();
        if (target != "/stats" && target != "/stats/reset")
            return std::nullopt;
        const std::string before = stats();
        if (target == "/stats/reset")
            start_anew();
        return before;
    }
};

namespace {

constexpr std::size_t max_request_bytes = 64 * 1024;
constexpr std::size_t max_logged_targets = 200'000;
constexpr std::uint64_t max_bytes_at_once = 1024 * 1024;  // larger pages are sent in pieces

// Counts a request as in flight while it lives.
class InFlight {
  public:
    InFlight(std::uint64_t& now, std::uint64_t& most) : now_(now) { most = std::max(most, ++now_); }
    ~InFlight() { --now_; }
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;

  private:
    std::uint64_t& now_;
};

std::string header_for(unsigned status, std::optional<std::uint64_t> length,
                       std::string_view more) {
    const bool no_body = status < 200 || status == 204 || status == 304;
    return fmt::format("HTTP/1.1 {} {}\r\n{}{}\r\n", status, status == 200 ? "OK" : "-",
                       length && !no_body ? fmt::format("Content-Length: {}\r\n", *length) : "",
                       more);
}

asio::awaitable<bool> send(AsyncStream& stream, std::string_view bytes) {
    const auto sent = co_await stream.write(bytes);
    co_return sent.state == State::done;
}

// Reads one request's header into `buffer`, which keeps what follows it. Its target; an empty one
// for what is no GET request; nothing when the connection has ended.
asio::awaitable<std::optional<std::string>> read_target(AsyncStream& stream, std::string& buffer) {
    std::array<char, 4096> piece;
    std::size_t end = 0;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
        const auto received = co_await stream.read(piece);
        if (received.state != State::done || buffer.size() > max_request_bytes)
            co_return std::nullopt;
        buffer.append(piece.data(), received.bytes);
        if (!std::string_view(buffer).substr(0, 4).starts_with(
                std::string_view("GET ").substr(0, buffer.size())))
            co_return "";
    }
    const std::size_t space = buffer.find(' ', 4);
    std::string target = space < buffer.find('\r') ? buffer.substr(4, space - 4) : "";
    buffer.erase(0, end + 4);
    co_return target;
}

std::string chunked(const std::string& body) {
    constexpr std::size_t chunk = 1000;  // small and odd, so that readers meet many borders
    std::string coded;
    for (std::size_t at = 0; at < body.size(); at += chunk)
        coded += fmt::format("{:x}\r\n{}\r\n", std::min(chunk, body.size() - at),
                             std::string_view(body).substr(at, chunk));
    return coded + "0\r\n\r\n";
}

std::string filler_fields(const Behaviour& behaviour) {
    constexpr std::size_t line = 100;  // longer ones would be refused for their own length
    std::string fields;
    for (std::uint64_t i = 0; i < behaviour.header_lines; ++i)
        fields += fmt::format("X-Filler-{}: x\r\n", i);
    for (std::uint64_t bytes = 0; bytes < behaviour.header_bytes; bytes += line)
        fields += fmt::format("X-Filler: {:x<{}}\r\n", "", line - 12);
    return fields;
}

// Whether nothing but its size is special about the answer: then it need not be in memory whole.
bool is_sent_as_it_is(const Behaviour& behaviour) {
    const bool special = behaviour.location || behaviour.chunked || behaviour.until_close ||
                         behaviour.close || behaviour.hang_up || !behaviour.more.empty() ||
                         behaviour.truncate || behaviour.reset || behaviour.header_lines > 0 ||
                         behaviour.header_bytes > 0 || behaviour.drip_header_ms > 0 ||
                         behaviour.drip_ms > 0;
    return !special && behaviour.status == 200;
}

}  // namespace

struct Site::Answer {
    std::string header;
    std::string body;  // as it is sent: chunked, cut short
    bool close = false;
};

Site::Answer Site::answer_for(const Behaviour& behaviour) {
    Answer answer;
    answer.body = behaviour.location ? "" : page_content(behaviour.page, behaviour.bytes);
    const std::uint64_t length = answer.body.size();
    std::string more = filler_fields(behaviour);
    if (behaviour.location)
        more += fmt::format("Location: {}\r\n", *behaviour.location);
    if (behaviour.chunked) {
        more += "Transfer-Encoding: chunked\r\n";
        answer.body = chunked(answer.body);
    }
    if (behaviour.status == 204 || behaviour.status == 304)
        answer.body.clear();
    const bool cut = behaviour.truncate || behaviour.reset;
    if (cut)
        answer.body.resize(std::min<std::uint64_t>(
            answer.body.size(), behaviour.truncate.value_or(behaviour.reset.value_or(0))));
    answer.close = behaviour.close || behaviour.until_close || cut;
    if (answer.close)
        more += "Connection: close\r\n";
    answer.header = behaviour.chunked || behaviour.until_close
                        ? header_for(behaviour.status, std::nullopt, more)
                        : header_for(behaviour.status, length, more);
    return answer;
}

Site::Site(const asio::ip::tcp::endpoint& address, SSL_CTX* server_context, Welcome welcome,
           unsigned latency_ms)
    : server_context_(server_context),
      welcome_(welcome),
      latency_ms_(latency_ms),
      counters_(std::make_unique<Counters>()),
      acceptor_(context_, address) {
    acceptor_.non_blocking(true);
}

Site::~Site() = default;

std::uint16_t Site::port() const {
    return acceptor_.local_endpoint().port();
}

void Site::run() {
    asio::co_spawn(context_, accept_connections(), asio::detached);
    context_.run();
}

asio::awaitable<void> Site::wait(unsigned milliseconds) {
    asio::steady_timer timer(context_, std::chrono::milliseconds(milliseconds));
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> Site::accept_connections() {
    for (;;) {
        const int socket =
            accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket >= 0)
            asio::co_spawn(context_, serve(socket), asio::detached);
        else if (errno == EAGAIN)
            co_await acceptor_.async_wait(asio::socket_base::wait_read, asio::use_awaitable);
        else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            co_await wait(10);  // some connection will end
    }
}

asio::awaitable<void> Site::serve(int socket) {
    AsyncStream stream(context_, common::Descriptor(socket));
    const int on = 1;  // an answer goes out at once instead of waiting for an ACK (tcp(7))
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++counters_->connections;
    if (welcome_ != Welcome::normal) {
        if (welcome_ == Welcome::close)
            shutdown(socket, SHUT_WR);
        co_await say_nothing(stream);
        co_return;
    }
    if (server_context_) {
        common::SslHandle ssl(SSL_new(server_context_));
        SSL_set_fd(ssl.get(), socket);
        SSL_set_accept_state(ssl.get());
        const auto shaken = co_await stream.shake_hands(std::move(ssl));
        if (shaken.state != State::done)
            co_return;
    }
    std::string buffer;
    bool keep = true;
    while (keep) {
        const auto target = co_await read_target(stream, buffer);
        if (!target)
            co_return;
        if (target->empty()) {
            co_await send(stream, header_for(400, 0, "Connection: close\r\n"));
            co_return;
        }
        keep = co_await respond(stream, *target);
    }
}

asio::awaitable<bool> Site::respond(AsyncStream& stream, const std::string& target) {
    if (const auto json = counters_->answer(target))
        co_return co_await send(
            stream, header_for(200, json->size(), "Content-Type: application/json\r\n") + *json);
    ++counters_->requests;
    if (counters_->requests_of_target.size() < max_logged_targets)
        ++counters_->requests_of_target[target];
    const InFlight in_flight(counters_->in_flight, counters_->most_in_flight);

    const auto behaviour = parse_behaviour(target);
    if (behaviour)
        co_return co_await respond_as(stream, *behaviour);
    const std::string body = "No such page. /delay/100/bytes/2000/page/1 is one.\n";
    co_return co_await send(stream, header_for(404, body.size(), "") + body);
}

asio::awaitable<bool> Site::respond_as(AsyncStream& stream, const Behaviour& behaviour) {
    if (behaviour.delay_ms > 0)
        co_await wait(latency_ms_ > 0 ? latency_ms_ : behaviour.delay_ms);
    if (behaviour.silence) {
        co_await say_nothing(stream);
        co_return false;
    }
    if (behaviour.raw) {
        co_await send(stream, *behaviour.raw);
        if (behaviour.raw_end == End::silence)
            co_await say_nothing(stream);
        else if (behaviour.raw_end == End::reset)
            co_await reset(stream);
        co_return behaviour.raw_end == End::keep;
    }
    if (behaviour.endless) {
        co_await send(stream, header_for(200, std::nullopt, ""));
        co_await send_content(stream, 0, std::numeric_limits<std::uint64_t>::max());
        co_return false;
    }
    if (behaviour.bytes > max_bytes_at_once && is_sent_as_it_is(behaviour)) {
        co_await send(stream, header_for(behaviour.status, behaviour.bytes, ""));
        co_return co_await send_content(stream, behaviour.page, behaviour.bytes);
    }
    co_return co_await send_answer(stream, behaviour, answer_for(behaviour));
}

asio::awaitable<bool> Site::send_answer(AsyncStream& stream, const Behaviour& behaviour,
                                        Answer answer) {
    bool sent = true;
    if (behaviour.drip_header_ms > 0) {
        sent = co_await send_slowly(stream, answer.header, behaviour.drip_header_ms);
        answer.header.clear();
    }
    if (sent && behaviour.drip_ms > 0)
        sent = co_await send(stream, answer.header) &&
               co_await send_slowly(stream, answer.body, behaviour.drip_ms);
    else if (sent)
        sent = co_await send(stream, answer.header + answer.body);
    if (sent && !behaviour.more.empty())
        sent = co_await send(stream, behaviour.more);
    if (sent && behaviour.reset)
        co_await reset(stream);
    co_return sent && !answer.close && !behaviour.hang_up;
}

// Until the client has had enough.
asio::awaitable<void> Site::say_nothing(AsyncStream& stream) {
    std::array<char, 1024> ignored;
    while ((co_await stream.read(ignored)).state == State::done) {
    }
}

asio::awaitable<void> Site::reset(AsyncStream& stream) {
    co_await wait(20);  // a reset overtakes what the client has not read yet
    const linger at_once{.l_onoff = 1, .l_linger = 0};  // a reset when it closes (socket(7))
    setsockopt(stream.stream().socket(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    stream.stream().give_up();
}

asio::awaitable<bool> Site::send_slowly(AsyncStream& stream, const std::string& bytes,
                                        unsigned interval_ms) {
    for (const char& byte : bytes) {
        if (!co_await send(stream, {&byte, 1}))
            co_return false;
        co_await wait(interval_ms);
    }
    co_return true;
}

asio::awaitable<bool> Site::send_content(AsyncStream& stream, std::uint64_t page,
                                         std::uint64_t bytes) {
    // Whole lines, so that the pieces together are the content.
    const std::uint64_t line = page_line(page).size();
    const std::string piece = page_content(page, 64 * 1024 / line * line);
    while (bytes > 0) {
        const std::uint64_t now = std::min<std::uint64_t>(bytes, piece.size());
        if (!co_await send(stream, std::string_view(piece).substr(0, now)))
            co_return false;
        bytes -= now;
        // A client that reads as fast as this writes must not keep the others waiting.
        co_await asio::post(asio::use_awaitable);
    }
    co_return true;
}

}  // namespace practice_site
