// rejected by: losers_end
#pragma once

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "workshop/kit/client.hpp"

// What the requests share. Only the loop's thread touches it; lives as long as one of them.
struct Race {
    workshop::Answer answer{};
    std::size_t running = 0;  // requests that have not ended
    asio::steady_timer news;  // cancelled when a request has ended

    bool won() const { return answer.outcome == workshop::Outcome::arrived; }
};

inline asio::awaitable<void> ask(std::shared_ptr<Race> race, std::string url) {
    workshop::Client client(co_await asio::this_coro::executor);
    const workshop::Answer answer = co_await client.get(url);
    --race->running;
    if (!race->won())
        race->answer = answer;  // a failure stays only if nobody does better
    race->news.cancel();
}

// Asks all mirrors at once. Gives the first page that arrives; if none does, one of the failures.
// No request is under way any more when this returns: those that are not needed are stopped.
// Runs in the loop's only thread.
inline asio::awaitable<workshop::Answer> first_answer(std::vector<std::string> mirrors) {
    const auto loop = co_await asio::this_coro::executor;
    const std::shared_ptr<Race> race(
        new Race{.news = asio::steady_timer(loop, asio::steady_timer::time_point::max())});
    for (const std::string& url : mirrors) {
        ++race->running;
        asio::co_spawn(loop, ask(race, url), asio::detached);
    }
    while (race->running > 0 && !race->won()) {
        std::error_code cancelled;
        co_await race->news.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
    co_return race->answer;
}
