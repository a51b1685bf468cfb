// rejected by: all_asked_at_once, first_page_wins
// Several mirrors have the same page. Here they are asked one after another: one that is silent
// keeps the others from being asked at all.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <list>
#include <string>
#include <vector>

#include "workshop/kit/client.hpp"

// Asks all mirrors at once. Gives the first page that arrives; if none does, one of the failures.
// No request is under way any more when this returns: those that are not needed are stopped.
// Runs in the loop's only thread.
inline asio::awaitable<workshop::Answer> first_answer(std::vector<std::string> mirrors) {
    workshop::Client client(co_await asio::this_coro::executor);
    workshop::Answer answer;
    for (const std::string& url : mirrors) {
        answer = co_await client.get(url);
        if (answer.outcome == workshop::Outcome::arrived)
            break;
    }
    co_return answer;
}

// What you may need: a timer that nobody lets expire is a way to wait for other coroutines.
//     asio::steady_timer news(executor, asio::steady_timer::time_point::max());
//     std::error_code cancelled;
//     co_await news.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
// resumes when one of them calls news.cancel(). A cancel() while nobody waits is forgotten.
