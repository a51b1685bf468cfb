#include "messages.hpp"

#include <cstring>
#include <type_traits>

namespace multiprocess_model {
namespace {

template <typename Value>
void put(std::string& message, const Value& value) {
    static_assert(std::is_trivially_copyable_v<Value>);
    message.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// Takes a value off the front. False when there are too few bytes.
template <typename Value>
bool take(std::string_view& message, Value& value) {
    static_assert(std::is_trivially_copyable_v<Value>);
    if (message.size() < sizeof value)
        return false;
    std::memcpy(&value, message.data(), sizeof value);
    message.remove_prefix(sizeof value);
    return true;
}

void put_times(std::string& message, const common::Timestamps& times) {
    for (const auto mark : common::time_marks)
        put(message, (times.*mark).time_since_epoch().count());
    put(message, times.worker);
    put(message, times.process_id);
    put(message, times.thread_id);
}

bool take_times(std::string_view& message, common::Timestamps& times) {
    for (const auto mark : common::time_marks) {
        common::Clock::rep count = 0;
        if (!take(message, count))
            return false;
        times.*mark = common::Clock::time_point(common::Clock::duration(count));
    }
    return take(message, times.worker) && take(message, times.process_id) &&
           take(message, times.thread_id);
}

void put_text(std::string& message, std::string_view text) {
    text = text.substr(0, max_message_text);
    put(message, static_cast<std::uint32_t>(text.size()));
    message += text;
}

bool take_text(std::string_view& message, std::string& text) {
    std::uint32_t size = 0;
    if (!take(message, size) || size > max_message_text || size > message.size())
        return false;
    text = message.substr(0, size);
    message.remove_prefix(size);
    return true;
}

constexpr char page_tag = 'P';
constexpr char error_tag = 'E';
constexpr std::int32_t no_status = -1;

std::optional<common::Result> decode_page(std::string_view message) {
    common::Page page;
    if (take(message, page.status) && take(message, page.bytes) && take(message, page.sha256) &&
        take_times(message, page.times) && message.empty())
        return page;
    return std::nullopt;
}

std::optional<common::Result> decode_error(std::string_view message) {
    common::DownloadError error;
    std::int32_t status = 0;
    if (!take(message, error.kind) || error.kind > common::ErrorKind::internal ||
        !take_text(message, error.message) || !take(message, status) ||
        !take_times(message, error.times) || !message.empty())
        return std::nullopt;
    if (status != no_status)
        error.status = status;
    return error;
}

}  // namespace

std::string encode_task(std::uint64_t index) {
    std::string message;
    put(message, index);
    return message;
}

std::optional<std::uint64_t> decode_task(std::string_view message) {
    std::uint64_t index = 0;
    if (take(message, index) && message.empty())
        return index;
    return std::nullopt;
}

std::string encode_result(const common::Result& result) {
    std::string message;
    if (const auto* page = std::get_if<common::Page>(&result)) {
        put(message, page_tag);
        put(message, page->status);
        put(message, page->bytes);
        put(message, page->sha256);
        put_times(message, page->times);
    } else {
        const auto& error = std::get<common::DownloadError>(result);
        put(message, error_tag);
        put(message, error.kind);
        put_text(message, error.message);
        put(message, error.status.value_or(no_status));
        put_times(message, error.times);
    }
    return message;
}

std::optional<common::Result> decode_result(std::string_view message) {
    char tag = 0;
    if (!take(message, tag) || (tag != page_tag && tag != error_tag))
        return std::nullopt;
    return tag == page_tag ? decode_page(message) : decode_error(message);
}

}  // namespace multiprocess_model
