// Downloads pages without ever blocking: common::BlockingClient with its waits as coroutines.
#pragma once

#include <poll.h>

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "common/net/async_stream.hpp"
#include "common/net/kept_connections.hpp"
#include "common/page/options.hpp"
#include "common/page/page_download.hpp"
#include "common/page/result.hpp"

namespace async_model {

// One page at a time; many clients share one io_context and its one thread. Keeps its connections
// for the next page. Everything happens on the thread that runs the io_context, so nothing here
// is locked.
class AsyncClient {
  public:
    // `options` outlives the client. `read_buffer` may be shared by all clients of one thread: a
    // piece of a page is taken out of it before the next wait.
    AsyncClient(asio::io_context& context, const common::Options& options, std::uint32_t worker,
                std::span<char> read_buffer);

    // As common::BlockingClient::download, but where that one waits, this one suspends.
    // `url` must live until it is done.
    asio::awaitable<common::Result> download(const std::string& url, std::size_t index);

    // Resumes the download that waits, if any, to see that stopping was asked for.
    void stop();

  private:
    using Connection = std::unique_ptr<common::AsyncStream>;
    struct Borrowed;

    asio::awaitable<void> fetch(common::PageDownload& page);
    asio::awaitable<void> exchange(common::AsyncStream& connection, bool kept,
                                   const common::Url& url, common::PageDownload& page);
    asio::awaitable<Connection> open(const common::Url& url, common::PageDownload& page);
    asio::awaitable<common::Descriptor> connect(const common::Url& url, common::PageDownload& page);
    asio::awaitable<bool> wait(pollfd watched,
                               common::Clock::time_point until = common::Clock::time_point::max());
    void wake_up_at(common::Clock::time_point time);
    bool interrupted() const;

    asio::io_context& context_;
    const common::Options& options_;
    const common::Timestamps own_times_;  // what is the same for all pages: the worker and its ids
    common::Clock::time_point deadline_{};  // of the page under way
    asio::steady_timer timer_;
    common::AsyncDescriptor* waiting_ = nullptr;  // what the coroutine may be suspended in
    common::KeptConnections<common::AsyncStream> kept_;
    const std::span<char> read_buffer_;
};

}  // namespace async_model
