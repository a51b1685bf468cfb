#include "workshop/kit/client.hpp"

#include <algorithm>
#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <atomic>
#include <charconv>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

namespace workshop {
namespace {

using asio::ip::tcp;

std::atomic<Clock::rep> time_moved = 0;
std::atomic<long> turns = 0;
std::atomic<int> begun = 0;
std::atomic<int> under_way = 0;

struct UnderWay {
    UnderWay() {
        ++begun;
        ++under_way;
    }
    ~UnderWay() { --under_way; }
};

int number_after(std::string_view text, std::string_view name) {
    int number = -1;
    if (const std::size_t at = text.find(name); at != text.npos)
        std::from_chars(text.data() + at + name.size(), text.data() + text.size(), number);
    return number;
}

struct Place {
    tcp::endpoint endpoint;
    std::string host;
    std::string path;
};

// "http://127.0.0.1:8080/page/7"
Place place_of(const std::string& url) {
    const std::string_view scheme = "http://";
    if (!url.starts_with(scheme))
        throw std::invalid_argument("not an http URL: " + url);
    const std::size_t slash = std::min(url.find('/', scheme.size()), url.size());
    const std::string host = url.substr(scheme.size(), slash - scheme.size());
    const std::string path = slash < url.size() ? url.substr(slash) : "/";
    const int port = number_after(host, ":");
    return {{asio::ip::make_address(host.substr(0, host.find(':'))),
             static_cast<asio::ip::port_type>(port < 0 ? 80 : port)},
            host,
            path};
}

// The whole response, as far as it came. The practice site says how long a body is.
Answer answer_in(const std::string& response) {
    Answer answer{Outcome::failed};
    const std::size_t end_of_head = response.find("\r\n\r\n");
    if (!response.starts_with("HTTP/1.1 ") || end_of_head == response.npos)
        return answer;
    const std::string_view head = std::string_view(response).substr(0, end_of_head);
    answer.status = number_after(head, "HTTP/1.1 ");
    answer.body = response.substr(end_of_head + 4);
    if (answer.status == 200 &&
        number_after(head, "Content-Length: ") == static_cast<int>(answer.body.size()))
        answer.outcome = Outcome::arrived;
    return answer;
}

}  // namespace

struct Client::Connection {
    tcp::socket socket;
    bool busy = false;
    bool stopped = false;
};

Client::Client(asio::any_io_executor loop)
    : connection_(new Connection{tcp::socket(std::move(loop))}) {}

Client::~Client() = default;

asio::awaitable<Answer> Client::get(std::string url) {
    if (connection_->busy)
        throw std::logic_error("a Client downloads one page at a time");
    const UnderWay counted;
    // So that idle_turns() counts also where the solution has no timer.
    Timer heartbeat(connection_->socket.get_executor(), std::chrono::hours(24 * 365));
    heartbeat.async_wait([](std::error_code) {});
    connection_->busy = true;
    connection_->stopped = false;
    Answer answer;
    try {
        co_await fetch(url, answer);
    } catch (const std::system_error& error) {  // Asio's own cancellation is a way to stop, too
        const bool cancelled = error.code() == asio::error::operation_aborted;
        answer.outcome = cancelled ? Outcome::stopped : Outcome::failed;
    } catch (const std::exception&) {
        answer.outcome = Outcome::failed;
    }
    if (connection_->stopped && answer.outcome != Outcome::arrived)
        answer = {Outcome::stopped};
    std::error_code ignored;
    connection_->socket.close(ignored);
    connection_->busy = false;
    co_return answer;
}

asio::awaitable<void> Client::fetch(const std::string& url, Answer& answer) {
    const Place place = place_of(url);
    co_await connection_->socket.async_connect(place.endpoint, asio::use_awaitable);
    const std::string request =
        "GET " + place.path + " HTTP/1.1\r\nHost: " + place.host + "\r\nConnection: close\r\n\r\n";
    co_await asio::async_write(connection_->socket, asio::buffer(request), asio::use_awaitable);
    std::string response;
    std::error_code end;
    co_await asio::async_read(connection_->socket, asio::dynamic_buffer(response),
                              asio::redirect_error(asio::use_awaitable, end));
    answer = end == asio::error::operation_aborted ? Answer{Outcome::stopped} : answer_in(response);
}

// Closing the socket ends every wait for it.
void Client::stop() {
    connection_->stopped = true;
    std::error_code ignored;
    connection_->socket.close(ignored);
}

Clock::time_point Clock::now() {
    return time_point(duration(time_moved));
}

Clock::duration ClockTraits::to_wait_duration(Clock::duration left) {
    if (left <= Clock::duration::zero())
        return Clock::duration::zero();
    ++turns;
    return std::min<Clock::duration>(left, std::chrono::milliseconds(1));
}

Clock::duration ClockTraits::to_wait_duration(Clock::time_point end) {
    return to_wait_duration(end - Clock::now());
}

void move_clock(Clock::duration by) {
    time_moved += by.count();
}

long idle_turns() {
    return turns;
}

int requests_begun() {
    return begun;
}

int requests_under_way() {
    return under_way;
}

}  // namespace workshop
