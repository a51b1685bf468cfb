#include "http_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace common {

ssize_t HttpStream::read(char* buffer, std::size_t size) {
    if (part_ == Part::chunk && missing_ == 0)
        part_ = Part::chunk_end;
    if (lines_read_ == lines_.size() && part_ == Part::body)
        return connection_.read(buffer, size);
    if (lines_read_ == lines_.size() && part_ == Part::chunk) {
        const ssize_t received = connection_.read(buffer, std::min<std::uint64_t>(size, missing_));
        missing_ -= static_cast<std::uint64_t>(std::max<ssize_t>(received, 0));
        return received;
    }
    if (lines_read_ == lines_.size())
        if (const ssize_t result = next_lines(); result <= 0)
            return result;
    const std::size_t handed_out = std::min(size, lines_.size() - lines_read_);
    std::memcpy(buffer, &lines_[lines_read_], handed_out);
    lines_read_ += handed_out;
    return static_cast<ssize_t>(handed_out);
}

// This and the functions below: 1, or what read() returns when there are no lines.
ssize_t HttpStream::next_lines() {
    lines_.clear();
    lines_read_ = 0;
    if (part_ == Part::head)
        return read_head();
    return part_ == Part::chunk_end ? read_chunk_end() : read_chunk_size();
}

// Up to LF, with or without a CR before it (RFC 9112, 2.2). Byte by byte, from the connection's
// buffer: what follows the line may be the body.
ssize_t HttpStream::read_line() {
    line_.clear();
    char c = 0;
    do {
        if (const ssize_t received = connection_.read(&c, 1); received <= 0)
            return received;
        line_ += c;
        if (part_ == Part::head && head_.at_status_line() && !starts_like_http(line_))
            return fail("no status line");
        if (++header_bytes_ > max_header_bytes)
            return fail(fmt::format("header over {} bytes", max_header_bytes));
    } while (c != '\n');
    line_.pop_back();
    crlf_ = line_.ends_with('\r');
    if (crlf_)
        line_.pop_back();
    return 1;
}

ssize_t HttpStream::read_head() {
    auto state = HeadReader::State::incomplete;
    while (state == HeadReader::State::incomplete) {
        if (const ssize_t result = read_line(); result <= 0)
            return result;
        state = head_.take_line(line_);
    }
    if (state == HeadReader::State::broken)
        return fail(head_.error());
    const bool chunked = std::holds_alternative<ChunkedBody>(head_.framing());
    part_ = chunked ? Part::chunk_size : Part::body;
    header_bytes_ = 0;
    lines_ = head_for_library();
    return 1;
}

std::string HttpStream::head_for_library() const {
    std::string field;
    if (const auto* length = std::get_if<LengthBody>(&head_.framing()))
        field = fmt::format("Content-Length: {}\r\n", length->bytes);
    if (std::holds_alternative<ChunkedBody>(head_.framing()))
        field = "Transfer-Encoding: chunked\r\n";
    return fmt::format("HTTP/1.1 {} \r\n{}\r\n", head_.status(), field);
}

ssize_t HttpStream::read_chunk_size() {
    if (const ssize_t result = read_line(); result <= 0)
        return result;
    const auto size = parse_chunk_size(line_);
    if (!size)
        return fail("broken chunk");
    size_crlf_ = crlf_;
    header_bytes_ = 0;
    if (*size == 0)
        return read_trailers();
    // cpp-httplib takes the largest number for an error; nobody can send so much anyway.
    missing_ = std::min(*size, std::numeric_limits<std::uint64_t>::max() - 1);
    part_ = Part::chunk;
    lines_ = fmt::format("{:x}\r\n", missing_);
    return 1;
}

// Fields after the last chunk, which a client may discard (RFC 9112, 7.1.2).
ssize_t HttpStream::read_trailers() {
    for (;;) {
        if (const ssize_t result = read_line(); result <= 0)
            return result;
        if (line_.empty())
            break;
        if (!is_trailer(line_))
            return fail("broken chunk");
    }
    lines_ = "0\r\n\r\n";
    return 1;
}

ssize_t HttpStream::read_chunk_end() {
    if (const ssize_t result = read_line(); result <= 0)
        return result;
    // LF alone only where it ended the size, too: a size that is one too large has just taken
    // the CR for data.
    if (!line_.empty() || (size_crlf_ && !crlf_))
        return fail("broken chunk");
    part_ = Part::chunk_size;
    lines_ = "\r\n";
    return 1;
}

ssize_t HttpStream::fail(std::string error) {
    error_ = std::move(error);
    return -1;
}

}  // namespace common
