#include "common/blocking_client.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <utility>

#include "blocking_connection.hpp"
#include "common/http_rules.hpp"
#include "common/page_writer.hpp"
#include "http_stream.hpp"

namespace common {
namespace {

// cpp-httplib as far as it is about HTTP: process_request() writes a request to a stream and
// parses the response from it. The stream is ours, since cpp-httplib's timeouts are for one read
// each: a server that drips would stretch them as long as it likes.
class HttpExchange : public httplib::ClientImpl {
  public:
    explicit HttpExchange(const Url& url) : ClientImpl(url.host, url.port) {
        set_url_encode(false);  // parse_url did
        set_decompress(false);  // bytes are counted and hashed as they came
        set_keep_alive(true);
    }
    using ClientImpl::process_request;
};

struct Response {
    int status = 0;
    std::string location;
};

// One request and its response on an open connection.
class Exchange {
  public:
    Exchange(BlockingConnection& connection, const Url& url, PageWriter& page,
             std::uint64_t max_bytes)
        : connection_(connection),
          url_(url),
          page_(page),
          max_bytes_(max_bytes),
          stream_(connection) {}

    std::variant<DownloadError, Response> run() {
        HttpExchange http(url_);
        httplib::Request request;
        request.method = "GET";
        request.path = url_.target;
        request.headers = {{"Host", url_.authority()},
                           {"User-Agent", "concurrency-tutorial"},
                           {"Accept-Encoding", "identity"}};
        request.response_handler = [this](const httplib::Response&) { return take_head(); };
        request.content_receiver = [this](const char* bytes, std::size_t size, auto...) {
            return take_body({bytes, size});
        };
        httplib::Response response;
        auto error = httplib::Error::Success;
        const bool processed = http.process_request(stream_, request, response, false, error);
        if (processed && response_.status == 0)
            take_head();  // cpp-httplib does not show the head of a 204
        if (!processed && !complete_ && !failure_)
            explain();
        if (failure_)
            return *failure_;
        return response_;
    }

    // Whether the connection can carry another request (RFC 9112, 9.3).
    bool reusable() const { return reusable_; }

  private:
    // False ends the exchange: an error, or nothing follows the head.
    bool take_head() {
        const HeadReader& head = stream_.head();
        response_ = {head.status(), head.location()};
        complete_ = std::holds_alternative<NoBody>(head.framing());
        const auto* length = std::get_if<LengthBody>(&head.framing());
        if (wanted() && length && length->bytes > max_bytes_)
            return fail(too_large_error(url_, max_bytes_));
        reusable_ = head.keep_alive();
        return !complete_;
    }

    bool take_body(std::string_view bytes) {
        body_bytes_ += bytes.size();
        if (wanted())
            return page_.write(bytes) == PageWriter::Verdict::wanted ||
                   fail(too_large_error(url_, max_bytes_));
        discarding_too_much_ = body_bytes_ > max_discarded_bytes;
        return !discarding_too_much_;
    }

    // Why cpp-httplib gave up although nobody told it to.
    void explain() {
        reusable_ = false;
        if (discarding_too_much_)
            return;
        if (connection_.failure())
            fail(*connection_.failure());
        else if (!stream_.error().empty())
            fail(protocol_error(url_, stream_.error()));
        else if (stream_.head_complete())
            fail(truncated_error(url_, fmt::format("after {} bytes of the body", body_bytes_)));
        else
            fail(truncated_error(
                url_, connection_.bytes_read() == 0 ? "before it answered" : "within the header"));
    }

    bool fail(DownloadError error) {
        failure_ = std::move(error);
        reusable_ = false;
        return false;
    }

    bool wanted() const { return is_success(response_.status); }

    BlockingConnection& connection_;
    const Url& url_;
    PageWriter& page_;
    const std::uint64_t max_bytes_;
    HttpStream stream_;
    Response response_;
    std::optional<DownloadError> failure_;
    std::uint64_t body_bytes_ = 0;
    bool complete_ = false;
    bool discarding_too_much_ = false;
    bool reusable_ = false;
};

}  // namespace

class BlockingClient::Impl {
  public:
    Impl(const Options& options, std::uint32_t worker)
        : options_(options), own_times_(times_of_this_thread(worker)) {}

