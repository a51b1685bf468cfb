#include "common/blocking_client.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <utility>

#include "blocking_connection.hpp"
#include "common/http_rules.hpp"
#include "common/page_writer.hpp"
#include "common/text.hpp"

namespace common {
namespace {

constexpr std::size_t max_kept_connections = 8;

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

class HttpStream final : public httplib::Stream {
  public:
    explicit HttpStream(BlockingConnection& connection) : connection_(connection) {}

    ssize_t read(char* buffer, std::size_t size) {
        if (reading_header && connection_.bytes_read() >= max_header_bytes)
            return -1;
        const ssize_t received = connection_.read(buffer, size);
        if (!reading_header || received <= 0)
            return received;
        return take_header({buffer, static_cast<std::size_t>(received)}) ? received : -1;
    }
    ssize_t write(const char* bytes, std::size_t size) {
        return request_sent ? static_cast<ssize_t>(size) : connection_.write(bytes, size);
    }

    bool reading_header = true;
    bool request_sent = false;  // read one more response to the same request
    std::string location;       // as it came: cpp-httplib would decode its percent codes

    // What cpp-httplib's versions ask of a stream differs, so nothing here says "override".
    bool is_readable() const { return true; }
    bool is_writable() const { return true; }
    bool wait_readable() const { return true; }
    bool wait_writable() const { return true; }
    bool is_peer_alive() const { return true; }
    time_t duration() const { return 0; }
    void get_remote_ip_and_port(std::string&, int&) const {}
    void get_local_ip_and_port(std::string&, int&) const {}
    socket_t socket() const { return INVALID_SOCKET; }

  private:
    // False for a header that cpp-httplib must not see.
    bool take_header(std::string_view bytes) {
        for (const char c : bytes) {
            line_ += c;
            // cpp-httplib matches the status line with std::regex, which recurses for every
            // character: a line of 30 KiB overflows the stack.
            if (line_.size() > CPPHTTPLIB_HEADER_MAX_LENGTH)
                return false;
            if (c != '\n')
                continue;
            if (!take_line(trimmed(line_, "\r\n")))
                return false;
            line_.clear();
        }
        return true;
    }

    // cpp-httplib passes over the lines that it cannot read, and with them over where the body
    // ends: a folded Transfer-Encoding, a Content-Length with a space before the colon.
    bool take_line(std::string_view line) {
        if (line.empty() || in_status_line_) {
            in_status_line_ = line.empty();
            return true;
        }
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos ||
            line.substr(0, colon).find_first_of(" \t\r") != std::string_view::npos)
            return false;
        if (lower_case(line.substr(0, colon)) == "location" && location.empty())
            location = trimmed(line.substr(colon + 1));
        return true;
    }

    BlockingConnection& connection_;
    std::string line_;  // of the header, so far
    bool in_status_line_ = true;
};

std::vector<std::string> values_of(const httplib::Headers& headers, const std::string& name) {
    std::vector<std::string> values;
    const auto [begin, end] = headers.equal_range(name);
    std::transform(begin, end, std::back_inserter(values), [](const auto& h) { return h.second; });
    return values;
}

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
        do {
            interim_ = false;
            stream_.reading_header = true;
            stream_.location.clear();
            if (auto error = run_once(http))
                return *std::move(error);
            stream_.request_sent = true;
        } while (interim_);
        return response_;
    }

    // Whether the connection can carry another request (RFC 9112, 9.3).
    bool reusable() const { return reusable_; }

  private:
    // Reads one response, final or interim (1xx).
    std::optional<DownloadError> run_once(HttpExchange& http) {
        httplib::Request request;
        request.method = "GET";
        request.path = url_.target;
        request.headers = {{"Host", url_.authority()},
                           {"User-Agent", "concurrency-tutorial"},
                           {"Accept-Encoding", "identity"}};
        request.response_handler = [this](const httplib::Response& head) {
            return take_head(head);
        };
        request.content_receiver = [this](const char* bytes, std::size_t size, auto...) {
            return take_body({bytes, size});
        };
        httplib::Response response;
        auto error = httplib::Error::Success;
        const bool processed = http.process_request(stream_, request, response, false, error);
        // cpp-httplib does not show the head of a 204, and takes a chunked body that lacks the end
        // of a chunk for complete.
        if (processed && stream_.reading_header)
            take_head(response);
        if (processed && chunked_ && !connection_.last_line_was_blank())
            fail(protocol_error(url_, "broken chunk"));
        if (processed || complete_)
            return failure_;
        reusable_ = false;
        if (discarding_too_much_)
            return std::nullopt;
        return failure_ ? *failure_ : explain();
    }

    // False ends the exchange: an error, or nothing follows the head.
    bool take_head(const httplib::Response& head) {
        stream_.reading_header = false;
        response_ = {head.status, stream_.location};
        if (head.status < 100 || head.status == 101)
            return fail(protocol_error(url_, fmt::format("status {}", head.status)));
        interim_ = head.status < 200;

        const auto framing = body_framing(head.status, values_of(head.headers, "Content-Length"),
                                          values_of(head.headers, "Transfer-Encoding"));
        if (const auto* error = std::get_if<std::string>(&framing))
            return fail(protocol_error(url_, *error));
        const auto& body = std::get<BodyFraming>(framing);
        complete_ = std::holds_alternative<NoBody>(body);
        chunked_ = std::holds_alternative<ChunkedBody>(body);
        const auto* length = std::get_if<LengthBody>(&body);
        if (wanted() && length && length->bytes > max_bytes_)
            return fail(too_large_error(url_, max_bytes_));

        const auto options = values_of(head.headers, "Connection");
        reusable_ = head.version == "HTTP/1.1" && !std::holds_alternative<UntilCloseBody>(body) &&
                    std::none_of(options.begin(), options.end(), [](const std::string& value) {
                        return has_connection_option(value, "close");
                    });
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
    DownloadError explain() const {
        if (connection_.failure())
            return *connection_.failure();
        if (!stream_.reading_header)
            return connection_.ended()
                       ? truncated_error(url_,
                                         fmt::format("after {} bytes of the body", body_bytes_))
                       : protocol_error(url_, "broken chunk");
        if (connection_.bytes_read() >= max_header_bytes)
            return protocol_error(url_, fmt::format("header over {} bytes", max_header_bytes));
        if (!starts_like_http(connection_.first_bytes()))
            return protocol_error(url_, "no status line");
        if (!connection_.ended())
            return protocol_error(url_, "malformed header");
        return truncated_error(
            url_, connection_.bytes_read() == 0 ? "before it answered" : "within the header");
    }

    bool fail(DownloadError error) {
        failure_ = std::move(error);
        reusable_ = false;
        complete_ = false;
        return false;
    }

    bool wanted() const { return response_.status >= 200 && response_.status < 300; }

    BlockingConnection& connection_;
    const Url& url_;
    PageWriter& page_;
    const std::uint64_t max_bytes_;
    HttpStream stream_;
    Response response_;
    std::optional<DownloadError> failure_;
    std::uint64_t body_bytes_ = 0;
    bool interim_ = false;
    bool complete_ = false;
    bool chunked_ = false;
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
            if (status >= 200 && status < 300)
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
