// The machine's own limits: what a program cannot have, it does without, or says so.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "common/practice_site.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"

namespace {

using test_support::Finished;
using test_support::TemporaryDirectory;

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// Runs `command` in a shell after `limit`, which the program inherits.
Finished run_limited(const std::string& limit, const std::string& command) {
    return test_support::run({"sh", "-c", limit + " && exec " + command});
}

TEST_CASE("with few open files there are fewer workers and a warning") {
    for (const char* program : {TUTORIAL_THREADS, TUTORIAL_MULTIPROCESS, TUTORIAL_ASYNC}) {
        CAPTURE(program);
        const Finished finished = run_limited(
            "ulimit -n 64",
            fmt::format("{} --workers 100 --pages 200 --latency 5 --page-bytes 100", program));
        CHECK(finished.exit_status == 0);
        CHECK(contains(finished.output, "200 of 200 pages arrived"));
        CHECK(contains(finished.errors, "(ulimit -n): 48 workers instead of 100"));
    }
}

// Becoming somebody who has no other processes makes the limit exact; it takes rights.
const std::vector<std::string> as_nobody_else = {"setpriv", "--reuid=54321", "--clear-groups"};

bool may_become_nobody_else() {
    std::vector<std::string> command = as_nobody_else;
    command.emplace_back("true");
    return test_support::run(command).exit_status == 0;
}

TEST_CASE("with few processes allowed there are fewer workers and a warning") {
    const bool sanitized = std::string(TUTORIAL_SANITIZE) != "";  // sanitizers start threads too
    if (sanitized || !may_become_nobody_else()) {
        MESSAGE("skipped: sanitizers, or no right to change the user");
        return;
    }
    for (const char* program : {TUTORIAL_THREADS, TUTORIAL_MULTIPROCESS}) {
        CAPTURE(program);
        const common::PracticeSite site({"--plain"});
        const TemporaryDirectory directory;
        std::string list;
        for (const std::string& url : site.page_urls({.pages = 100, .latency_ms = 20}))
            list += url + "\n";
        std::vector<std::string> command = as_nobody_else;
        command.insert(command.end(),
                       {"prlimit", "--nproc=20", program, "--workers", "100", "--input", "-"});
        const Finished finished = test_support::run(command, list);
        CAPTURE(finished.errors);
        CHECK(finished.exit_status == 0);
        CHECK(contains(finished.output, "100 of 100 pages arrived"));
        CHECK(contains(finished.errors, ": going on with "));
    }
}

TEST_CASE("a page that the disk cannot hold is a failure that names the file") {
    for (const char* program :
         {TUTORIAL_SYNC, TUTORIAL_THREADS, TUTORIAL_MULTIPROCESS, TUTORIAL_ASYNC}) {
        CAPTURE(program);
        const common::PracticeSite site;
        const TemporaryDirectory directory;
        const Finished finished = run_limited(
            "ulimit -f 8",
            fmt::format("{} --ca-file {} --save {} {}/bytes/100 {}/bytes/500000", program,
                        site.ca_file(), directory.path(), site.origin(), site.origin()));
        CHECK(finished.exit_status == 1);
        CHECK(contains(finished.output, "1 of 2 pages arrived"));
        CHECK(contains(finished.output, "FAILED     not_saved"));
        CHECK(contains(finished.output, directory.path() + "/000002_"));
        CHECK(directory.names().size() == 1);
    }
}

TEST_CASE("a list of 100,000 lines has 100,000 results") {
    std::string list;
    for (int i = 0; i < 100'000; ++i)
        list += fmt::format("no URL {}\r\n", i);
    for (const char* program : {TUTORIAL_SYNC, TUTORIAL_THREADS, TUTORIAL_ASYNC}) {
        CAPTURE(program);
        const Finished finished = test_support::run({program, "--input", "-", "--quiet"}, list);
        CHECK(finished.exit_status == 1);
        CHECK(contains(finished.output, "0 of 100000 pages arrived"));
        CHECK(contains(finished.output, "100000 bad_url\n"));
    }
}

TEST_CASE("a second Ctrl-C ends a program at once") {
    const common::PracticeSite site;
    test_support::Program program({TUTORIAL_MULTIPROCESS, "--workers", "1", "--ca-file",
                                   site.ca_file(), site.origin() + "/silence"});
    while (test_support::stats_of(site)["requests"] < 1)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    // A worker that is stopped: after the first Ctrl-C its parent waits for it a while.
    const auto children = test_support::children_of(program.process_id());
    REQUIRE(children.size() == 1);
    kill(children[0], SIGSTOP);
    kill(program.process_id(), SIGINT);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    kill(program.process_id(), SIGINT);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    kill(children[0], SIGKILL);  // it holds the other end of the program's output
    const Finished finished = program.finish();
    CHECK(finished.exit_status == 130);
    CHECK(finished.output.empty());  // a summary would mean that it waited for the worker
}

}  // namespace
