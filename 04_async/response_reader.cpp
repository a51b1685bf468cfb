#include "response_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "common/text.hpp"

namespace async_model {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// RFC 9110, 5.6.2: what a field's name is made of.
bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

}  // namespace

ResponseReader::ResponseReader(TakeHead take_head, TakeBody take_body)
    : take_head_(std::move(take_head)), take_body_(std::move(take_body)) {}

ResponseReader::State ResponseReader::feed(std::string_view bytes) {
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
    else if (part_ == Part::status_line && !common::starts_like_http(line_))
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
    const std::size_t room = common::max_header_bytes + 1 - header_bytes_;
    const std::string_view within = bytes.substr(0, room);
    const std::size_t end = within.find('\n');
    const std::size_t taken = end == std::string_view::npos ? within.size() : end + 1;
    header_bytes_ += taken;
    line_ += bytes.substr(0, taken);
    bytes.remove_prefix(taken);
    if (part_ == Part::status_line && !common::starts_like_http(line_)) {
        fail("no status line");
        return false;
    }
    // Counts the head and, because chunk sizes and trailers are lines too, each of these alone.
    if (header_bytes_ > common::max_header_bytes) {
        fail(fmt::format("header over {} bytes", common::max_header_bytes));
        return false;
    }
    if (end == std::string_view::npos)
        return false;
    line_.pop_back();
    if (line_.ends_with('\r'))
        line_.pop_back();
    return true;
}

void ResponseReader::read_line() {
    switch (part_) {
        case Part::status_line:
            return read_status_line();
        case Part::fields:
            return line_.empty() ? end_of_fields() : read_field();
        case Part::chunk_size:
            return read_chunk_size();
        case Part::chunk_end:
            part_ = Part::chunk_size;
            return line_.empty() ? void() : fail("broken chunk");
        case Part::trailers:
            return line_.empty() ? finish() : void();
        case Part::body:
        case Part::chunk:
            break;  // these are not lines
    }
}

// "HTTP/1.1 200 OK" (RFC 9112, 4); the text after the status may be missing.
void ResponseReader::read_status_line() {
    const std::string_view line = line_;
    const bool valid = line.size() >= 12 && common::starts_like_http(line) && is_digit(line[7]) &&
                       line[8] == ' ' &&
                       std::all_of(line.begin() + 9, line.begin() + 12, is_digit) &&
                       (line.size() == 12 || line[12] == ' ');
    if (!valid)
        return fail(line.starts_with("HTTP/1.") ? "malformed header" : "no status line");
    std::from_chars(line.data() + 9, line.data() + 12, head_.status);
    if (head_.status < 100 || head_.status == 101)
        return fail(fmt::format("status {}", head_.status));
    keep_alive_ = line[7] != '0';  // HTTP/1.0 ends the connection after each response
    part_ = Part::fields;
}

void ResponseReader::read_field() {
    // RFC 9110, 5.5: a CR or NUL within a field is invalid and dangerous.
    if (line_.find_first_of(std::string_view("\r\0", 2)) != std::string::npos)
        return fail("malformed header");
    // obs-fold: a line that begins with white space goes on with the field before it (RFC 9112,
    // 5.2); after the status line there is none (2.2).
    if (line_.starts_with(' ') || line_.starts_with('\t')) {
        if (name_.empty())
            return fail("malformed header");
        value_ += fmt::format(" {}", common::trimmed(line_));
        return;
    }
    take_field();
    const std::size_t colon = line_.find(':');
    name_ = common::lower_case(std::string_view(line_).substr(0, colon));
    if (colon == std::string::npos || !is_token(name_))
        return fail("malformed header");
    value_ = common::trimmed(std::string_view(line_).substr(colon + 1));
}

// Takes in the field that was read last, which is whole when the next line does not go on with it.
void ResponseReader::take_field() {
    const std::string_view value = common::trimmed(value_);
    if (name_ == "content-length")
        content_lengths_.emplace_back(value);
    else if (name_ == "transfer-encoding")
        codings_.emplace_back(value);
    else if (name_ == "location" && head_.location.empty())
        head_.location = value;
    else if (name_ == "connection" && common::has_connection_option(value, "close"))
        keep_alive_ = false;
    name_.clear();
}

void ResponseReader::end_of_fields() {
    take_field();
    if (head_.status < 200) {  // interim: the response is still to come (RFC 9110, 15.2)
        head_ = {};
        content_lengths_.clear();
        codings_.clear();
        part_ = Part::status_line;
        return;
    }
    const auto framing = common::body_framing(head_.status, content_lengths_, codings_);
    part_ = Part::body;
    if (const auto* error = std::get_if<std::string>(&framing))
        return fail(*error);
    const auto& body = std::get<common::BodyFraming>(framing);
    if (!take_head_(head_, body)) {
        state_ = State::rejected;
        return;
    }
    const auto* length = std::get_if<common::LengthBody>(&body);
    until_close_ = std::holds_alternative<common::UntilCloseBody>(body);
    if (std::holds_alternative<common::ChunkedBody>(body))
        part_ = Part::chunk_size;
    else if (std::holds_alternative<common::NoBody>(body) || (length && length->bytes == 0))
        finish();
    if (length)
        missing_ = length->bytes;
    keep_alive_ = keep_alive_ && !until_close_;
    header_bytes_ = 1;
}

// "1f4" or "1f4;extension" (RFC 9112, 7.1).
void ResponseReader::read_chunk_size() {
    const std::string_view digits =
        common::trimmed(std::string_view(line_).substr(0, line_.find(';')));
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), missing_, 16);
    if (error != std::errc{} || end != digits.data() + digits.size())
        return fail("broken chunk");
    part_ = missing_ == 0 ? Part::trailers : Part::chunk;
    header_bytes_ = 1;
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

void ResponseReader::fail(std::string error) {
    error_ = std::move(error);
    state_ = State::broken;
}

}  // namespace async_model
