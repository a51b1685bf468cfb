// rejected by: loop_goes_on, two_at_once
#pragma once

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/use_future.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <string>
#include <vector>

struct Job {
    std::vector<std::string> urls;
    std::size_t coroutines;  // this many pages at once, computing included
    std::size_t threads;     // this many computations at once
    // Gives the page's body. Only in the loop's thread.
    std::function<asio::awaitable<std::string>(std::string url)> download;
    // Takes long. In any thread but the loop's, also in several at once.
    std::function<std::string(const std::string& body)> compute;
    // Once for each page, with what compute() gave. Only in the loop's thread.
    std::function<void(std::size_t index, const std::string& result)> page_done;
};

// What the coroutines share.
struct Shared {
    const Job& job;
    asio::io_context loop{1};
    asio::thread_pool pool{job.threads};
    std::size_t next = 0;  // only in the loop's thread
};

// Runs in the pool. The references are safe: work() keeps what they refer to while it waits.
inline asio::awaitable<std::string> compute_in_pool(const Job& job, const std::string& body) {
    co_return job.compute(body);
}

// One of several coroutines: takes the next page until there is none.
inline asio::awaitable<void> work(Shared& shared) {
    const Job& job = shared.job;
    while (shared.next < job.urls.size()) {
        const std::size_t index = shared.next++;
        const std::string body = co_await job.download(job.urls[index]);
        const std::string result =
            asio::co_spawn(shared.pool, compute_in_pool(job, body), asio::use_future).get();
        job.page_done(index, result);
    }
}

// Returns when every page is done. The thread that calls this is the loop's.
inline void download_all(const Job& job) {
    Shared shared{job};
    for (std::size_t i = 0; i < job.coroutines; ++i)
        asio::co_spawn(shared.loop, work(shared), [](const std::exception_ptr& error) {
            if (error)
                std::rethrow_exception(error);
        });
    shared.loop
        .run();  // a coroutine that waits for the pool is work, too: it does not return early
}
