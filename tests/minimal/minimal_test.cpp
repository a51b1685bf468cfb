// The smallest program of each chapter, in C++ and in Python: each page once, and as many at once
// as there are workers, as the practice site counted.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/sysinfo.h>

#include <algorithm>
#include <array>
#include <exception>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "common/net/descriptor.hpp"
#include "support/loopback.hpp"
#include "support/pipe.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/text.hpp"

namespace {

using common::PracticeSite;
using test_support::contains;
using test_support::eventually;
using test_support::Finished;
using test_support::Strings;

struct SyncCpp {
    static constexpr std::string_view file = TUTORIAL_SYNC_MINIMAL;
    static constexpr std::size_t workers = 1;
};
struct SyncPython {
    static constexpr std::string_view file = TUTORIAL_ROOT "/01_sync/minimal.py";
    static constexpr std::size_t workers = 1;
};
struct ThreadsCpp {
    static constexpr std::string_view file = TUTORIAL_THREADS_MINIMAL;
    static constexpr std::size_t workers = 3;
};
struct ThreadsPython {
    static constexpr std::string_view file = TUTORIAL_ROOT "/02_threads/minimal.py";
    static constexpr std::size_t workers = 3;
};
struct Mutex {
    static constexpr std::string_view file = TUTORIAL_THREADS_MUTEX;
    static constexpr std::size_t workers = 3;
};
struct MultiprocessCpp {
    static constexpr std::string_view file = TUTORIAL_MULTIPROCESS_MINIMAL;
    static constexpr std::size_t workers = 3;
};
struct MultiprocessPython {
    static constexpr std::string_view file = TUTORIAL_ROOT "/03_multiprocess/minimal.py";
    static constexpr std::size_t workers = 3;
};
struct AsyncCpp {
    static constexpr std::string_view file = TUTORIAL_ASYNC_MINIMAL;
    static constexpr std::size_t workers = 3;
};
struct AsyncPython {
    static constexpr std::string_view file = TUTORIAL_ROOT "/04_async/minimal.py";
    static constexpr std::size_t workers = 3;
};

}  // namespace

TYPE_TO_STRING_AS("01_sync", SyncCpp);
TYPE_TO_STRING_AS("01_sync in Python", SyncPython);
TYPE_TO_STRING_AS("02_threads", ThreadsCpp);
TYPE_TO_STRING_AS("02_threads in Python", ThreadsPython);
TYPE_TO_STRING_AS("03_multiprocess", MultiprocessCpp);
TYPE_TO_STRING_AS("03_multiprocess in Python", MultiprocessPython);
TYPE_TO_STRING_AS("04_async", AsyncCpp);
TYPE_TO_STRING_AS("04_async in Python", AsyncPython);

