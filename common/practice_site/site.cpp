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
#include <optional>
#include <utility>

#include "common/practice_site/board_page.hpp"
#include "common/practice_site/index_page.hpp"

namespace practice_site {

using common::AsyncStream;
using State = common::Transfer::State;

namespace {

constexpr std::uint64_t max_bytes_at_once = 1024 * 1024;  // larger pages are sent in pieces

constexpr std::string_view hint =
    "No such page. /delay/100/bytes/2000/page/1 is one; / lists them all.\n";
constexpr std::string_view name_hint = "No such page: a NAME is 1 to 12 of a-z, 0-9 and -.\n";
constexpr std::string_view too_many_names =
    "This site knows 200 names at most; /stats/reset forgets those that are not in use.\n";

// Why the target is no page.
std::string_view hint_for(std::string_view target) {
    const bool named = target.find("/hold/") != std::string_view::npos ||
                       target.find("/who/") != std::string_view::npos;
    return named ? name_hint : hint;
}

// Nothing for a target that is no page. `times`: how often it was asked for.
std::optional<Behaviour> behaviour_of(const std::string& target, std::uint64_t times) {
    auto behaviour = parse_behaviour(target);
    if (behaviour && behaviour->first && times > *behaviour->first)
        return healthy(*std::move(behaviour));
    return behaviour;
}

// What an answer is that was sent to its end.
Outcome outcome_of(const Behaviour& behaviour) {
    if (behaviour.raw || behaviour.truncate || behaviour.reset || behaviour.status >= 400)
        return Outcome::failed;
    return behaviour.status == 200 && !behaviour.location ? Outcome::page : Outcome::other;
}

asio::awaitable<bool> send(AsyncStream& stream, std::string_view bytes) {
    const auto sent = co_await stream.write(bytes);
    co_return sent.state == State::done;
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

Site::Site(const asio::ip::tcp::endpoint& address, SSL_CTX* server_context,
           const SiteOptions& options)
    : server_context_(server_context), options_(options), acceptor_(context_, address) {
    acceptor_.non_blocking(true);
}

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
    Connection connection{{context_, common::Descriptor(socket)}, {}, {}};
    AsyncStream& stream = connection.stream;
    const int on = 1;  // an answer goes out at once instead of waiting for an ACK (tcp(7))
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++counters_.connections;
    if (options_.welcome != Welcome::normal) {
        if (options_.welcome == Welcome::close)
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
    for (;;) {
        const auto request = co_await read_request(connection);
        if (!request)
            co_return;
        if (co_await respond(connection, *request))
            continue;
        if (request->refusal || request->has_body || !connection.received.empty())
            co_await close_gently(stream);
        co_return;
    }
}

Site::OwnPage Site::release(const std::string& name) {
    if (!is_name(name))
        return {plain_text, std::string(name_hint), 404};
    if (!gates_.release(name))
        return {plain_text, std::string(too_many_names), 503};
    return {json_text, fmt::format("{{\"released\":\"{}\"}}\n", name)};
}

Site::OwnPage Site::board(const Request& request) const {
    if (!options_.board)
        return {plain_text, "This site has no board: start it with --board.\n", 404};
    const std::string origin =
        request.host.empty()
            ? ""
            : fmt::format("{}://{}", server_context_ ? "https" : "http", request.host);
    const Language language = request.target == "/board" ? &Text::english : &Text::portuguese;
    return {html_text, board_page(counters_.attendees, origin, language)};
}

std::optional<Site::OwnPage> Site::own_page(const Request& request) {
    constexpr std::string_view release_prefix = "/release/";
    const std::string& target = request.target;
    if (target == "/")
        return OwnPage{html_text, index_page(counters_)};
    if (target == "/board" || target == "/board/pt-br")
        return board(request);
    if (target.starts_with(release_prefix))
        return release(target.substr(release_prefix.size()));
    auto json = counters_.answer(target);
    if (target == "/stats/reset")
        gates_.close_all();
    return json ? std::optional(OwnPage{json_text, *std::move(json)}) : std::nullopt;
}

asio::awaitable<bool> Site::respond(Connection& connection, const Request& request) {
    AsyncStream& stream = connection.stream;
    if (const auto& refusal = request.refusal) {
        const std::string text = fmt::format("{} {}: {}\n", refusal->status,
                                             reason_phrase(refusal->status), refusal->reason);
        co_return co_await send_plainly(stream, request, refusal->status, plain_text, text);
    }
    if (const auto own = own_page(request))
        co_return co_await send_plainly(stream, request, own->status, own->content_type, own->body);
    co_return co_await respond_with_page(connection, request);
}

asio::awaitable<bool> Site::respond_with_page(Connection& connection, const Request& request) {
    AsyncStream& stream = connection.stream;
    Counters::InFlight in_flight(counters_, request.target);
    const auto behaviour = behaviour_of(request.target, in_flight.times());
    if (!behaviour) {
        const std::string text(hint_for(request.target));
        co_return co_await send_plainly(stream, request, 404, plain_text, text);
    }
    const bool held = !behaviour->hold.empty();
    const auto gate = held ? gates_.find(behaviour->hold) : nullptr;
    const bool counted =
        behaviour->who.empty() || in_flight.count_for(behaviour->who, connection.names);
    if (!counted || (held && !gate)) {
        const std::string text(too_many_names);
        co_return co_await send_plainly(stream, request, 503, plain_text, text);
    }
    if (!co_await wait_as(connection, *behaviour, gate, in_flight))
        co_return false;
    const Sent sent = co_await respond_as(stream, request, *behaviour);
    in_flight.leave(sent.all ? outcome_of(*behaviour) : Outcome::failed);
    co_return sent.keep&& request.keep;
}

asio::awaitable<bool> Site::wait_as(Connection& connection, const Behaviour& behaviour,
                                    const Gates::Gate& gate, Counters::InFlight& in_flight) {
    if (gate && !co_await wait_beside_client(connection, *gate, in_flight))
        co_return false;
    if (behaviour.delay_ms == 0)
        co_return true;
    const unsigned milliseconds =
        options_.latency_ms > 0 ? options_.latency_ms : behaviour.delay_ms;
    asio::steady_timer timer(context_, std::chrono::milliseconds(milliseconds));
    co_return co_await wait_beside_client(connection, timer, in_flight);
}

asio::awaitable<bool> Site::send_plainly(AsyncStream& stream, const Request& request,
                                         unsigned status, std::string_view content_type,
                                         const std::string& body) {
    std::string more(connection_field(request, false));
    if (status == 405)
        more += "Allow: GET, HEAD\r\n";  // RFC 9110, 15.5.6
    if (status == 200)
        more += "Cache-Control: no-store\r\n";  // counters
    std::string answer = header_for(status, content_type, body.size(), more);
    if (!request.head)
        answer += body;
    co_return co_await send(stream, answer) && request.keep;
}

asio::awaitable<Site::Sent> Site::respond_as(AsyncStream& stream, const Request& request,
                                             const Behaviour& behaviour) {
    if (behaviour.silence) {
        co_await say_nothing(stream);
        co_return Sent{};
    }
    if (behaviour.raw)
        co_return co_await send_raw(stream, behaviour);
    const std::string_view connection = connection_field(request, false);
    if (behaviour.endless) {
        co_await send(stream, header_for(200, plain_text, std::nullopt, connection));
        if (!request.head)
            co_await send_content(stream, 0, std::numeric_limits<std::uint64_t>::max());
        co_return Sent{};
    }
    if (behaviour.bytes > max_bytes_at_once && is_sent_as_it_is(behaviour)) {
        co_await send(stream, header_for(200, plain_text, behaviour.bytes, connection));
        const std::uint64_t bytes = request.head ? 0 : behaviour.bytes;
        const bool sent = co_await send_content(stream, behaviour.page, bytes);
        co_return Sent{sent, sent};
    }
    co_return co_await send_answer(stream, behaviour, answer_for(request, behaviour));
}

asio::awaitable<Site::Sent> Site::send_raw(AsyncStream& stream, const Behaviour& behaviour) {
    const bool sent = co_await send(stream, *behaviour.raw);
    if (behaviour.raw_end == End::silence)
        co_await say_nothing(stream);
    else if (behaviour.raw_end == End::reset)
        co_await reset(stream);
    co_return Sent{sent, behaviour.raw_end == End::keep};
}

asio::awaitable<Site::Sent> Site::send_answer(AsyncStream& stream, const Behaviour& behaviour,
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
    co_return Sent{sent, sent && !answer.close && !behaviour.hang_up};
}

// Until the client has had enough.
asio::awaitable<void> Site::say_nothing(AsyncStream& stream) {
    std::array<char, 1024> ignored;
    while ((co_await stream.read(ignored)).state == State::done) {
    }
}

// A socket that closes while there are bytes to read resets the connection, and the reset can
// overtake the answer (RFC 9112, 9.6).
asio::awaitable<void> Site::close_gently(AsyncStream& stream) {
    if (stream.stream().end_output())
        co_await say_nothing(stream);
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
