#include "common/page/result.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace common {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 16> kind_names = {
    "not_attempted", "stopped",     "bad_url",   "resolve",  "connect",   "tls",
    "timeout",       "reset",       "truncated", "protocol", "too_large", "too_many_redirects",
    "http_status",   "worker_died", "not_saved", "internal"};

}  // namespace

std::string_view name_of(ErrorKind kind) {
    return kind_names.at(static_cast<std::size_t>(kind));
}

std::optional<ErrorKind> error_kind_named(std::string_view name) {
    const auto* found = std::find(kind_names.begin(), kind_names.end(), name);
    if (found == kind_names.end())
        return std::nullopt;
    return static_cast<ErrorKind>(found - kind_names.begin());
}

std::string to_hex(const Sha256& hash) {
    return fmt::format("{:02x}", fmt::join(hash, ""));
}

Timestamps times_of_this_thread(std::uint32_t worker) {
    return {.worker = worker, .process_id = getpid(), .thread_id = gettid()};
}

const Timestamps& times_of(const Result& result) {
    return std::visit([](const auto& either) -> const Timestamps& { return either.times; }, result);
}

Timestamps& times_of(Result& result) {
    return std::visit([](auto& either) -> Timestamps& { return either.times; }, result);
}

}  // namespace common