namespace {

// Of the interpreters here, one that has both libraries; nothing, and a message, where none has.
std::optional<std::string> find_python() {
    // Looks for them only: to import them takes ten times as long.
    const char* const program =
        "import importlib.util, sys\n"
        "sys.exit(not all(map(importlib.util.find_spec, ('aiohttp', 'requests'))))";
    for (const char* python : {"python3", "/usr/bin/python3"}) {
        try {
            if (test_support::run({python, "-c", program}).exit_status == 0)
                return python;
        } catch (const std::exception&) {
            continue;  // there is no such program
        }
    }
    MESSAGE(
        "skipped: no python3 with requests and aiohttp "
        "(apt-get install python3-requests python3-aiohttp)");
    return std::nullopt;
}

Strings with_python(const std::string& python, std::string_view file) {
    return {"env", "no_proxy=127.0.0.1", python, std::string(file)};
}

// The program's command line; nothing, and a message, where it cannot run.
template <typename Program>
std::optional<Strings> command(const std::string& site, std::size_t pages) {
    Strings words = {std::string(Program::file)};
    if (Program::file.ends_with(".py")) {
        const auto python = find_python();
        if (!python)
            return std::nullopt;
        words = with_python(*python, Program::file);
    }
    words.push_back(site);
    words.push_back(std::to_string(pages));
    if (Program::workers > 1)
        words.push_back(std::to_string(Program::workers));
    return words;
}

Strings sorted_lines(const std::string& text) {
    Strings lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    std::sort(lines.begin(), lines.end());
    return lines;
}

// A line for each page, in whatever order they came, and the seconds.
void check_output(const std::string& output, std::size_t pages) {
    Strings lines = sorted_lines(output);
    REQUIRE(lines.size() == pages + 1);
    CHECK(lines.front().ends_with(" s"));  // digits come before letters
    lines.erase(lines.begin());
    Strings expected;
    for (std::size_t page = 1; page <= pages; ++page)
        expected.push_back(fmt::format("page {}: 200, 16384 bytes", page));
    std::sort(expected.begin(), expected.end());
    CHECK(lines == expected);
}

// The time that a program prints at its end.
double seconds_in(const std::string& output) {
    const std::size_t end = output.rfind(" s\n");
    REQUIRE(end != std::string::npos);
    const std::size_t begin = output.find_last_of(" \n", end - 1) + 1;
    return std::stod(output.substr(begin, end - begin));
}

// `pages` of them, each once.
void check_site(const PracticeSite& site, std::size_t pages, std::size_t workers) {
    const auto stats = test_support::stats_of(site);
    CHECK(stats["requests"] == pages);
    CHECK(stats["connections"] == workers + 1);  // one is ours
    CHECK(stats["most_in_flight"] == workers);
    const auto log = test_support::log_of(site);
    CHECK(log.size() == pages);
    std::size_t asked_once = 0;
    for (std::size_t page = 1; page <= pages; ++page)
        asked_once += log.value(fmt::format("/delay/100/bytes/16384/page/{}", page), 0) == 1;
    CHECK(asked_once == pages);
}

// Enough for every worker to meet the others, however late it started.
template <typename Program>
constexpr std::size_t pages_for = 10 * Program::workers;

TEST_CASE_TEMPLATE("a smallest program gets each page once, with as many in flight as workers",
                   Program, SyncCpp, SyncPython, ThreadsCpp, ThreadsPython, MultiprocessCpp,
                   MultiprocessPython, AsyncCpp, AsyncPython) {
    const PracticeSite site({"--plain"});
    const auto words = command<Program>(site.origin(), pages_for<Program>);
    if (!words)
        return;
    const Finished finished = test_support::run(*words);
    CHECK(finished.exit_status == 0);
    CHECK(finished.errors.empty());
    check_output(finished.output, pages_for<Program>);
    CHECK(seconds_in(finished.output) >= 1);  // ten pages one after the other, of 100 ms each
    CHECK(seconds_in(finished.output) < 100);
    check_site(site, pages_for<Program>, Program::workers);
}

TEST_CASE("with a mutex each page is taken once, and nothing of what the threads add is lost") {
    const PracticeSite site({"--plain"});
    const std::size_t pages = pages_for<Mutex>;
    const Finished finished = test_support::run(*command<Mutex>(site.origin(), pages));
    CHECK(finished.exit_status == 0);
    CHECK(finished.output.starts_with(fmt::format("{} bytes, 0 pages failed, ", 16384 * pages)));
    CHECK(seconds_in(finished.output) >= 1);
    CHECK(seconds_in(finished.output) < 100);
    check_site(site, pages, Mutex::workers);
}

void check_defaults(Strings program, std::size_t workers, const char* latency_ms) {
    CAPTURE(program.back());
    const PracticeSite site({"--plain", "--latency", latency_ms});
    program.push_back(site.origin());
    const Finished finished = test_support::run(program);
    CHECK(finished.exit_status == 0);
    const auto stats = test_support::stats_of(site);
    CHECK(stats["requests"] == 50);
    CHECK(stats["connections"] == workers + 1);  // one is ours
}

template <typename Program>
void check_defaults(std::size_t workers, const char* latency_ms) {
    check_defaults({std::string(Program::file)}, workers, latency_ms);
}

TEST_CASE("a smallest program that is told only the site gets 50 pages, with its usual workers") {
    check_defaults<SyncCpp>(1, "1");
    check_defaults<MultiprocessCpp>(std::min<std::size_t>(static_cast<unsigned>(get_nprocs()), 50),
                                    "1");
    check_defaults<AsyncCpp>(50, "1");
    // Ten rounds: enough for every thread to have a page, however late it started.
    check_defaults<ThreadsCpp>(5, "50");
    check_defaults<Mutex>(5, "50");
}

TEST_CASE("the smallest program with threads has five of them in Python, too") {
    if (const auto python = find_python())
        check_defaults(with_python(*python, ThreadsPython::file), 5, "50");
}

// What a program prints of the five steps, once it has begun to cook.
const std::string cooked =
    "0.1 s: rice\n"
    "0.2 s: beans\n"
    "0.2 s: in turn: done\n"
    "0.1 s: rice\n"
    "0.1 s: beans\n"
    "0.1 s: at once: done\n";

// Where the machine was busy a line may be a tenth of a second late: then it is run again.
void check_five_steps(const Strings& program, const std::string& expected) {
    Finished finished;
    for (int attempt = 0; attempt < 20 && finished.output != expected; ++attempt)
        finished = test_support::run(program);
    CHECK(finished.output == expected);
    CHECK(finished.exit_status == 0);
}

TEST_CASE("in the five steps rice and beans are cooked in turn, and then both at once") {
    check_five_steps({TUTORIAL_ASYNC_FIVE_STEPS},
                     "0.0 s: spawned, and nothing has happened yet\n" + cooked);
}

TEST_CASE("in the five steps in Python they are cooked likewise") {
    if (const auto python = find_python())
        check_five_steps(with_python(*python, TUTORIAL_ROOT "/04_async/five_steps.py"), cooked);
}

// A zombie is a child still, until its parent has waited for it.
TEST_CASE("the smallest program with processes has waited for them all before it ends") {
    const auto pipe = test_support::make_full_pipe();
    const PracticeSite site({"--plain"});
    // At its end it waits, too: for room for its output.
    const test_support::Program program(*command<MultiprocessCpp>(site.origin(), 4), "",
                                        pipe.writer.get());
    REQUIRE(eventually([&] { return test_support::stats_of(site)["requests"] == 4; }));
    CHECK(eventually([&] { return test_support::children_of(program.process_id()).empty(); }));
    CHECK(test_support::is_running(program.process_id()));
}

// Answers the one request that comes, whatever it asks for, and says that it is not there.
class NothingThere {
  public:
    NothingThere() { REQUIRE(listen(listener_.get(), 1) == 0); }
    std::string origin() const { return fmt::format("http://127.0.0.1:{}", port_); }
    void answer() const {
        const common::Descriptor client(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        std::string request;
        std::array<char, 4096> buffer{};
        while (!contains(request, "\r\n\r\n")) {
            const ssize_t size = recv(client.get(), buffer.data(), buffer.size(), 0);
            REQUIRE(size > 0);
            request.append(buffer.data(), static_cast<std::size_t>(size));
        }
        const std::string_view reply = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone";
        CHECK(send(client.get(), reply.data(), reply.size(), MSG_NOSIGNAL) ==
              static_cast<ssize_t>(reply.size()));
    }

  private:
    const common::Descriptor listener_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const std::uint16_t port_ = test_support::bind_to_free_port(listener_.get());
};

TEST_CASE_TEMPLATE("a smallest program tells the status and the size of what is not a page, too",
                   Program, SyncCpp, ThreadsCpp, MultiprocessCpp) {
    const NothingThere site;
    test_support::Program program(*command<Program>(site.origin(), 1));
    site.answer();
    const Finished finished = program.finish();
    CHECK(finished.exit_status == 0);
    CHECK(finished.output.starts_with("page 1: 404, 4 bytes\n"));
}

TEST_CASE("to the program with a mutex whatever a site answers has not failed") {
    const NothingThere site;
    test_support::Program program(*command<Mutex>(site.origin(), 1));
    site.answer();
    CHECK(program.finish().output.starts_with("4 bytes, 0 pages failed, "));
}

// A port where nobody listens: connections to it are refused.
class ClosedPort {
  public:
    ~ClosedPort() { close(socket_); }
    ClosedPort() = default;
    ClosedPort(const ClosedPort&) = delete;
    ClosedPort& operator=(const ClosedPort&) = delete;
    std::string origin() const { return fmt::format("http://127.0.0.1:{}", port_); }