    Result download(const std::string& url, std::size_t index) {
        times_ = own_times_;
        times_.begin = Clock::now();
        deadline_ = times_.begin + options_.timeout;
        Result result = fetch(url, index);
        times_.received = Clock::now();
        compute(options_.work_mib);
        times_.end = Clock::now();
        times_of(result) = times_;
        return result;
    }

  private:
    // Follows redirects until there is a page or a failure.
    Result fetch(const std::string& text, std::size_t index) {
        auto url = parse_url(text);
        PageWriter page(options_, index, text);
        for (int hops = 0; hops <= Options::max_redirects; ++hops) {
            if (auto* refused = std::get_if<DownloadError>(&url))
                return std::move(*refused);
            const Url& current = std::get<Url>(url);
            auto answer = get(current, page);
            if (auto* error = std::get_if<DownloadError>(&answer))
                return std::move(*error);
            const auto& [status, location] = std::get<Response>(answer);
            if (is_success(status))
                return page.finish(status);
            if (!is_redirect(status))
                return status_error(current, status);
            if (location.empty())
                return protocol_error(current, fmt::format("status {} without Location", status));
            url = follow_redirect(current, location);
            times_.redirected = Clock::now();
            times_.forget_attempt();
        }
        return too_many_redirects_error(std::get<Url>(parse_url(text)));
    }

    std::variant<DownloadError, Response> get(const Url& url, PageWriter& page) {
        auto connection = take_kept(url);
        const bool kept = connection != nullptr;
        if (!kept) {
            connection = connect(url);
            if (connection->failure())
                return *connection->failure();
        }
        auto answer = exchange(std::move(connection), url, page);
        if (!kept || !lost_before_answer_)
            return answer;
        // The server had closed the kept connection in the meantime; asking once more is allowed
        // because GET is idempotent (RFC 9110, 9.2.2).
        connection = connect(url);
        if (connection->failure())
            return *connection->failure();
        return exchange(std::move(connection), url, page);
    }

    std::variant<DownloadError, Response> exchange(std::unique_ptr<BlockingConnection> connection,
                                                   const Url& url, PageWriter& page) {
        connection->begin_exchange(url, deadline_, times_);
        Exchange exchange(*connection, url, page, options_.max_bytes);
        auto answer = exchange.run();
        const auto* error = std::get_if<DownloadError>(&answer);
        lost_before_answer_ =
            error && connection->bytes_read() == 0 &&
            (error->kind == ErrorKind::reset || error->kind == ErrorKind::truncated);
        if (exchange.reusable())
            keep(std::move(connection));
        return answer;
    }

    // Opened, or failed: see its failure().
    std::unique_ptr<BlockingConnection> connect(const Url& url) {
        SSL_CTX* context = url.https ? tls_client_context(options_.ca_file) : nullptr;
        auto connection = std::make_unique<BlockingConnection>(url, context, options_.timeout);
        times_.forget_attempt();
        connection->open(deadline_, times_);
        return connection;
    }

    // The connection kept for the URL's site, or nothing.
    std::unique_ptr<BlockingConnection> take_kept(const Url& url) {
        const std::string origin = url.origin();
        const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const auto& connection) {
            return connection->url().origin() == origin;
        });
        if (found == kept_.end())
            return nullptr;
        auto connection = std::move(*found);
        kept_.erase(found);
        return connection;
    }

    void keep(std::unique_ptr<BlockingConnection> connection) {
        if (kept_.size() == max_kept_connections)
            kept_.erase(kept_.begin());  // the one that was used longest ago
        kept_.push_back(std::move(connection));
    }

    const Options options_;
    const Times own_times_;  // what is the same for all pages: the worker and its ids
    Times times_;            // of the page under way
    Clock::time_point deadline_{};
    bool lost_before_answer_ = false;
    std::vector<std::unique_ptr<BlockingConnection>> kept_;
};

BlockingClient::BlockingClient(const Options& options, std::uint32_t worker)
    : impl_(std::make_unique<Impl>(options, worker)) {}
BlockingClient::~BlockingClient() = default;
BlockingClient::BlockingClient(BlockingClient&&) noexcept = default;

Result BlockingClient::download(const std::string& url, std::size_t index) {
    return impl_->download(url, index);
}

}  // namespace common
