// What only worker processes promise: one that dies or hangs costs its own page and no other.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "03_multiprocess/download_all.hpp"
#include "03_multiprocess/worker_process.hpp"
#include "common/practice_site/practice_site_process.hpp"
#include "common/run/stop.hpp"
#include "support/open_file_limit.hpp"
#include "support/pipe.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/sanitized.hpp"
#include "support/standard_error.hpp"
#include "support/text.hpp"

namespace {

using common::DownloadError;
using common::PracticeSite;
using common::Result;
using std::chrono::milliseconds;
using test_support::eventually;

// Workers of this process, apart from the practice site.
std::vector<pid_t> worker_processes(const std::vector<pid_t>& others) {
    auto children = test_support::children_of(getpid());
    std::erase_if(children, [&](pid_t child) {
        return std::find(others.begin(), others.end(), child) != others.end();
    });
    return children;
}

// Downloads 12 pages with 3 workers, all slow but the first. When that one has arrived, and the
// other workers have asked for theirs, does something with the workers.
template <typename Action>
std::vector<Result> download_meanwhile(milliseconds timeout, Action action) {
    const common::PracticeSite site;
    const auto others = test_support::children_of(getpid());
    std::vector<std::string> urls = {site.origin() + "/page/1"};
    for (int page = 2; page <= 12; ++page)
        urls.push_back(fmt::format("{}/hold/door/delay/300/page/{}", site.origin(), page));
    const common::Options options{.workers = 3, .timeout = timeout, .ca_file = site.ca_file()};
    bool done = false;
    auto results =
        multiprocess_model::download_all(urls, options, [&](std::size_t, const Result& result) {
            if (std::exchange(done, true))
                return;
            CHECK(eventually([&] { return test_support::stats_of(site)["in_flight"] >= 2; }));
            site.get("/release/door");
            action(worker_processes(others), times_of(result).worker);
        });
    CHECK(worker_processes(others).empty());
    return results;
}

std::vector<Result> download_and_signal(int signal, milliseconds timeout) {
    return download_meanwhile(timeout, [&](const std::vector<pid_t>& workers, std::size_t ready) {
        kill(workers.at((ready + 1) % 3), signal);
    });
}

// What the process's descriptors that are sockets lead to: "socket:[12345]" (proc(5)).
std::vector<std::string> sockets_of(pid_t process) {
    std::vector<std::string> sockets;
    for (const auto& entry :
         std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/fd"))
        if (const auto target = std::filesystem::read_symlink(entry).string();
            target.starts_with("socket:"))
            sockets.push_back(target);
    return sockets;
}

std::vector<DownloadError> errors_of(const std::vector<Result>& results) {
    std::vector<DownloadError> errors;
    for (const Result& result : results)
        if (const auto* error = std::get_if<DownloadError>(&result))
            errors.push_back(*error);
    return errors;
}

TEST_CASE("a worker that a signal kills costs one page and names the signal") {
    // Workers inherit what a signal does. Sanitizers would report a SIGSEGV as a bug.
    const auto on_segfault = std::signal(SIGSEGV, SIG_DFL);
    const std::string real_time = fmt::format("signal {}", SIGRTMIN);
    for (const auto& [signal, name] : {std::pair<int, std::string>{SIGKILL, "SIGKILL"},
                                       {SIGUSR1, "SIGUSR1"},
                                       {SIGSEGV, "SIGSEGV"},
                                       {SIGRTMIN, real_time}}) {
        const auto results = download_and_signal(signal, milliseconds(10'000));
        const auto errors = errors_of(results);
        const std::uint32_t first = times_of(results.at(0)).worker;
        REQUIRE(results.size() == 12);
        REQUIRE(errors.size() == 1);
        CHECK(errors[0].kind == common::ErrorKind::worker_died);
        const common::Timestamps& times = errors[0].times;
        const std::string cause = fmt::format("worker process {} was killed by {} while it held ",
                                              times.process_id, name);
        CHECK(errors[0].message.starts_with(cause));
        CHECK(errors[0].message.find("/page/") != std::string::npos);
        CHECK(times.worker == (first + 1) % 3);
        CHECK(times.process_id > 0);
        CHECK(times.process_id != times_of(results.at(0)).process_id);
        CHECK(times.thread_id == times.process_id);
        CHECK(times.begin > common::Clock::time_point());
        CHECK(times.begin < times.received);
        CHECK(times.received <= times.end);
        // Who takes its place has its number.
        CHECK(std::any_of(results.begin(), results.end(), [&](const Result& result) {
            return arrived(result) && times_of(result).worker == times.worker;
        }));
    }
    std::signal(SIGSEGV, on_segfault);
}

TEST_CASE("a lost page has its own URL, and began when its worker was given it") {
    const PracticeSite site({"--plain"});
    const std::vector<std::string> urls = {
        site.origin() + "/page/1", site.origin() + "/hold/door/page/2", site.origin() + "/silence"};
    pid_t first = -1;
    common::Clock::time_point killed;
    const auto results = multiprocess_model::download_all(
        urls, {.workers = 2}, [&](std::size_t index, const Result& result) {
            if (index == 0) {
                first = times_of(result).process_id;
                site.get("/release/door");
            }
            if (index != 1)
                return;
            // The first worker has the third page by now.
            killed = common::Clock::now();
            kill(first, SIGKILL);
        });
    const auto errors = errors_of(results);
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].message ==
          fmt::format("worker process {} was killed by SIGKILL while it held {}; its page is lost",
                      first, urls[2]));
    CHECK(errors[0].times.begin <= killed);
}

TEST_CASE("a worker that dies between two pages costs none") {
    const common::PracticeSite site;
    const auto urls = site.page_urls({.pages = 6, .latency_ms = 0, .page_bytes = 100});
    const auto results = multiprocess_model::download_all(
        urls, {.workers = 1, .ca_file = site.ca_file()},
        [&](std::size_t index, const Result& result) {
            if (index != 2)
                return;
            // It has answered, and is given its next page only when this returns.
            kill(times_of(result).process_id, SIGKILL);
            CHECK(
                eventually([&] { return !test_support::is_running(times_of(result).process_id); }));
        });
    CHECK(errors_of(results).empty());
    const auto log = test_support::log_of(site);
    CHECK(log.size() == 6);
    for (const auto& times_asked : log)
        CHECK(times_asked == 1);
}

// In a process of its own, which alone is asked to stop.
TEST_CASE("after Ctrl-C too a worker that somebody killed has died, and was not stopped") {
    const common::PracticeSite site;
    const std::vector<std::string> urls = {site.origin() + "/page/1", site.origin() + "/silence"};
    const pid_t child = fork();
    if (child == 0) {
        common::install_stop_signals();
        const auto results = multiprocess_model::download_all(
            urls, {.workers = 2, .ca_file = site.ca_file()},
            [&](std::size_t index, const Result& result) {
                if (index != 0)
                    return;
                for (const pid_t worker : test_support::children_of(getpid())) {
                    if (worker == times_of(result).process_id)
                        continue;
                    kill(worker, SIGKILL);
                    eventually([&] { return !test_support::is_running(worker); });
                }
                raise(SIGINT);
            });
        const auto errors = errors_of(results);
        _exit(errors.size() == 1 ? static_cast<int>(errors[0].kind) : 255);
    }
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WEXITSTATUS(status) == static_cast<int>(common::ErrorKind::worker_died));
}

TEST_CASE("a worker that is stopped past the deadline costs one page") {
    const auto errors = errors_of(download_and_signal(SIGSTOP, milliseconds(1500)));
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].kind == common::ErrorKind::worker_died);
}

