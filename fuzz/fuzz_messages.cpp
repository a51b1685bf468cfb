// Fuzzes what the parent of 03_multiprocess takes from its workers, and they from it: any bytes are
// either refused or a message that survives another journey.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "03_multiprocess/messages.hpp"
#include "require.hpp"

namespace {

using common::DownloadError;
using common::Page;
using common::Result;
using common::Timestamps;
using fuzz::require;

bool same(const Timestamps& a, const Timestamps& b) {
    return a.worker == b.worker && a.process_id == b.process_id && a.thread_id == b.thread_id &&
           std::all_of(common::time_marks.begin(), common::time_marks.end(),
                       [&](const auto mark) { return a.*mark == b.*mark; });
}

bool same(const Page& a, const Page& b) {
    return a.status == b.status && a.bytes == b.bytes && a.sha256 == b.sha256 &&
           same(a.times, b.times);
}

bool same(const DownloadError& a, const DownloadError& b) {
    return a.kind == b.kind && a.message == b.message && a.status == b.status &&
           same(a.times, b.times);
}

bool same(const Result& a, const Result& b) {
    if (const auto* page = std::get_if<Page>(&a))
        return common::arrived(b) && same(*page, std::get<Page>(b));
    return !common::arrived(b) && same(std::get<DownloadError>(a), std::get<DownloadError>(b));
}

void check_result(std::string_view message) {
    const auto result = multiprocess_model::decode_result(message);
    if (!result)
        return;
    if (const auto* error = std::get_if<DownloadError>(&*result))
        require(common::error_kind_named(common::name_of(error->kind)) == error->kind,
                "the kind of an error has a name");
    const std::string encoded = multiprocess_model::encode_result(*result);
    require(encoded.size() <= multiprocess_model::max_message_bytes, "a message fits in a packet");
    require(encoded == message, "a result is encoded in one way only");
    const auto again = multiprocess_model::decode_result(encoded);
    require(again.has_value(), "what is encoded can be decoded");
    require(same(*again, *result), "a result arrives as it was sent");
}

void check_task(std::string_view message) {
    const auto index = multiprocess_model::decode_task(message);
    if (index)
        require(multiprocess_model::encode_task(*index) == message,
                "a task arrives as it was sent");
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view message(reinterpret_cast<const char*>(data), size);
    check_result(message);
    check_task(message);
    return 0;
}
