#include "common/page/response_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace common {
ResponseReader::ResponseReader(TakeHead take_head, TakeBody take_body)
    : take_head_(std::move(take_head)), take_body_(std::move(take_body)) {}

ResponseReader::State ResponseReader::feed(std::string_view bytes) {
    began_ = began_ || !bytes.empty();
    while (state_ == State::incomplete && step(bytes)) {
    }
    leftover_ += bytes.size();
    return state_;
}

ResponseReader::State ResponseReader::end() {
    if (state_ != State::incomplete)
        return state_;
    if (part_ == Part::body && until_close_)
        finish();
    else if (garbage())
        fail("no status line");
    return state_;
}

// Consumes some bytes. False when there are none left to go on with.
bool ResponseReader::step(std::string_view& bytes) {
    if (bytes.empty())
        return false;
    if (part_ == Part::body || part_ == Part::chunk) {
        take_body_bytes(bytes);
        return true;
    }
    if (!take_line(bytes))
        return false;
    read_line();
    line_.clear();
    return true;
}

// Moves bytes to line_ up to a line's end: LF, with or without a CR before it (RFC 9112, 2.2).
// False when the line's end has not come yet.
bool ResponseReader::take_line(std::string_view& bytes) {
    // One byte over the limit is enough to know.
    const std::size_t room = max_header_bytes + 1 - header_bytes_;
    const std::string_view within = bytes.substr(0, room);
    const std::size_t end = within.find('\n');
    const std::size_t taken = end == std::string_view::npos ? within.size() : end + 1;
    header_bytes_ += taken;
    line_ += bytes.substr(0, taken);
    bytes.remove_prefix(taken);
    if (garbage()) {
        fail("no status line");
        return false;
    }
    // Limits the head, each chunk's size line, and all trailers together.
    if (header_bytes_ > max_header_bytes) {
        fail(fmt::format("header over {} bytes", max_header_bytes));
        return false;
    }
    if (end == std::string_view::npos)
        return false;
    line_.pop_back();
    crlf_ = line_.ends_with('\r');
    if (crlf_)
        line_.pop_back();
    return true;
}

void ResponseReader::read_line() {
    switch (part_) {
        case Part::head:
            return read_head_line();
        case Part::chunk_size:
            return read_chunk_size();
        case Part::chunk_end:
            part_ = Part::chunk_size;
            // Accept a bare LF only if the size line used one: a chunk whose size is one too large
            // has swallowed the CR.
            if (!line_.empty() || (size_crlf_ && !crlf_))
                fail("broken chunk");
            return;
        case Part::trailers:
            return line_.empty() ? finish() : read_trailer();
        case Part::body:
        case Part::chunk:
            break;  // these are not lines
    }
}

void ResponseReader::read_head_line() {
    switch (lines_.take_line(line_)) {
        case HeadReader::State::incomplete:
            return;
        case HeadReader::State::broken:
            return fail(lines_.error());
        case HeadReader::State::complete:
            return begin_body();
    }
}

void ResponseReader::begin_body() {
    const BodyFraming& framing = lines_.framing();
    head_ = {lines_.status(), lines_.location()};
    part_ = Part::body;
    header_bytes_ = 0;
    if (!take_head_(head_, framing)) {
        state_ = State::rejected;
        return;
    }
    const auto* length = std::get_if<LengthBody>(&framing);
    until_close_ = std::holds_alternative<UntilCloseBody>(framing);
    if (std::holds_alternative<ChunkedBody>(framing))
        part_ = Part::chunk_size;
    else if (std::holds_alternative<NoBody>(framing) || (length && length->bytes == 0))
        finish();
    if (length)
        missing_ = length->bytes;
}

void ResponseReader::read_chunk_size() {
    const auto size = parse_chunk_size(line_);
    if (!size)
        return fail("broken chunk");
    missing_ = *size;
    part_ = missing_ == 0 ? Part::trailers : Part::chunk;
    size_crlf_ = crlf_;
    header_bytes_ = 0;
}

// A field after the last chunk, which a client may discard (RFC 9112, 7.1.2).
void ResponseReader::read_trailer() {
    if (!is_trailer(line_))
        fail("broken chunk");
}

void ResponseReader::take_body_bytes(std::string_view& bytes) {
    const std::size_t taken =
        until_close_ ? bytes.size() : std::min<std::uint64_t>(bytes.size(), missing_);
    body_bytes_ += taken;
    missing_ -= until_close_ ? 0 : taken;
    const bool wanted = take_body_(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    if (!wanted)
        state_ = State::rejected;
    else if (part_ == Part::chunk && missing_ == 0)
        part_ = Part::chunk_end;
    else if (part_ == Part::body && !until_close_ && missing_ == 0)
        finish();
}

// Whether what has come of the status line cannot be one.
bool ResponseReader::garbage() const {
    return part_ == Part::head && lines_.at_status_line() && !starts_like_http(line_);
}

void ResponseReader::fail(std::string error) {
    error_ = std::move(error);
    state_ = State::broken;
}

}  // namespace common
