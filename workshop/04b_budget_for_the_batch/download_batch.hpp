// rejected by: budget_ends_batch, nothing_more_asked
// Downloads a batch of pages. Here each page may take the whole budget: forty silent servers and
// an hour for each of them make a long night.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <string>
#include <system_error>
#include <vector>

#include "workshop/kit/client.hpp"

struct Batch {
    std::vector<std::string> urls;
    std::size_t workers;               // this many pages in flight at once
    workshop::Clock::duration budget;  // for all pages together
    // Once for each page. One that was never requested is a default Answer{}: not_attempted.
    std::function<void(std::size_t index, const workshop::Answer& answer)> page_done;
};

// What the workers share. Only the thread in loop.run() touches it.
struct Shared {
    const Batch& batch;
    asio::io_context loop{1};
    std::size_t next = 0;
};

// One of several coroutines: takes the next page until there is none.
inline asio::awaitable<void> work(Shared& shared) {
    workshop::Client client(shared.loop.get_executor());
    while (shared.next < shared.batch.urls.size()) {
        const std::size_t index = shared.next++;
        workshop::Timer timer(shared.loop, shared.batch.budget);
        timer.async_wait([&client](std::error_code error) {
            if (!error)         // the time is over; otherwise cancel() was called
                client.stop();  // its get() returns, with Outcome::stopped
        });
        const workshop::Answer answer = co_await client.get(shared.batch.urls[index]);
        timer.cancel();
        shared.batch.page_done(index, answer);
    }
}

// Returns when every page is done, or soon after the budget is over.
inline void download_batch(const Batch& batch) {
    Shared shared{batch};
    for (std::size_t i = 0; i < batch.workers; ++i)
        asio::co_spawn(shared.loop, work(shared), [](const std::exception_ptr& error) {
            if (error)
                std::rethrow_exception(error);
        });
    shared.loop.run();
}
