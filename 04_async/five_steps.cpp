// Coroutines in five steps, with a timer for the wait: rice and beans need 100 ms each.
#include <asio.hpp>
#include <chrono>
#include <cstdio>

using Clock = std::chrono::steady_clock;
auto start = Clock::now();

void say(const char* what) {
    const std::chrono::duration<double> seconds = Clock::now() - start;
    std::printf("%.1f s: %s\n", seconds.count(), what);
}

// 1. A coroutine returns an awaitable.
asio::awaitable<void> cook(const char* pot) {
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(100));
    co_await timer.async_wait(asio::use_awaitable);
    say(pot);
}

// 3. Two co_await in a row are one after the other.
asio::awaitable<void> cook_in_turn() {
    co_await cook("rice");
    co_await cook("beans");
    say("in turn: done");
}

int main() {
    asio::io_context loop;

    // 2. Calling a coroutine runs nothing: this one never begins.
    const auto never = cook("nothing");

    asio::co_spawn(loop, cook_in_turn(), asio::detached);
    say("spawned, and nothing has happened yet");
    loop.run();  // 5. The loop runs them; it returns when the last one has ended.

    // 4. co_spawn makes them overlap.
    start = Clock::now();
    asio::co_spawn(loop, cook("rice"), asio::detached);
    asio::co_spawn(loop, cook("beans"), asio::detached);
    loop.restart();
    loop.run();
    say("at once: done");
}
