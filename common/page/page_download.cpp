#include "common/page/page_download.hpp"

#include <fmt/format.h>

#include <utility>

#include "common/page/errors.hpp"

namespace common {

PageDownload::PageDownload(const Options& options, std::size_t index, const std::string& text,
                           const Timestamps& own)
    : options_(options), times_(own), writer_(options, index, text), text_(text) {
    auto url = parse_url(text);
    if (auto* refused = std::get_if<DownloadError>(&url))
        decide(std::move(*refused));
    else
        url_ = std::get<Url>(std::move(url));
}

const Url* PageDownload::next(Clock::time_point now) {
    if (result_)
        return nullptr;
    if (redirect_) {
        url_ = *std::move(redirect_);
        redirect_.reset();
        times_.redirected = now;
    }
    times_.forget_attempt();
    return &url_;
}

std::string PageDownload::request(bool kept) {
    reader_.emplace(
        [this](const auto& head, const auto& framing) { return take_head(head, framing); },
        [this](std::string_view bytes) { return take_body(bytes); });
    kept_ = kept;
    needs_new_connection_ = false;
    under_way_ = true;
    discarded_ = 0;
    return request_text(url_);
}

void PageDownload::take(std::string_view bytes) {
    if (reader_->feed(bytes) != ResponseReader::State::incomplete && under_way_)
        judge();
}

void PageDownload::ended() {
    if (!under_way_ || repeat())
        return;
    reader_->end();
    judge();
}

void PageDownload::failed(DownloadError error) {
    // `tls`: an alert or a broken record; a handshake is over before the exchange is under way.
    const bool broke = error.kind == ErrorKind::reset || error.kind == ErrorKind::truncated ||
                       error.kind == ErrorKind::tls;
    if (!result_ && !(under_way_ && broke && repeat()))
        decide(std::move(error));
}

// The server may have closed a kept connection before it saw the request. Asking once more, over a
// new connection, is allowed because GET is idempotent (RFC 9110, 9.2.2).
bool PageDownload::repeat() {
    if (!kept_ || reader_->began())
        return false;
    under_way_ = false;
    needs_new_connection_ = true;
    return true;
}

bool PageDownload::take_head(const ResponseReader::Head& head, const BodyFraming& framing) {
    wanted_ = is_success(head.status);
    const auto* length = std::get_if<LengthBody>(&framing);
    return !wanted_ || !length || length->bytes <= options_.max_bytes || refuse();
}

bool PageDownload::take_body(std::string_view bytes) {
    if (wanted_)
        return writer_.write(bytes) == PageWriter::Verdict::wanted || refuse();
    discarded_ += bytes.size();
    return discarded_ <= max_discarded_bytes;
}

bool PageDownload::refuse() {
    decide(too_large_error(url_, options_.max_bytes));
    return false;
}

// The response is complete, or there will be no more of it.
void PageDownload::judge() {
    under_way_ = false;
    switch (reader_->state()) {
        case ResponseReader::State::broken:
            return decide(protocol_error(url_, reader_->error()));
        case ResponseReader::State::incomplete:
            return decide(truncated_error(url_, received_so_far()));
        case ResponseReader::State::complete:
        case ResponseReader::State::rejected:  // the rest of a body that nobody wants
            return judge_status();
    }
}

void PageDownload::judge_status() {
    const auto& [status, location] = reader_->head();
    // On a kept connection "no request came in time" speaks of the time before ours (RFC 9110,
    // 15.5.9), whose answer may still follow.
    constexpr int request_timeout = 408;
    if (kept_ && status == request_timeout) {
        needs_new_connection_ = true;
        return;
    }
    if (is_success(status))
        return decide(writer_.finish(status));
    if (!is_redirect(status) || location.empty())
        return decide(status_error(url_, status));
    if (++redirects_ > Options::max_redirects)
        return decide(too_many_redirects_error(text_));
    auto url = follow_redirect(url_, location);
    if (auto* refused = std::get_if<DownloadError>(&url))
        return decide(std::move(*refused));
    redirect_ = std::get<Url>(std::move(url));
}

std::string PageDownload::received_so_far() const {
    if (reader_->head_complete())
        return fmt::format("after {} bytes of the body", reader_->body_bytes());
    return reader_->began() ? "within the header" : "before it answered";
}

void PageDownload::decide(Result result) {
    under_way_ = false;
    result_ = std::move(result);
}

Result PageDownload::finish(Clock::time_point now) {
    times_.received = now;
    Result result = result_.value_or(DownloadError{});
    times_of(result) = times_;
    return result;
}

}  // namespace common
