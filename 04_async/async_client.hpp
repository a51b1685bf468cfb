// Downloads pages without ever blocking: what common::BlockingClient does, as coroutines.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "common/async_stream.hpp"
#include "common/page_writer.hpp"
#include "common/result.hpp"
#include "common/url.hpp"
#include "response_reader.hpp"

namespace async_model {

// One page at a time; many clients share one io_context and its one thread. Keeps its connections
// for the next page. Everything happens on the thread that runs the io_context, so nothing here
// is locked.
class AsyncClient {
  public:
    // `read_buffer` may be shared by all clients of one thread: a piece of a page is taken out of
    // it before the next wait.
    AsyncClient(asio::io_context& context, const common::Options& options, std::uint32_t worker,
                std::span<char> read_buffer);

    // As common::BlockingClient::download, but where that one waits, this one suspends.
    // `url` must live until it is done.
    asio::awaitable<common::Result> download(const std::string& url, std::size_t index);

    // Ends the download that is going on, if any: it resumes and fails as stopped.
    void stop();

  private:
    using Response = ResponseReader::Head;
    template <typename Success>
    using Outcome = std::variant<common::DownloadError, Success>;

    struct Connection {
        std::string origin;
        common::AsyncStream stream;
    };

    asio::awaitable<common::Result> fetch(const std::string& text, std::size_t index);
    asio::awaitable<Outcome<Response>> get(const common::Url& url, common::PageWriter& page);
    asio::awaitable<Outcome<Connection>> connect(const common::Url& url);
    asio::awaitable<Outcome<std::vector<asio::ip::tcp::endpoint>>> resolve(const common::Url& url);
    asio::awaitable<Outcome<Response>> exchange(Connection connection, const common::Url& url,
                                                common::PageWriter& page);
    asio::awaitable<common::AsyncStream::Transfer> read_response(common::AsyncStream& stream,
                                                                 ResponseReader& reader);

    std::optional<Connection> take_kept(const common::Url& url);
    void start_deadline(common::Clock::time_point deadline);
    void cancel_waits();
    common::DownloadError interrupted(const common::Url& url) const;
    common::DownloadError transfer_error(const common::Url& url, const common::AsyncStream& stream,
                                         const common::AsyncStream::Transfer& transfer,
                                         bool handshake) const;

    asio::io_context& context_;
    const common::Options& options_;
    const common::Times own_times_;  // what is the same for all pages: the worker and its ids
    common::Times times_;            // of the page under way
    const std::span<char> read_buffer_;
    asio::steady_timer deadline_;
    bool timed_out_ = false;
    bool stopped_ = false;
    bool lost_before_answer_ = false;
    // What the coroutine waits in at the moment, for whoever must end the wait.
    asio::ip::tcp::resolver* resolving_ = nullptr;
    common::AsyncStream* streaming_ = nullptr;
    std::list<Connection> kept_;
};

}  // namespace async_model
