// rejected by: budget_ends_batch, nothing_more_asked
#pragma once

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <list>
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
    workshop::Timer budget{loop, batch.budget};
    std::list<workshop::Client> clients{};  // here, because the budget may outlive a worker
    std::size_t next = 0;
    std::size_t running = 0;  // workers that have not ended
};

// One of several coroutines: takes the next page until there is none, or no time.
inline asio::awaitable<void> work(Shared& shared, workshop::Client& client) {
    while (shared.next < shared.batch.urls.size()) {
        const std::size_t index = shared.next++;
        const workshop::Answer answer = co_await client.get(shared.batch.urls[index]);
        shared.batch.page_done(index, answer);
    }
}

inline void start_worker(Shared& shared) {
    workshop::Client& client = shared.clients.emplace_back(shared.loop.get_executor());
    ++shared.running;
    asio::co_spawn(shared.loop, work(shared, client), [&shared](const std::exception_ptr& error) {
        if (error)
            std::rethrow_exception(error);
        // The budget alone would keep loop.run() going.
        if (--shared.running == 0)
            shared.budget.cancel();
    });
}

// The budget is one more wait, beside those for the pages. Its end ends the others, and the flag
// keeps the workers from going on with the next page.
inline void watch_budget(Shared& shared) {
    shared.budget.async_wait([&shared](std::error_code error) {
        if (error)
            return;  // cancelled: all workers have ended
        for (workshop::Client& client : shared.clients)
            client.stop();
    });
}

// Returns when every page is done, or soon after the budget is over.
inline void download_batch(const Batch& batch) {
    Shared shared{batch};
    watch_budget(shared);
    for (std::size_t i = 0; i < batch.workers; ++i)
        start_worker(shared);
    shared.loop.run();
    for (std::size_t index = shared.next; index < batch.urls.size(); ++index)
        batch.page_done(index, {});
}
