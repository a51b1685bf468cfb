// The machine's own limits: what a program cannot have, it does without, or says so.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sched.h>

#include <filesystem>
#include <string>
#include <utility>

#include "common/practice_site/practice_site_process.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/programs.hpp"
#include "support/sanitized.hpp"
#include "support/text.hpp"

namespace {

namespace programs = test_support::programs;

using test_support::as_nobody_else;
using test_support::contains;
using test_support::Finished;
using test_support::may_become_nobody_else;
using test_support::TemporaryDirectory;

// The limit on processes does not bind root, and is for all of a user's together.
bool process_limit_works() {
    if (!is_sanitized() && may_become_nobody_else())
        return true;
    MESSAGE("skipped: sanitizers, or no right to change the user");
    return false;
}

// Runs `command` in a shell after `limit`, which the program inherits.
Finished run_limited(const std::string& limit, const std::string& command) {
    return test_support::run({"sh", "-c", limit + " && exec " + command});
}

TEST_CASE("with few open files there are fewer workers and a warning") {
    for (const char* program : {programs::threads, programs::multiprocess, programs::async}) {
        CAPTURE(program);
        const Finished finished = run_limited(
            "ulimit -n 64",
            fmt::format("{} --workers 100 --pages 200 --latency 5 --page-bytes 100", program));
        CHECK(finished.exit_status == 0);
        CHECK(contains(finished.output, "200 of 200 pages arrived"));
        CHECK(contains(finished.errors,
                       "only 64 open files are allowed (ulimit -n): 48 workers instead of 100"));
    }
}

TEST_CASE("a page that is saved needs one open file more") {
    const TemporaryDirectory directory;
    const Finished finished = run_limited(
        "ulimit -n 64", fmt::format("{} --workers 100 --pages 100 --latency 5 --save {}",
                                    programs::threads, directory.path()));
    CHECK(contains(finished.output, "100 of 100 pages arrived"));
    CHECK(contains(finished.errors, "(ulimit -n): 24 workers instead of 100"));
}

TEST_CASE("however few files may be open, there is one worker") {
    const common::PracticeSite site({"--plain"});
    const TemporaryDirectory directory;
    const Finished finished = run_limited(
        "ulimit -n 17", fmt::format("{0} --workers 2 --save {1} {2}/page/1 {2}/page/2",
                                    programs::threads, directory.path(), site.origin()));
    CHECK(contains(finished.output, "2 of 2 pages arrived"));
    CHECK(contains(finished.errors, "(ulimit -n): 1 worker instead of 2"));
    // Fewer than what is kept for everything else.
    CHECK(run_limited("ulimit -n 12", fmt::format("{} --workers 2 -i /dev/null", programs::threads))
              .errors ==
          "only 12 open files are allowed (ulimit -n): 1 worker instead of 2\n"
          "no URL in '/dev/null'\n");
}

TEST_CASE("who asks for as many workers as there may be is not warned") {
    CHECK(
        run_limited("ulimit -n 64", fmt::format("{} --workers 48 -i /dev/null", programs::threads))
            .errors == "no URL in '/dev/null'\n");
}

TEST_CASE("as many open files are used as are allowed, not only the default") {
    const Finished finished = run_limited(
        "ulimit -S -n 64",
        fmt::format("{} --quiet --workers 100 --pages 200 --latency 5", programs::threads));
    CHECK(contains(finished.output, "200 of 200 pages arrived"));
    CHECK(finished.errors.empty());
}

TEST_CASE("there is a worker process for each processor that this process may use") {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    sched_getaffinity(0, sizeof allowed, &allowed);
    int first = 0;
    while (!CPU_ISSET(first, &allowed))
        ++first;
    const Finished finished =
        test_support::run({"taskset", "-c", std::to_string(first), programs::multiprocess,
                           "--quiet", "--pages", "2", "--latency", "1"});
    CHECK(contains(finished.output, "(multiprocess, 1 worker)"));
}

TEST_CASE("who does not say how many workers has the model's usual number") {
    for (const auto& [program, workers] : {std::pair{programs::sync, "(sync, 1 worker)"},
                                           {programs::threads, "(threads, 5 workers)"},
                                           {programs::async, "(async, 100 workers)"}}) {
        const Finished finished = test_support::run({program, "--plain", "--quiet", "--pages",
                                                     "101", "--latency", "1", "--page-bytes", "1"});
        CHECK(contains(finished.output, workers));
    }
}

// Hashing 4000 MiB takes seconds, and the worker that does it is silent meanwhile.
TEST_CASE("a worker process that computes is not overdue") {
    const Finished finished =
        test_support::run({programs::multiprocess, "--plain", "--quiet", "--pages", "1",
                           "--latency", "0", "--timeout", "0.5", "--work", "4000"});
    CHECK(contains(finished.output, "1 of 1 pages arrived"));
}

TEST_CASE("with few processes allowed there are fewer workers and a warning") {
    if (!process_limit_works())
        return;
    for (const auto& [program, cause] : {std::pair{programs::threads, "cannot start a thread"},
                                         {programs::multiprocess, "cannot fork a worker"}}) {
        const std::string failure = cause;
        CAPTURE(failure);
        const common::PracticeSite site({"--plain"});
        std::string list;
        for (const std::string& url : site.page_urls({.pages = 1000, .latency_ms = 5}))
            list += url + "\n";
        const Finished finished = test_support::run(
            as_nobody_else({program, "--workers", "1000", "--input", "-", "--quiet"},
                           {"--nproc=20"}),
            list);
        CAPTURE(finished.errors);
        CHECK(finished.exit_status == 0);
        CHECK(contains(finished.output, "1000 of 1000 pages arrived"));
        CHECK(contains(finished.errors,
                       failure + ": Resource temporarily unavailable: going on with "));
        CHECK(contains(finished.errors, " of 1000"));
    }
}

TEST_CASE("with no process allowed at all a program says so") {
    if (!process_limit_works())
        return;
    for (const char* program : {programs::threads, programs::multiprocess}) {
        CAPTURE(program);
        const Finished finished = test_support::run(as_nobody_else(
            {program, "--workers", "2", "http://127.0.0.1:1/", "http://127.0.0.1:1/"},
            {"--nproc=1"}));
        CHECK(finished.exit_status == 1);
        CHECK(contains(finished.errors, "Resource temporarily unavailable"));
        CHECK(finished.output.empty());  // a summary would mean that the run went on
    }
}

TEST_CASE("with no thread allowed the event loop cannot look up names, and goes on") {
    if (!process_limit_works())
        return;
    const common::PracticeSite site({"--plain"});
    const std::string port = ":" + test_support::port_of(site);
    const Finished finished = test_support::run(
        as_nobody_else({programs::async, "http://localhost" + port + "/page/1",
                        site.origin() + "/page/2", "http://localhost" + port + "/page/3"},
                       {"--nproc=1"}));
    CHECK(finished.exit_status == 1);
    CHECK(contains(finished.output, "1 of 3 pages arrived"));
    CHECK(contains(finished.output, "host 'localhost': Resource temporarily unavailable"));
    CHECK(contains(finished.output, "     2 resolve\n"));
}

TEST_CASE("a page that the disk cannot hold is a failure that names the file") {
    for (const char* program :
         {programs::sync, programs::threads, programs::multiprocess, programs::async}) {
        CAPTURE(program);
        const common::PracticeSite site;
        const TemporaryDirectory directory;
        const Finished finished = run_limited(
            "ulimit -f 8",
            fmt::format("{} --ca-file {} --save {} {}/bytes/100 {}/bytes/500000", program,
                        site.ca_file(), directory.path(), site.origin(), site.origin()));
        CHECK(finished.exit_status == 1);
        CHECK(contains(finished.output, "1 of 2 pages arrived"));
        CHECK(contains(finished.output, "FAILED not_saved"));
        CHECK(contains(finished.output, "cannot write '" + directory.path() + "/000002_"));
        CHECK(directory.names().size() == 1);
    }
}

TEST_CASE("a disk that is full is a failure that names the file") {
    // A disk of 64 KiB, in memory, that only this program sees.
    const std::string mount = "mount -t tmpfs -o size=64k none ";
    const TemporaryDirectory directory;
    const auto run_with_disk = [&](const std::string& command) {
        return test_support::run(
            {"unshare", "--mount", "sh", "-c", mount + directory.path() + " && " + command});
    };
    if (run_with_disk("true").exit_status != 0) {
        MESSAGE("skipped: no right to mount");
        return;
    }
    const common::PracticeSite site;
    for (const char* program :
         {programs::sync, programs::threads, programs::multiprocess, programs::async}) {
        CAPTURE(program);
        // One page after the other: while a large page fills the disk no other can be saved.
        const std::string save = fmt::format("{} --quiet --ca-file {} --save {} {}/bytes/", program,
                                             site.ca_file(), directory.path(), site.origin());
        const Finished finished = run_with_disk(fmt::format(
            "{{ {}500000 --report /dev/stdout; {}100; ls -A {}; }}", save, save, directory.path()));
        CHECK(contains(finished.output, "0 of 1 pages arrived"));
        CHECK(contains(finished.output, "\"kind\": \"not_saved\""));
        CHECK(contains(finished.output, "No space left on device"));
        // What had been written of the large page is gone, and its place is free.
        CHECK(contains(finished.output, "1 of 1 pages arrived"));
        CHECK(contains(finished.output, "\n000001_"));
        CHECK_FALSE(contains(finished.output, ".part"));
    }
}

TEST_CASE("a folder that may not be written exits with 2 before any download") {
    if (!may_become_nobody_else()) {
        MESSAGE("skipped: no right to change the user");
        return;
    }
    const TemporaryDirectory directory;
    // Others may do nothing with it, make files but not reach them, or reach files but make none.
    for (const auto& [program, mode] : {std::pair{programs::sync, 0700},
                                        {programs::threads, 0722},
                                        {programs::multiprocess, 0700},
                                        {programs::async, 0711}}) {
        std::filesystem::permissions(directory.path(), std::filesystem::perms(mode));
        const Finished finished = test_support::run(
            as_nobody_else({program, "--save", directory.path(), "http://127.0.0.1:1/"}));
        CHECK(finished.exit_status == 2);
        CHECK(finished.output.empty());
        CHECK(contains(finished.errors, directory.path() + "': Permission denied"));
    }
}

}  // namespace