TEST_CASE("the only worker's death does not stop the others' pages") {
    const common::PracticeSite site;
    const auto others = test_support::children_of(getpid());
    const auto urls = site.page_urls({.pages = 6, .latency_ms = 50, .page_bytes = 100});
    const auto results = multiprocess_model::download_all(
        urls, {.workers = 1, .ca_file = site.ca_file()}, [&](std::size_t index, const Result&) {
            if (index == 2)
                kill(worker_processes(others).front(), SIGKILL);
        });
    // The signal comes while the worker holds nothing or page 3: at most one page is lost.
    CHECK(errors_of(results).size() <= 1);
    CHECK(arrived(results.at(5)));
}

TEST_CASE("a worker for whom no page is left ends while the others go on") {
    const common::PracticeSite site;
    const auto others = test_support::children_of(getpid());
    int calls = 0;
    multiprocess_model::download_all(
        {site.origin() + "/page/1", site.origin() + "/delay/300/page/2"},
        {.workers = 2, .ca_file = site.ca_file()}, [&](std::size_t, const Result&) {
            // At the first the other worker has a page still; at the second it has none.
            if (++calls == 2)
                CHECK(eventually([&] {
                    const auto workers = worker_processes(others);
                    return std::count_if(workers.begin(), workers.end(),
                                         test_support::is_running) == 1;
                }));
        });
    CHECK(calls == 2);
}

