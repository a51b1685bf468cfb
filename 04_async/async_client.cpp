#include "async_client.hpp"

#include <algorithm>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "common/net/connect_race.hpp"
#include "common/net/name_lookup.hpp"
#include "common/net/tls.hpp"
#include "common/page/errors.hpp"
#include "common/run/stop.hpp"
#include "common/run/work.hpp"

namespace async_model {

using common::AsyncStream;
using common::Clock;
using common::DownloadError;
using common::PageDownload;
using common::Transfer;
using common::Url;
using State = Transfer::State;

constexpr int reads_in_a_row = 16;  // of 64 KiB at most: then others have their turn

AsyncClient::AsyncClient(asio::io_context& context, const common::Options& options,
                         std::uint32_t worker, std::span<char> read_buffer)
    : context_(context),
      options_(options),
      own_times_(common::times_of_this_thread(worker)),
      timer_(context),
      read_buffer_(read_buffer) {}

asio::awaitable<common::Result> AsyncClient::download(const std::string& url, std::size_t index) {
    common::Timestamps times = own_times_;
    times.begin = Clock::now();
    deadline_ = times.begin + options_.timeout;
    wake_up_at(deadline_);
    PageDownload page(options_, index, url, times);
    try {
        co_await fetch(page);
    } catch (const std::exception& error) {
        page.failed(common::internal_error(url, error.what()));
    }
    waiting_ = nullptr;                           // also after an exception
    timer_.expires_at(Clock::time_point::min());  // nobody waits any more
    common::Result result = page.finish(Clock::now());
    // Computing does not wait: the thread is busy, and all other pages stand still.
    common::compute(options_.work_mib);
    times_of(result).end = Clock::now();
    co_return result;
}

asio::awaitable<void> AsyncClient::fetch(PageDownload& page) {
    while (const Url* url = page.next(Clock::now())) {
        const std::string origin = url->origin();
        Connection connection = page.may_use_kept_connection() ? kept_.take(origin) : nullptr;
        const bool kept = connection != nullptr;
        if (!kept)
            connection = co_await open(*url, page);
        if (!connection)
            continue;
        co_await exchange(*connection, kept, *url, page);
        if (page.reusable())
            kept_.keep(origin, std::move(connection));
    }
}

// One request and its response.
asio::awaitable<void> AsyncClient::exchange(AsyncStream& connection, bool kept, const Url& url,
                                            PageDownload& page) {
    waiting_ = &connection.descriptor();
    const std::string request = page.request(kept);
    Transfer transfer = co_await connection.write(request);
    page.times().requested = Clock::now();
    for (int reads = 1; transfer.state == State::done && page.wants_more(); ++reads) {
        // A page whose bytes are always there would never suspend: it queues up behind the others.
        if (reads % reads_in_a_row == 0)
            co_await asio::post(asio::use_awaitable);
        // Also when data is there all the time: an endless body must not outrun the deadline.
        transfer =
            interrupted() ? Transfer{State::cancelled} : co_await connection.read(read_buffer_);
        if (transfer.state != State::done)
            break;
        if (!page.began())
            page.times().answered = Clock::now();
        page.take({read_buffer_.data(), transfer.bytes});
    }
    waiting_ = nullptr;
    if (transfer.state == State::ended)
        page.ended();
    else if (transfer.state != State::done)
        page.failed(transfer_error(url, options_, connection.stream(), transfer, false));
}

// A new connection, secured where the URL says so; null when there is none, and the page knows why.
asio::awaitable<AsyncClient::Connection> AsyncClient::open(const Url& url, PageDownload& page) {
    common::Descriptor socket = co_await connect(url, page);
    if (!socket)
        co_return nullptr;
    auto connection = std::make_unique<AsyncStream>(context_, std::move(socket));
    page.times().connected = Clock::now();
    if (!url.https)
        co_return connection;
    common::SslHandle ssl = common::new_tls_session(common::tls_client_context(options_.ca_file),
                                                    url, connection->stream().socket());
    waiting_ = &connection->descriptor();
    const Transfer shaken = co_await connection->shake_hands(std::move(ssl));
    waiting_ = nullptr;
    if (shaken.state != State::done) {
        page.failed(transfer_error(url, options_, connection->stream(), shaken, true));
        co_return nullptr;
    }
    page.times().secured = Clock::now();
    co_return connection;
}

// A socket that is connected to the first address that answers, or none.
asio::awaitable<common::Descriptor> AsyncClient::connect(const Url& url, PageDownload& page) {
    const auto fail = [&](DownloadError error) {
        page.failed(std::move(error));
        return common::Descriptor();
    };
    common::NameLookup lookup(url.host, url.port);
    if (!co_await wait({lookup.descriptor(), POLLIN, 0}))
        co_return fail(interrupted_error(url, options_));
    common::Addresses addresses = lookup.take();
    if (const auto* cause = std::get_if<std::string>(&addresses))
        co_return fail(resolve_error(url, *cause));
    page.times().resolved = Clock::now();

    common::ConnectRace race(std::get<std::vector<common::Address>>(std::move(addresses)),
                             Clock::now());
    while (race.is_going_on()) {
        if (!co_await wait(race.watched(), race.next_attempt()))
            co_return fail(interrupted_error(url, options_));
        race.go_on(Clock::now());
    }
    common::Descriptor socket = race.take_winner();
    co_return socket ? std::move(socket) : fail(socket_error(url, race.error(), true));
}

// A descriptor of somebody else's, while the coroutine waits for it.
struct AsyncClient::Borrowed {
    ~Borrowed() {
        waiting = nullptr;
        descriptor.release();
    }
    common::AsyncDescriptor descriptor;
    common::AsyncDescriptor*& waiting;
};

// Until the descriptor is ready or `until` has come. False: the deadline has, or Ctrl-C.
asio::awaitable<bool> AsyncClient::wait(pollfd watched, Clock::time_point until) {
    if (watched.fd >= 0 && !interrupted()) {
        Borrowed borrowed{{context_, common::Descriptor(watched.fd)}, waiting_};
        waiting_ = &borrowed.descriptor;
        wake_up_at(std::min(until, deadline_));
        co_await borrowed.descriptor.wait((watched.events & POLLIN) != 0
                                              ? asio::posix::stream_descriptor::wait_read
                                              : asio::posix::stream_descriptor::wait_write);
        wake_up_at(deadline_);
    }
    co_return !interrupted();
}

// Resumes the coroutine at that time, if it waits then; an earlier time no longer counts.
void AsyncClient::wake_up_at(Clock::time_point time) {
    if (timer_.expiry() == time)
        return;
    timer_.expires_at(time);
    timer_.async_wait([this](std::error_code error) {
        // One that was cancelled may be on its way here all the same.
        if (!error && timer_.expiry() <= Clock::now() && waiting_)
            waiting_->cancel();
    });
}

void AsyncClient::stop() {
    if (waiting_)
        waiting_->cancel();
}

bool AsyncClient::interrupted() const {
    return common::stop_requested() || Clock::now() >= deadline_;
}

}  // namespace async_model
