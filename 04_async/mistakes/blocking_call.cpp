// A mistake, on purpose: a coroutine sleeps with sleep_for, which blocks the one thread that all
// coroutines share. A ticker beside it shows how long everybody else stood still.
#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <chrono>
#include <cstdio>
#include <thread>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Wants to run every 10 ms, for half a second; notes the longest time in which it could not.
asio::awaitable<void> tick(asio::io_context& context, milliseconds& longest_gap) {
    asio::steady_timer timer(context);
    for (int i = 0; i < 50; ++i) {
        const auto before = Clock::now();
        timer.expires_after(milliseconds(10));
        co_await timer.async_wait(asio::use_awaitable);
        longest_gap =
            std::max(longest_gap, std::chrono::duration_cast<milliseconds>(Clock::now() - before));
    }
}

asio::awaitable<void> wait_blocking() {
    std::this_thread::sleep_for(milliseconds(300));  // the mistake
    co_return;
}

asio::awaitable<void> wait_suspended(asio::io_context& context) {
    asio::steady_timer timer(context, milliseconds(300));
    co_await timer.async_wait(asio::use_awaitable);
}

// How long the ticker had to wait at most, beside a coroutine that waits for 300 ms.
milliseconds longest_gap_beside(bool blocking) {
    asio::io_context context;
    milliseconds longest_gap{0};
    asio::co_spawn(context, tick(context, longest_gap), asio::detached);
    asio::co_spawn(context, blocking ? wait_blocking() : wait_suspended(context), asio::detached);
    context.run();
    return longest_gap;
}

}  // namespace

int main() {
    std::printf("beside sleep_for: no tick for %ld ms\n",
                static_cast<long>(longest_gap_beside(true).count()));
    std::printf("beside co_await:  no tick for %ld ms\n",
                static_cast<long>(longest_gap_beside(false).count()));
}