// Otherwise a worker that is told to exit lives on until the one that holds its socket has ended.
TEST_CASE("no worker keeps a socket of another") {
    download_meanwhile(milliseconds(10'000), [](const std::vector<pid_t>& workers, std::size_t) {
        std::vector<std::string> all;
        for (const pid_t worker : workers)
            for (const std::string& socket : sockets_of(worker))
                all.push_back(socket);
        REQUIRE(all.size() >= workers.size());
        std::sort(all.begin(), all.end());
        CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
    });
}

TEST_CASE("a worker that cannot be replaced costs one page and not the run") {
    if (is_sanitized()) {
        MESSAGE("skipped: sanitizers open files of their own");
        return;
    }
    for (const rlim_t most : {3U, 4U}) {  // with 3 poll(2) refuses the descriptors of all, too
        CAPTURE(most);
        std::vector<DownloadError> errors;
        const std::string said = test_support::standard_error_of([&] {
            std::optional<test_support::OpenFileLimit> limit;
            errors = errors_of(download_meanwhile(
                milliseconds(10'000), [&](const std::vector<pid_t>& workers, std::size_t ready) {
                    limit.emplace(most);
                    kill(workers.at((ready + 1) % 3), SIGKILL);
                }));
        });
        REQUIRE(errors.size() == 1);
        CHECK(errors[0].kind == common::ErrorKind::worker_died);
        CHECK(said == fmt::format("cannot make a socket pair for a worker: Too many open files: "
                                  "going on without worker {}\n",
                                  errors[0].times.worker + 1));
    }
}

TEST_CASE("a worker ends without what the program does at its end") {
    static int at_exit = -1;  // written to by whoever runs the functions of atexit(3)
    std::atexit([] {
        if (at_exit >= 0 && write(at_exit, "x", 1) < 0)
            _exit(1);
    });
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    at_exit = ends[1];
    {
        const multiprocess_model::WorkerProcess worker([](int) {}, {});
    }
    at_exit = -1;
    close(ends[1]);
    char byte = 0;
    CHECK(read(ends[0], &byte, 1) == 0);
    close(ends[0]);
}

TEST_CASE("a worker that holds no page is left the time to end by itself") {
    const test_support::Pipe pipe;
    {
        const multiprocess_model::WorkerProcess worker(
            [&](int socket) {
                while (multiprocess_model::receive_task(socket)) {
                }
                std::this_thread::sleep_for(milliseconds(10));
                pipe.fill();
            },
            {});
    }
    pollfd written{pipe.reader.get(), POLLIN, 0};
    CHECK(poll(&written, 1, 0) == 1);
}

// A handler that does not ask for SA_RESTART: recv(2) fails with EINTR.
TEST_CASE("a signal that a worker handles does not end its wait for a page") {
    multiprocess_model::WorkerProcess worker(
        [](int socket) {
            struct sigaction action {};
            action.sa_handler = [](int) {};
            sigaction(SIGUSR1, &action, nullptr);
            while (const auto index = multiprocess_model::receive_task(socket))
                multiprocess_model::send_result(socket, common::Page{.bytes = *index});
        },
        {});
    REQUIRE(worker.give(0));
    REQUIRE(worker.receive());  // its handler is there
    const std::string status = fmt::format("/proc/{}/status", worker.process_id());
    REQUIRE(eventually(
        [&] { return test_support::contains(test_support::read_text(status), "State:\tS"); }));
    kill(worker.process_id(), SIGUSR1);
    REQUIRE(eventually([&] { return !test_support::is_pending(worker.process_id(), SIGUSR1); }));
    CHECK(worker.give(7));
    const auto result = worker.receive();
    REQUIRE(result);
    CHECK(std::get<common::Page>(*result).bytes == 7);
}

