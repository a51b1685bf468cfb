// One thread minds all pages. Each page is a coroutine that runs until it has to wait, and then
// gives the thread to another whose wait is over. A page in flight costs a socket and some
// kilobytes (most of them for TLS), so there can be thousands. The question: who gets the thread,
// and when?
#include "download_all.hpp"

#include <unistd.h>

#include <array>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>
#include <exception>
#include <list>

#include "async_client.hpp"
#include "common/run/stop.hpp"

namespace async_model {
namespace {

constexpr std::uint32_t starts_in_a_row = 4;  // workers started before the event loop gets a turn

// What the coroutines share. Only the thread in context.run() touches it, and another coroutine
// runs only where one says co_await: there is nothing to lock.
struct Shared {
    const std::vector<std::string>& urls;
    const common::Options& options;
    const common::PageDone& page_done;
    std::vector<common::Result> results;
    asio::io_context context{1};
    std::array<char, 64 * 1024> read_buffer{};
    std::list<AsyncClient> clients{};  // a list: coroutines hold references to its elements
    asio::posix::stream_descriptor stop_watch{context};
    std::size_t next_index = 0;
    std::size_t running = 0;  // coroutines that have not ended
};

asio::awaitable<void> run_worker(Shared& shared, AsyncClient& client) {
    while (shared.next_index < shared.urls.size() && !common::stop_requested()) {
        const std::size_t index = shared.next_index++;  // no co_await in between: nobody else can
        shared.results[index] = co_await client.download(shared.urls[index], index);
        shared.page_done(index, shared.results[index]);
    }
}

// The Ctrl-C watch alone would keep context.run() going: the last coroutine closes it.
void start(Shared& shared, asio::awaitable<void> coroutine) {
    ++shared.running;
    asio::co_spawn(shared.context, std::move(coroutine),
                   [&shared](const std::exception_ptr& error) {
                       if (error)
                           std::rethrow_exception(error);  // leaves context.run()
                       if (--shared.running == 0)
                           shared.stop_watch.close();
                   });
}

// A few at a time: early workers take further pages over their own connections, and late ones,
// which find none left, save a TLS handshake each.
asio::awaitable<void> start_workers(Shared& shared) {
    for (std::uint32_t worker = 0; worker < shared.options.workers; ++worker) {
        if (worker > 0 && worker % starts_in_a_row == 0)
            co_await asio::post(asio::use_awaitable);
        AsyncClient& client = shared.clients.emplace_back(shared.context, shared.options, worker,
                                                          std::span<char>(shared.read_buffer));
        start(shared, run_worker(shared, client));
    }
}

// Ctrl-C is one more thing to wait for: it cancels the current wait of each client.
void watch_for_stop(Shared& shared) {
    if (common::stop_descriptor() < 0)
        return;
    shared.stop_watch.assign(dup(common::stop_descriptor()));
    shared.stop_watch.async_wait(asio::posix::stream_descriptor::wait_read,
                                 [&](std::error_code error) {
                                     if (!error)
                                         for (AsyncClient& client : shared.clients)
                                             client.stop();
                                 });
}

}  // namespace

std::vector<common::Result> download_all(const std::vector<std::string>& urls,
                                         const common::Options& options,
                                         const common::PageDone& page_done) {
    Shared shared{urls, options, page_done, std::vector<common::Result>(urls.size())};
    watch_for_stop(shared);
    start(shared, start_workers(shared));
    shared.context.run();
    return std::move(shared.results);
}

}  // namespace async_model