  private:
    const int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const std::uint16_t port_ = test_support::bind_to_free_port(socket_);
};

TEST_CASE_TEMPLATE("without a site a smallest program says for each page that it failed", Program,
                   SyncCpp, ThreadsCpp, MultiprocessCpp) {
    const ClosedPort port;
    const Finished finished = test_support::run(*command<Program>(port.origin(), 4));
    CHECK(finished.exit_status == 0);
    CHECK(test_support::count_lines(finished.output) == 4 + 1);
    for (int page = 1; page <= 4; ++page)
        CHECK(contains(finished.output, fmt::format("page {}: ", page)));
    CHECK_FALSE(contains(finished.output, "200"));
    // "Connection", or in newer versions of the library "Could not establish connection".
    CHECK(test_support::count_of(finished.output, "onnection") == 4);
}

TEST_CASE("without a site the program with a mutex lists each page that failed") {
    const ClosedPort port;
    const Finished finished = test_support::run(*command<Mutex>(port.origin(), 4));
    for (int page = 1; page <= 4; ++page)
        CHECK(contains(finished.output, fmt::format("page {} failed\n", page)));
    CHECK(contains(finished.output, "0 bytes, 4 pages failed, "));
}

TEST_CASE("without a site the smallest program with coroutines ends with the error") {
    const ClosedPort port;
    const Finished finished = test_support::run(*command<AsyncCpp>(port.origin(), 4));
    CHECK(finished.exit_status != 0);
    CHECK(contains(finished.errors, "Connection refused"));
}

// Not the one with processes: one time in a hundred Python's Pool never ends after an exception.
TEST_CASE_TEMPLATE("without a site a smallest program in Python ends with the error", Program,
                   SyncPython, ThreadsPython, AsyncPython) {
    const ClosedPort port;
    const auto words = command<Program>(port.origin(), 4);
    if (!words)
        return;
    const Finished finished = test_support::run(*words);
    CHECK(finished.exit_status != 0);
    CHECK(finished.output.empty());
    CHECK(contains(finished.errors, "ConnectionRefusedError"));
}

}  // namespace
