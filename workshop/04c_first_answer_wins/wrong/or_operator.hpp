// rejected by: failure_does_not_win
#pragma once

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/this_coro.hpp>
#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "workshop/kit/client.hpp"

inline asio::awaitable<workshop::Answer> ask(std::string url) {
    workshop::Client client(co_await asio::this_coro::executor);
    co_return co_await client.get(url);
}

inline asio::awaitable<workshop::Answer> ask_from(const std::vector<std::string>& mirrors,
                                                  std::size_t first) {
    using namespace asio::experimental::awaitable_operators;
    if (first + 1 == mirrors.size())
        co_return co_await ask(mirrors[first]);
    const auto answer = co_await (ask(mirrors[first]) || ask_from(mirrors, first + 1));
    co_return std::visit([](const workshop::Answer& one) { return one; }, answer);
}

// Asks all mirrors at once. Gives the first page that arrives; if none does, one of the failures.
// No request is under way any more when this returns: those that are not needed are stopped.
// Runs in the loop's only thread.
inline asio::awaitable<workshop::Answer> first_answer(std::vector<std::string> mirrors) {
    co_return co_await ask_from(mirrors, 0);
}
