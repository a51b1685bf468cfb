// What the worker processes say, and what is not taken for it.
#include "03_multiprocess/messages.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace {

using common::Clock;
using common::DownloadError;
using common::ErrorKind;
using common::Page;
using common::Result;
using common::Timestamps;
using multiprocess_model::decode_result;
using multiprocess_model::decode_task;
using multiprocess_model::encode_result;
using multiprocess_model::encode_task;
using multiprocess_model::max_message_bytes;
using multiprocess_model::max_message_text;

// Each mark another one, so that none can stand in for its neighbour.
Timestamps some_times() {
    Timestamps times{.worker = 0xFEDCBA98, .process_id = 4'194'304, .thread_id = -7};
    Clock::rep count = 1'234'567'890'123;
    for (const auto mark : common::time_marks)
        times.*mark = Clock::time_point(Clock::duration(count = -count * 3));
    return times;
}

Page some_page() {
    Page page{.status = 206, .bytes = 0x123456789ABCDEF0, .sha256 = {}, .times = some_times()};
    for (std::size_t i = 0; i < page.sha256.size(); ++i)
        page.sha256.at(i) = static_cast<unsigned char>(255 - i);
    return page;
}

DownloadError some_error(ErrorKind kind, std::optional<int> status = {}) {
    return {.kind = kind, .message = "why", .status = status, .times = some_times()};
}

std::vector<ErrorKind> all_kinds() {
    std::vector<ErrorKind> kinds;
    for (int i = 0; i <= static_cast<int>(ErrorKind::not_saved); ++i)
        kinds.push_back(static_cast<ErrorKind>(i));
    return kinds;
}

void check_same_times(const Timestamps& a, const Timestamps& b) {
    for (const auto mark : common::time_marks)
        CHECK((a.*mark == b.*mark));
    CHECK(a.worker == b.worker);
    CHECK(a.process_id == b.process_id);
    CHECK(a.thread_id == b.thread_id);
}

// The result after its journey, which must succeed.
Result sent(const Result& result) {
    const auto decoded = decode_result(encode_result(result));
    REQUIRE(decoded.has_value());
    return *decoded;
}

void check_arrives(const DownloadError& error) {
    const auto received = std::get<DownloadError>(sent(error));
    CHECK(received.kind == error.kind);
    CHECK(received.message == error.message);
    CHECK(received.status == error.status);
    check_same_times(received.times, error.times);
}

// A valid message of each form.
std::vector<std::string> valid_results() {
    return {encode_result(some_page()), encode_result(Page{}), encode_result(DownloadError{}),
            encode_result(some_error(ErrorKind::http_status, 404)),
            encode_result(DownloadError{.message = ""})};
}

TEST_CASE("a task arrives as it was sent") {
    for (const std::uint64_t index :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{255}, std::uint64_t{1} << 40U,
          std::numeric_limits<std::uint64_t>::max()})
        CHECK(decode_task(encode_task(index)) == index);
}

TEST_CASE("a task that is too short or too long is refused") {
    const std::string message = encode_task(0x0102030405060708);
    for (std::size_t size = 0; size < message.size(); ++size)
        CHECK_FALSE(decode_task(message.substr(0, size)).has_value());
    CHECK_FALSE(decode_task(message + '\0').has_value());
    CHECK_FALSE(decode_task(message + message).has_value());
}

TEST_CASE("a page arrives as it was sent") {
    const Page page = some_page();
    const auto received = std::get<Page>(sent(page));
    CHECK(received.status == page.status);
    CHECK(received.bytes == page.bytes);
    CHECK((received.sha256 == page.sha256));
    check_same_times(received.times, page.times);
}

TEST_CASE("an error of each kind arrives as it was sent") {
    for (const ErrorKind kind : all_kinds()) {
        check_arrives(some_error(kind));
        check_arrives(some_error(kind, 503));
        check_arrives(some_error(kind, 0));  // which is not none
    }
}

TEST_CASE("error texts of any bytes arrive as they were sent") {
    for (const std::string& text :
         {std::string(), std::string("a\0b", 3), std::string("\n\xFF\xC3\xBC"), std::string("P"),
          std::string(max_message_text - 1, 'x'), std::string(max_message_text, 'x')}) {
        DownloadError error = some_error(ErrorKind::tls);
        error.message = text;
        check_arrives(error);
    }
}

TEST_CASE("a long error text is cut and the rest of the error arrives") {
    for (const std::size_t size : {max_message_text + 1, max_message_text * 10}) {
        DownloadError error = some_error(ErrorKind::bad_url, 302);
        for (std::size_t i = 0; i < size; ++i)
            error.message += static_cast<char>('a' + i % 26);
        const auto received = std::get<DownloadError>(sent(error));
        CHECK(received.message.size() == max_message_text);
        CHECK(error.message.starts_with(received.message));
        CHECK(received.kind == ErrorKind::bad_url);
        CHECK(received.status == 302);
        check_same_times(received.times, error.times);
    }
}

TEST_CASE("no message is larger than a packet") {
    for (const ErrorKind kind : all_kinds()) {
        DownloadError error = some_error(kind, std::numeric_limits<int>::max());
        error.message = std::string(1'000'000, 'x');
        CHECK(encode_result(error).size() <= max_message_bytes);
    }
    CHECK(encode_result(some_page()).size() <= max_message_bytes);
    CHECK(encode_task(std::numeric_limits<std::uint64_t>::max()).size() <= max_message_bytes);
}

TEST_CASE("every beginning of a result is refused") {
    for (const std::string& message : valid_results()) {
        REQUIRE(decode_result(message).has_value());
        for (std::size_t size = 0; size < message.size(); ++size) {
            CAPTURE(size);
            CHECK_FALSE(decode_result(message.substr(0, size)).has_value());
        }
    }
}

TEST_CASE("a result with bytes after its end is refused") {
    for (const std::string& message : valid_results()) {
        CHECK_FALSE(decode_result(message + '\0').has_value());
        CHECK_FALSE(decode_result(message + message).has_value());
    }
}

TEST_CASE("a result of an unknown form is refused") {
    for (const std::string& valid : valid_results()) {
        for (int tag = 0; tag < 256; ++tag) {
            std::string message = valid;
            message[0] = static_cast<char>(tag);
            CHECK(decode_result(message).has_value() == (message == valid));
        }
    }
}

TEST_CASE("an error of an unknown kind is refused") {
    const std::string valid = encode_result(some_error(ErrorKind::not_attempted));
    for (int kind = 0; kind < 256; ++kind) {
        std::string message = valid;
        message[1] = static_cast<char>(kind);  // after the tag
        CHECK(decode_result(message).has_value() ==
              (kind <= static_cast<int>(ErrorKind::internal)));
    }
}

TEST_CASE("an error text that claims another length is refused") {
    const std::string valid = encode_result(some_error(ErrorKind::tls));
    for (const std::uint32_t length : {0U, 2U, 4U, 1000U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
        std::string message = valid;
        message.replace(2, 4, reinterpret_cast<const char*>(&length), 4);  // after tag and kind
        CHECK_FALSE(decode_result(message).has_value());
    }
}

}  // namespace
