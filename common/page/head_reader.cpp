#include "common/page/head_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "common/page/text.hpp"

namespace common {

HeadReader::State HeadReader::take_line(std::string_view line) {
    if (has_cr_or_nul(line))
        return fail("malformed header");
    if (at_status_line_)
        return read_status_line(line);
    return line.empty() ? end_of_fields() : read_field(line);
}

// "HTTP/1.1 200 OK" (RFC 9112, 4); the text after the status may be missing.
HeadReader::State HeadReader::read_status_line(std::string_view line) {
    const bool valid = line.size() >= 12 && starts_like_http(line) && is_digit(line[7]) &&
                       line[8] == ' ' &&
                       std::all_of(line.begin() + 9, line.begin() + 12, is_digit) &&
                       (line.size() == 12 || line[12] == ' ');
    if (!valid)
        return fail(line.starts_with("HTTP/1.") ? "malformed header" : "no status line");
    std::from_chars(line.data() + 9, line.data() + 12, status_);
    if (status_ < 100 || status_ == 101)
        return fail(fmt::format("status {}", status_));
    keep_alive_ = line[7] != '0';  // HTTP/1.0 ends the connection after each response
    at_status_line_ = false;
    return State::incomplete;
}

HeadReader::State HeadReader::read_field(std::string_view line) {
    // obs-fold: a line that begins with white space goes on with the field before it (RFC 9112,
    // 5.2); after the status line there is none (2.2).
    if (line.starts_with(' ') || line.starts_with('\t')) {
        if (name_.empty())
            return fail("malformed header");
        value_ += fmt::format(" {}", trimmed(line));
        return State::incomplete;
    }
    take_field();
    if (!is_field(line))
        return fail("malformed header");
    const std::size_t colon = line.find(':');
    name_ = lower_case(line.substr(0, colon));
    value_ = trimmed(line.substr(colon + 1));
    return State::incomplete;
}

// Takes in the field that was read last, which is whole when the next line does not go on with it.
void HeadReader::take_field() {
    const std::string_view value = trimmed(value_);
    if (name_ == "content-length")
        content_lengths_.emplace_back(value);
    else if (name_ == "transfer-encoding")
        codings_.emplace_back(value);
    else if (name_ == "location" && location_.empty())
        location_ = value;
    else if (name_ == "connection" && has_connection_option(value, "close"))
        keep_alive_ = false;
    name_.clear();
}

HeadReader::State HeadReader::end_of_fields() {
    take_field();
    if (status_ < 200) {  // the response is still to come
        *this = {};
        return State::incomplete;
    }
    auto framing = body_framing(status_, content_lengths_, codings_);
    if (auto* error = std::get_if<std::string>(&framing))
        return fail(std::move(*error));
    framing_ = std::get<BodyFraming>(framing);
    keep_alive_ = keep_alive_ && !std::holds_alternative<UntilCloseBody>(framing_);
    return State::complete;
}

HeadReader::State HeadReader::fail(std::string error) {
    error_ = std::move(error);
    return State::broken;
}

}  // namespace common
