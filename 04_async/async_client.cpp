#include "async_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <utility>

#include "common/http_rules.hpp"
#include "common/tls.hpp"

namespace async_model {

using common::AsyncStream;
using common::DownloadError;
using common::PageWriter;
using common::Url;
using State = AsyncStream::State;

namespace {

constexpr int reads_in_a_row = 16;  // of 64 KiB at most: then others have their turn

// Says yes or no to what the reader finds, and why no.
struct Judge {
    const common::Options& options;
    const Url& url;
    PageWriter& page;
    bool wanted = false;  // a redirect's or a 404's body is not
    std::uint64_t discarded = 0;
    std::optional<DownloadError> objection = {};

    bool take_head(const ResponseReader::Head& head, const common::BodyFraming& framing) {
        wanted = common::is_success(head.status);
        const auto* length = std::get_if<common::LengthBody>(&framing);
        return !wanted || !length || length->bytes <= options.max_bytes || object();
    }
    bool take_body(std::string_view bytes) {
        if (wanted)
            return page.write(bytes) == PageWriter::Verdict::wanted || object();
        discarded += bytes.size();
        return discarded <= common::max_discarded_bytes;
    }
    bool object() {
        objection = common::too_large_error(url, options.max_bytes);
        return false;
    }
};

// Why the connection's end was not the response's.
DownloadError ended_too_early(const Url& url, const ResponseReader& reader) {
    if (reader.head_complete())
        return truncated_error(url, fmt::format("after {} bytes of the body", reader.body_bytes()));
    return truncated_error(url, reader.began() ? "within the header" : "before it answered");
}

}  // namespace

AsyncClient::AsyncClient(asio::io_context& context, const common::Options& options,
                         std::uint32_t worker, std::span<char> read_buffer)
    : context_(context),
      options_(options),
      own_times_(common::times_of_this_thread(worker)),
      read_buffer_(read_buffer),
      deadline_(context) {}

asio::awaitable<common::Result> AsyncClient::download(const std::string& url, std::size_t index) {
    times_ = own_times_;
    times_.begin = common::Clock::now();
    start_deadline(times_.begin + options_.timeout);
    common::Result result = co_await fetch(url, index);
    deadline_.cancel();
    times_.received = common::Clock::now();
    // Computing is no waiting: nobody can take over the thread, and all other pages stand still.
    common::compute(options_.work_mib);
    times_.end = common::Clock::now();
    times_of(result) = times_;
    co_return result;
}

// Follows redirects until there is a page or a failure.
asio::awaitable<common::Result> AsyncClient::fetch(const std::string& text, std::size_t index) {
    auto url = common::parse_url(text);
    PageWriter page(options_, index, text);
    for (int hops = 0; hops <= common::Options::max_redirects; ++hops) {
        if (auto* refused = std::get_if<DownloadError>(&url))
            co_return std::move(*refused);
        const Url current = std::get<Url>(url);
        auto answer = co_await get(current, page);
        if (auto* error = std::get_if<DownloadError>(&answer))
            co_return std::move(*error);
        const auto& [status, location] = std::get<Response>(answer);
        if (common::is_success(status))
            co_return page.finish(status);
        if (!common::is_redirect(status))
            co_return common::status_error(current, status);
        if (location.empty())
            co_return common::protocol_error(current,
                                             fmt::format("status {} without Location", status));
        url = common::follow_redirect(current, location);
        times_.redirected = common::Clock::now();
        times_.forget_attempt();
    }
    co_return common::too_many_redirects_error(std::get<Url>(common::parse_url(text)));
}

asio::awaitable<AsyncClient::Outcome<AsyncClient::Response>> AsyncClient::get(const Url& url,
                                                                              PageWriter& page) {
    if (auto kept = take_kept(url)) {
        auto answer = co_await exchange(std::move(*kept), url, page);
        // The server may have closed the kept connection in the meantime; asking once more is
        // allowed because GET is idempotent (RFC 9110, 9.2.2).
        if (!lost_before_answer_)
            co_return answer;
    }
    auto connection = co_await connect(url);
    if (auto* error = std::get_if<DownloadError>(&connection))
        co_return std::move(*error);
    co_return co_await exchange(std::move(std::get<Connection>(connection)), url, page);
}

// Connects to the first address that answers, and shakes hands.
asio::awaitable<AsyncClient::Outcome<AsyncClient::Connection>> AsyncClient::connect(
    const Url& url) {
    times_.forget_attempt();
    auto addresses = co_await resolve(url);
    if (auto* error = std::get_if<DownloadError>(&addresses))
        co_return std::move(*error);
    times_.resolved = common::Clock::now();

    DownloadError failure = common::resolve_error(url, "it has no address");
    for (const auto& address : std::get<std::vector<asio::ip::tcp::endpoint>>(addresses)) {
        if (timed_out_ || stopped_)
            break;
        Connection connection{url.origin(), AsyncStream(asio::ip::tcp::socket(context_))};
        AsyncStream& stream = connection.stream;
        streaming_ = &stream;
        const auto connected = co_await stream.connect(address);
        if (connected.state == State::failed)
            failure =
                common::socket_error(url, {connected.system_error, std::generic_category()}, true);
        if (connected.state != State::done) {
            streaming_ = nullptr;
            continue;
        }
        times_.connected = common::Clock::now();
        AsyncStream::Transfer shaken;
        if (url.https) {
            SSL_CTX* context = common::tls_client_context(options_.ca_file);
            shaken = co_await stream.shake_hands(
                common::new_tls_session(context, url, stream.socket().native_handle()));
        }
        streaming_ = nullptr;
        if (shaken.state != State::done)
            co_return transfer_error(url, stream, shaken, true);
        if (url.https)
            times_.secured = common::Clock::now();
        co_return connection;
    }
    co_return timed_out_ || stopped_ ? interrupted(url) : failure;
}

asio::awaitable<AsyncClient::Outcome<std::vector<asio::ip::tcp::endpoint>>> AsyncClient::resolve(
    const Url& url) {
    std::error_code error;
    const auto literal = asio::ip::make_address(url.host, error);
    if (!error)
        co_return std::vector{asio::ip::tcp::endpoint(literal, url.port)};

    // Linux can look up names only by blocking (getaddrinfo(3)): Asio does it in one thread of its
    // own, for all coroutines. When that thread cannot start, async_resolve throws, which co_await
    // would not let through: so it is called here, and what is awaited is a timer that it ends.
    asio::ip::tcp::resolver resolver(context_);
    asio::steady_timer answered(context_, common::Clock::time_point::max());
    std::vector<asio::ip::tcp::endpoint> found;
    try {
        resolver.async_resolve(url.host, std::to_string(url.port),
                               [&](std::error_code failure, const auto& addresses) {
                                   error = failure;
                                   found.assign(addresses.begin(), addresses.end());
                                   answered.cancel();
                               });
    } catch (const std::system_error& failure) {
        co_return common::resolve_error(url, failure.code().message());
    }
    resolving_ = &resolver;
    std::error_code cancelled;
    co_await answered.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    resolving_ = nullptr;
    if (timed_out_ || stopped_)
        co_return interrupted(url);
    if (error)
        co_return common::resolve_error(url, error.message());
    co_return found;
}

// One request and its response.
asio::awaitable<AsyncClient::Outcome<AsyncClient::Response>> AsyncClient::exchange(
    Connection connection, const Url& url, PageWriter& page) {
    Judge judge{options_, url, page};
    ResponseReader reader(
        [&](const auto& head, const auto& framing) { return judge.take_head(head, framing); },
        [&](std::string_view bytes) { return judge.take_body(bytes); });

    streaming_ = &connection.stream;
    const std::string request = common::request_text(url);
    auto transfer = co_await connection.stream.write(request);
    times_.requested = common::Clock::now();
    if (transfer.state == State::done)
        transfer = co_await read_response(connection.stream, reader);
    streaming_ = nullptr;

    lost_before_answer_ =
        !reader.began() && (transfer.state == State::ended || transfer.state == State::failed);
    if (reader.state() == ResponseReader::State::broken)
        co_return common::protocol_error(url, reader.error());
    if (judge.objection)
        co_return *judge.objection;
    if (reader.state() == ResponseReader::State::incomplete && transfer.state == State::ended)
        co_return ended_too_early(url, reader);
    if (reader.state() == ResponseReader::State::incomplete)
        co_return transfer_error(url, connection.stream, transfer, false);
    if (reader.reusable()) {
        if (kept_.size() == common::max_kept_connections)
            kept_.pop_front();  // the one that was used longest ago
        kept_.push_back(std::move(connection));
    }
    co_return reader.head();
}

// Until the response is complete, or the connection has ended or failed.
asio::awaitable<AsyncStream::Transfer> AsyncClient::read_response(AsyncStream& stream,
                                                                  ResponseReader& reader) {
    for (int reads = 1; reader.state() == ResponseReader::State::incomplete; ++reads) {
        // A page whose bytes are always there would never suspend: it goes to the end of the line.
        if (reads % reads_in_a_row == 0)
            co_await asio::post(asio::use_awaitable);
        // Also when data is there all the time: an endless body must not outrun the deadline.
        if (common::Clock::now() >= deadline_.expiry())
            timed_out_ = true;
        if (timed_out_ || stopped_)
            co_return AsyncStream::Transfer{.state = State::cancelled};
        const auto received = co_await stream.read(read_buffer_);
        if (received.state == State::ended)
            reader.end();
        if (received.state != State::done)
            co_return received;
        if (!reader.began())
            times_.answered = common::Clock::now();
        reader.feed({read_buffer_.data(), received.bytes});
    }
    co_return AsyncStream::Transfer{};
}

std::optional<AsyncClient::Connection> AsyncClient::take_kept(const Url& url) {
    const std::string origin = url.origin();
    const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const Connection& connection) {
        return connection.origin == origin;
    });
    if (found == kept_.end())
        return std::nullopt;
    std::optional<Connection> connection(std::move(*found));
    kept_.erase(found);
    return connection;
}

void AsyncClient::start_deadline(common::Clock::time_point deadline) {
    timed_out_ = false;
    deadline_.expires_at(deadline);
    deadline_.async_wait([this](std::error_code error) {
        // A wait for an earlier page may be on its way here although it was cancelled.
        if (error || deadline_.expiry() > common::Clock::now())
            return;
        timed_out_ = true;
        cancel_waits();
    });
}

void AsyncClient::stop() {
    stopped_ = true;
    cancel_waits();
}

void AsyncClient::cancel_waits() {
    if (resolving_)
        resolving_->cancel();
    if (streaming_)
        streaming_->cancel();
}

DownloadError AsyncClient::interrupted(const Url& url) const {
    return stopped_ ? common::stopped_error(url) : common::timeout_error(url, options_.timeout);
}

DownloadError AsyncClient::transfer_error(const Url& url, const AsyncStream& stream,
                                          const AsyncStream::Transfer& transfer,
                                          bool handshake) const {
    if (transfer.state == State::cancelled)
        return interrupted(url);
    if (stream.ssl())
        return common::tls_error(url, stream.ssl(), transfer.system_error, handshake);
    return common::socket_error(url, {transfer.system_error, std::generic_category()}, false);
}

}  // namespace async_model
