// What becomes of a page: the types that every chapter shares.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace common {

// steady_clock is CLOCK_MONOTONIC on Linux: one clock for all processes of the machine, so times
// that a forked worker took can be compared with the parent's.
using Clock = std::chrono::steady_clock;

enum class ErrorKind : std::uint8_t {
    not_attempted,       // nobody came to it: the default of a result slot
    stopped,             // under way when Ctrl-C or SIGTERM came
    bad_url,             // the list or a redirect names something that cannot be downloaded
    resolve,             // no address for the host's name
    connect,             // no TCP connection
    tls,                 // no trust: handshake or certificate
    timeout,             // the page's deadline passed
    reset,               // the connection broke
    truncated,           // the server closed before the end
    protocol,            // the answer is not HTTP/1.1 as RFC 9112 has it
    too_large,           // more than Options::max_bytes
    too_many_redirects,  // more than Options::max_redirects
    http_status,         // a final status other than 2xx
    worker_died,         // the process that held the page is gone
    not_saved,           // the page arrived but could not be written to Options::save_directory
    internal,            // an exception in this program, which cost this page only
};

// The enumerator's own name, as the JSON report prints it.
std::string_view name_of(ErrorKind kind);
std::optional<ErrorKind> error_kind_named(std::string_view name);

using Sha256 = std::array<unsigned char, 32>;

// 64 lower-case hexadecimal digits.
std::string to_hex(const Sha256& hash);

// When a page was worked on, how far it was when, and by whom. A mark that was not reached, or not
// needed, is the clock's zero: a kept connection is neither resolved nor made once more.
struct Timestamps {
    Clock::time_point begin{};       // a worker took it up
    Clock::time_point redirected{};  // the last redirect had come: the marks below are later
    Clock::time_point resolved{};    // the host's addresses were known
    Clock::time_point connected{};   // the TCP connection stood
    Clock::time_point secured{};     // the TLS handshake was done
    Clock::time_point requested{};   // the request was sent
    Clock::time_point answered{};    // the first bytes of the answer were there
    Clock::time_point received{};    // its last byte had come, or it had failed
    Clock::time_point end{};         // the worker was done with it, Options::work_mib included
    std::uint32_t worker = 0;        // 0 ... workers - 1
    std::int32_t process_id = 0;     // the worker's own, getpid(2)
    std::int32_t thread_id = 0;      // the worker's own, gettid(2)

    // From taking it up to the last byte; 0 for a page that nobody took up.
    std::chrono::duration<double> download_time() const { return received - begin; }

    // For a new attempt to reach the page: what the last one had reached no longer counts.
    void forget_attempt() { resolved = connected = secured = requested = answered = {}; }
};

// Every mark of a page, in the order in which it meets them.
inline constexpr std::array time_marks = {
    &Timestamps::begin,     &Timestamps::redirected, &Timestamps::resolved,
    &Timestamps::connected, &Timestamps::secured,    &Timestamps::requested,
    &Timestamps::answered,  &Timestamps::received,   &Timestamps::end};

// Timestamps for pages that the calling thread works on, as this worker.
Timestamps times_of_this_thread(std::uint32_t worker);

struct DownloadError {
    ErrorKind kind = ErrorKind::not_attempted;
    std::string message = "not attempted";  // names the host or URL, the cause, and what to do
    std::optional<int> status = {};         // the HTTP status, where one arrived
    Timestamps times = {};
};

struct Page {
    int status = 0;           // 200 ... 299
    std::uint64_t bytes = 0;  // of the body, as it came over the wire
    Sha256 sha256 = {};       // of the same bytes
    Timestamps times = {};
};

// Error first: a slot that nobody filled is a failure.
using Result = std::variant<DownloadError, Page>;

inline bool arrived(const Result& result) {
    return std::holds_alternative<Page>(result);
}
const Timestamps& times_of(const Result& result);
Timestamps& times_of(Result& result);

}  // namespace common
