// What only worker processes promise: one that dies or hangs costs its own page and no other.
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "03_multiprocess/download_all.hpp"
#include "03_multiprocess/worker_process.hpp"
#include "common/practice_site/practice_site_process.hpp"
#include "support/processes.hpp"

namespace {

using common::DownloadError;
using common::Result;
using std::chrono::milliseconds;

// Workers of this process, apart from the practice site.
std::vector<pid_t> worker_processes(const std::vector<pid_t>& others) {
    auto children = test_support::children_of(getpid());
    std::erase_if(children, [&](pid_t child) {
        return std::find(others.begin(), others.end(), child) != others.end();
    });
    return children;
}

// Downloads 12 pages with 3 workers, all slow but the first, and when that one has arrived sends
// the signal to another worker, which is then in the middle of its page.
std::vector<Result> download_and_signal(int signal, milliseconds timeout) {
    const common::PracticeSite site;
    const auto others = test_support::children_of(getpid());
    auto urls = site.page_urls({.pages = 12, .latency_ms = 300, .page_bytes = 100});
    urls[0] = site.origin() + "/delay/50/page/1";
    const common::Options options{.workers = 3, .timeout = timeout, .ca_file = site.ca_file()};
    bool signalled = false;
    auto results =
        multiprocess_model::download_all(urls, options, [&](std::size_t, const Result& result) {
            if (!std::exchange(signalled, true))
                kill(worker_processes(others).at((times_of(result).worker + 1) % 3), signal);
        });
    CHECK(worker_processes(others).empty());
    return results;
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
    for (const auto& [signal, name] :
         {std::pair{SIGKILL, "SIGKILL"}, {SIGUSR1, "SIGUSR1"}, {SIGSEGV, "SIGSEGV"}}) {
        const auto results = download_and_signal(signal, milliseconds(10'000));
        const auto errors = errors_of(results);
        REQUIRE(results.size() == 12);
        REQUIRE(errors.size() == 1);
        CHECK(errors[0].kind == common::ErrorKind::worker_died);
        CHECK(errors[0].message.find(name) != std::string::npos);
        CHECK(errors[0].message.find("/page/") != std::string::npos);
    }
    std::signal(SIGSEGV, on_segfault);
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

TEST_CASE("a worker that ends by itself tells its exit status") {
    multiprocess_model::WorkerProcess worker(
        [](int socket) {
            multiprocess_model::receive_task(socket);
            _exit(3);
        },
        {});
    REQUIRE(worker.give(0));
    CHECK_FALSE(worker.receive());
    CHECK(worker.cause_of_death() == "exited with status 3");
}

}  // namespace
