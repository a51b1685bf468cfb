#include "common/net/blocking_client.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "common/net/connect_race.hpp"
#include "common/net/name_lookup.hpp"
#include "common/net/tls.hpp"
#include "common/net/wait.hpp"
#include "common/page/errors.hpp"
#include "common/run/stop.hpp"
#include "common/run/work.hpp"

namespace common {

using State = Transfer::State;

BlockingClient::BlockingClient(const Options& options, std::uint32_t worker)
    : options_(options), own_times_(times_of_this_thread(worker)) {}

Result BlockingClient::download(const std::string& url, std::size_t index) {
    Timestamps times = own_times_;
    times.begin = Clock::now();
    deadline_ = times.begin + options_.timeout;
    PageDownload page(options_, index, url, times);
    try {
        fetch(page);
    } catch (const std::exception& error) {
        page.failed(internal_error(url, error.what()));
    }
    Result result = page.finish(Clock::now());
    compute(options_.work_mib);
    times_of(result).end = Clock::now();
    return result;
}

void BlockingClient::fetch(PageDownload& page) {
    while (const Url* url = page.next(Clock::now())) {
        const std::string origin = url->origin();
        Connection connection = page.may_use_kept_connection() ? kept_.take(origin) : nullptr;
        const bool kept = connection != nullptr;
        if (!kept)
            connection = open(*url, page);
        if (!connection)
            continue;
        exchange(*connection, kept, *url, page);
        if (page.reusable())
            kept_.keep(origin, std::move(connection));
    }
}

// One request and its response.
void BlockingClient::exchange(BlockingStream& connection, bool kept, const Url& url,
                              PageDownload& page) {
    Transfer transfer = connection.write(page.request(kept), deadline_);
    page.times().requested = Clock::now();
    while (transfer.state == State::done && page.wants_more()) {
        // Also when data is there all the time: an endless body must not outrun the deadline.
        transfer =
            interrupted() ? Transfer{State::cancelled} : connection.read(read_buffer_, deadline_);
        if (transfer.state != State::done)
            break;
        if (!page.began())
            page.times().answered = Clock::now();
        page.take({read_buffer_.data(), transfer.bytes});
    }
    if (transfer.state == State::ended)
        page.ended();
    else if (transfer.state != State::done)
        page.failed(transfer_error(url, options_, connection.stream(), transfer, false));
}

// A new connection, secured where the URL says so; null when there is none, and the page knows why.
BlockingClient::Connection BlockingClient::open(const Url& url, PageDownload& page) {
    Descriptor socket = connect(url, page);
    if (!socket)
        return nullptr;
    auto connection = std::make_unique<BlockingStream>(std::move(socket));
    page.times().connected = Clock::now();
    if (!url.https)
        return connection;
    SslHandle ssl =
        new_tls_session(tls_client_context(options_.ca_file), url, connection->stream().socket());
    const Transfer shaken = connection->shake_hands(std::move(ssl), deadline_);
    if (shaken.state != State::done) {
        page.failed(transfer_error(url, options_, connection->stream(), shaken, true));
        return nullptr;
    }
    page.times().secured = Clock::now();
    return connection;
}

// A socket that is connected to the first address that answers, or none.
Descriptor BlockingClient::connect(const Url& url, PageDownload& page) {
    const auto fail = [&](DownloadError error) {
        page.failed(std::move(error));
        return Descriptor();
    };
    NameLookup lookup(url.host, url.port);
    if (!wait({lookup.descriptor(), POLLIN, 0}))
        return fail(interrupted_error(url, options_));
    Addresses addresses = lookup.take();
    if (const auto* cause = std::get_if<std::string>(&addresses))
        return fail(resolve_error(url, *cause));
    page.times().resolved = Clock::now();

    ConnectRace race(std::get<std::vector<Address>>(std::move(addresses)), Clock::now());
    while (race.is_going_on()) {
        if (!wait(race.watched(), race.next_attempt()))
            return fail(interrupted_error(url, options_));
        race.go_on(Clock::now());
    }
    Descriptor socket = race.take_winner();
    return socket ? std::move(socket) : fail(socket_error(url, race.error(), true));
}

// Until the descriptor is ready or `until` has come. False: the deadline has, or Ctrl-C.
bool BlockingClient::wait(pollfd watched, Clock::time_point until) {
    if (watched.fd >= 0 && !interrupted())
        wait_for(watched, std::min(until, deadline_));
    return !interrupted();
}

bool BlockingClient::interrupted() const {
    return stop_requested() || Clock::now() >= deadline_;
}

}  // namespace common