// The limit on processes does not bind root: a process of its own becomes somebody else first.
TEST_CASE("a fork that fails leaves no descriptor open") {
    if (is_sanitized() || !test_support::may_become_nobody_else()) {
        MESSAGE("skipped: sanitizers, or no right to change the user");
        return;
    }
    const pid_t child = fork();
    if (child == 0) {
        const rlimit none{0, 0};
        if (setrlimit(RLIMIT_NPROC, &none) != 0 || setuid(65534) != 0)
            _exit(2);
        const auto before = test_support::count_open_descriptors();
        try {
            const multiprocess_model::WorkerProcess worker([](int) {}, {});
            _exit(3);
        } catch (const std::system_error&) {
            _exit(test_support::count_open_descriptors() == before ? 0 : 1);
        }
    }
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WEXITSTATUS(status) == 0);
}

// The parent meets ECONNRESET before the result, because the worker died with a task unread.
TEST_CASE("what a worker had sent before it died arrives") {
    multiprocess_model::WorkerProcess worker(
        [](int socket) {
            multiprocess_model::receive_task(socket);
            pollfd second_task{socket, POLLIN, 0};
            poll(&second_task, 1, -1);
            multiprocess_model::send_result(socket, common::Page{.status = 200, .bytes = 7});
        },
        {});
    REQUIRE(worker.give(0));
    REQUIRE(worker.give(1));
    // Asks nothing of the worker, which ends all the same: its end of the socket closes.
    pollfd closed{worker.socket(), POLLRDHUP, 0};
    REQUIRE(poll(&closed, 1, 20'000) == 1);
    const auto result = worker.receive();
    REQUIRE(result);
    CHECK(std::get<common::Page>(*result).bytes == 7);
}

TEST_CASE("an answer that cannot be read is none, and the worker still has its page") {
    multiprocess_model::WorkerProcess worker(
        [](int socket) {
            multiprocess_model::receive_task(socket);
            send(socket, "?", 1, 0);
            pause();
        },
        {});
    REQUIRE(worker.give(7));
    CHECK_FALSE(worker.receive());
    CHECK(worker.current_page() == 7);
    CHECK(worker.cause_of_death() == "was killed by SIGKILL");
}

TEST_CASE("a worker that ends by itself tells its exit status, which is 1 after an exception") {
    for (const int status : {3, 1}) {
        multiprocess_model::WorkerProcess worker(
            [=](int socket) {
                multiprocess_model::receive_task(socket);
                if (status == 1)
                    throw std::runtime_error("a bug");
                _exit(status);
            },
            {});
        REQUIRE(worker.give(0));
        CHECK_FALSE(worker.receive());
        CHECK(worker.cause_of_death() == fmt::format("exited with status {}", status));
    }
}

TEST_CASE("a worker that cannot be given its page holds none") {
    multiprocess_model::WorkerProcess worker([](int) {}, {});
    REQUIRE(eventually([&] { return !test_support::is_running(worker.process_id()); }));
    CHECK_FALSE(worker.give(0));
    CHECK_FALSE(worker.current_page().has_value());
}

TEST_CASE("a parent does not wait for ever for a worker that holds a page or is stopped") {
    const auto work = [](int socket) {
        multiprocess_model::receive_task(socket);
        pause();
    };
    pid_t process = -1;
    SUBCASE("it holds a page") {
        multiprocess_model::WorkerProcess worker(work, {});
        process = worker.process_id();
        REQUIRE(worker.give(0));
    }
    SUBCASE("it is stopped") {
        const multiprocess_model::WorkerProcess worker(work, {});
        process = worker.process_id();
        REQUIRE(kill(process, SIGSTOP) == 0);
    }
    CHECK_FALSE(test_support::exists(process));
}

}  // namespace
