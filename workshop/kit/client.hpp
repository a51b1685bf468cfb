// What the exercises on coroutines download with: a small client, and a timer whose clock the
// checker moves.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/basic_waitable_timer.hpp>
#include <chrono>
#include <memory>
#include <string>

namespace workshop {

enum class Outcome {
    not_attempted,  // nobody asked for the page
    stopped,        // stop() came first
    failed,         // no answer, or one with another status than 200
    arrived,
};

// What became of a page. A failure is a value, not an exception.
struct Answer {
    Outcome outcome = Outcome::not_attempted;
    int status = 0;  // 0: no answer came
    std::string body = {};
};

// Downloads one page at a time. Belongs to the loop's thread, and must outlive each get().
class Client {
  public:
    explicit Client(asio::any_io_executor loop);
    ~Client();

    // `url`: "http://127.0.0.1:8080/page/7". Throws only when another get() has not ended.
    asio::awaitable<Answer> get(std::string url);

    // The get() that waits returns soon, with Outcome::stopped. Without one: does nothing.
    void stop();

  private:
    struct Connection;
    asio::awaitable<void> fetch(const std::string& url, Answer& answer);

    std::unique_ptr<Connection> connection_;
};

// Stands still until the checker moves it: an hour is over when the checker says so.
class Clock {
  public:
    using duration = std::chrono::steady_clock::duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<Clock>;
    static constexpr bool is_steady = true;

    static time_point now();
};

struct ClockTraits {
    static Clock::duration to_wait_duration(Clock::duration left);
    static Clock::duration to_wait_duration(Clock::time_point end);
};

// As asio::steady_timer, by that clock: Timer timer(loop, std::chrono::hours(1)).
using Timer = asio::basic_waitable_timer<Clock, ClockTraits>;

// For checkers. Safe to call from any thread.
void move_clock(Clock::duration by);
// How often a loop has had nothing to do but wait. It looks at the clock every millisecond while a
// timer or a client waits in it.
long idle_turns();
// Of all clients: how many get() have begun, and how many of those have not ended.
int requests_begun();
int requests_under_way();

}  // namespace workshop
