// A fixed number of threads share one list. Each blocks like chapter 01 while its page is on the
// way, but the operating system runs the others in the meantime, on all cores at once. A thread
// costs a stack and the care that shared memory needs. The question: who may write what, and when?
#include "download_all.hpp"

#include <atomic>
#include <exception>
#include <system_error>
#include <thread>

#include "common/net/blocking_client.hpp"
#include "common/run/output.hpp"
#include "common/run/stop.hpp"

namespace threads_model {
namespace {

// What the threads share. download_all owns it and joins every thread before it returns, so no
// thread outlives what this refers to.
struct Shared {
    const std::vector<std::string>& urls;  // nobody writes it
    const common::Options& options;        // nobody writes it
    const common::PageDone& page_done;     // safe for many threads: see common::PageDone

    // fetch_add hands out every index once, so each slot has exactly one writer. The main thread
    // reads the slots after join(), which happens after all that the joined thread wrote.
    std::vector<common::Result> results;
    std::atomic<std::size_t> next_index = 0;
};

void run_worker(Shared& shared, std::uint32_t worker) {
    // Each thread has its own: a connection carries one request at a time.
    common::BlockingClient client(shared.options, worker);
    while (!common::stop_requested()) {
        // Publishes no other data (join makes the results visible), so relaxed is enough.
        const std::size_t index = shared.next_index.fetch_add(1, std::memory_order_relaxed);
        if (index >= shared.urls.size())
            return;
        shared.results[index] = client.download(shared.urls[index], index);
        shared.page_done(index, shared.results[index]);
    }
}

// An exception that leaves a thread calls std::terminate, which ends the whole program. What ends a
// thread early, as a lack of memory does, leaves its page's slot unfilled; the others go on.
void run_thread(Shared& shared, std::uint32_t worker) {
    try {
        run_worker(shared, worker);
    } catch (const std::exception& error) {
        common::print_error("thread {} ended early: {}\n", worker + 1, error.what());
    }
}

// Fewer threads than asked for are merely slower; none at all is an error.
std::vector<std::jthread> start_threads(Shared& shared) {
    std::vector<std::jthread> threads;
    try {
        for (std::uint32_t worker = 0; worker < shared.options.workers; ++worker)
            threads.emplace_back(run_thread, std::ref(shared), worker);
    } catch (const std::system_error& error) {
        if (threads.empty())
            throw;
        common::print_error("cannot start a thread: {}: going on with {} of {}\n", error.what(),
                            threads.size(), shared.options.workers);
    }
    return threads;
}

}  // namespace

std::vector<common::Result> download_all(const std::vector<std::string>& urls,
                                         const common::Options& options,
                                         const common::PageDone& page_done) {
    Shared shared{urls, options, page_done, std::vector<common::Result>(urls.size())};
    for (std::jthread& thread : start_threads(shared))
        thread.join();  // afterwards no thread writes a slot
    return std::move(shared.results);
}

}  // namespace threads_model
