// Ctrl-C, SIGTERM and SIGHUP: what has arrived is reported, and nothing is left behind.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "common/practice_site/practice_site_process.hpp"
#include "support/deaf_port.hpp"
#include "support/models.hpp"
#include "support/pipe.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/programs.hpp"
#include "support/text.hpp"

namespace {

namespace programs = test_support::programs;

using common::PracticeSite;
using std::chrono::milliseconds;
using test_support::command;
using test_support::contains;
using test_support::eventually;
using test_support::Finished;
using test_support::Program;
using test_support::Strings;
using test_support::TemporaryDirectory;

using Clock = std::chrono::steady_clock;

// Without Ctrl-C each of these runs would take longer, a timeout of 30 s at least.
constexpr std::chrono::seconds at_once(10);

// Pages that have arrived whole: until then the name ends in ".part".
std::ptrdiff_t count_saved(const TemporaryDirectory& pages) {
    const Strings names = pages.names();
    return std::count_if(names.begin(), names.end(),
                         [](const auto& name) { return !name.ends_with(".part"); });
}

bool none_exists(const std::vector<pid_t>& processes) {
    return std::none_of(processes.begin(), processes.end(), test_support::exists);
}

FOR_ALL_MODELS("Ctrl-C ends a run at once and reports what had arrived") {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {  // the last as a terminal that closes
        const PracticeSite site;
        const TemporaryDirectory directory;
        const TemporaryDirectory pages;
        // All but the first never end: at the signal one page has arrived and a worker's is under
        // way.
        Strings arguments = {site.origin() + "/bytes/10/page/1", site.origin() + "/silence",
                             site.origin() + "/silence", site.origin() + "/silence"};
        arguments.insert(arguments.end(),
                         {"--save", pages.path(), "--report", directory.file("report.json"),
                          "--ca-file", site.ca_file()});
        constexpr int under_way = Model::concurrent ? 2 : 1;
        if (Model::concurrent)
            arguments.insert(arguments.end(), {"--workers", "2"});
        Program program(command<Model>(arguments));
        REQUIRE(
            eventually([&] { return test_support::stats_of(site)["requests"] == 1 + under_way; }));
        const auto children = test_support::children_of(program.process_id());
        const auto begin = Clock::now();
        kill(program.process_id(), signal);
        const Finished finished = program.finish();
        CHECK(Clock::now() - begin < at_once);
        CHECK(finished.exit_status == 128 + signal);
        CHECK(contains(finished.output, "1 of 4 pages arrived"));
        CHECK(contains(finished.output, fmt::format("     {} stopped\n", under_way)));
        CHECK(contains(finished.output, fmt::format("     {} not_attempted\n", 3 - under_way)));
        const auto report =
            nlohmann::json::parse(test_support::read_text(directory.file("report.json")));
        CHECK(report["pages"][0]["ok"] == true);
        CHECK(report["pages"][1]["kind"] == "stopped");
        CHECK(report["pages"][3]["kind"] == "not_attempted");
        CHECK(none_exists(children));
        CHECK(pages.names().size() == 1);
    }
}

FOR_ALL_MODELS("Ctrl-C ends the wait for a connection that nobody answers") {
    const PracticeSite site({"--plain"});
    const test_support::DeafPort deaf;
    const auto before = deaf.count_connecting();
    const TemporaryDirectory pages;
    Program program(
        command<Model>({site.origin() + "/bytes/10/page/1",
                        fmt::format("http://127.0.0.1:{}/", deaf.port()), "--save", pages.path()}));
    REQUIRE(eventually([&] { return count_saved(pages) == 1; }));
    REQUIRE(eventually([&] { return deaf.count_connecting() > before; }));
    const auto begin = Clock::now();
    kill(program.process_id(), SIGINT);
    const Finished finished = program.finish();
    CHECK(Clock::now() - begin < at_once);
    CHECK(finished.exit_status == 130);
    CHECK(contains(finished.output, "1 of 2 pages arrived"));
    CHECK(contains(finished.output, "     1 stopped\n"));
}

// The number before the text, in a program's output.
int number_before(const std::string& output, const std::string& text) {
    const std::size_t end = output.find(text);
    if (end == std::string::npos)
        return -1;
    std::size_t begin = end;
    while (begin > 0 && std::isdigit(static_cast<unsigned char>(output[begin - 1])))
        --begin;
    return begin == end ? -1 : std::stoi(output.substr(begin, end - begin));
}

FOR_ALL_MODELS("a run on its own practice site leaves nothing behind when it is stopped") {
    for (const int signal : {SIGINT, SIGTERM}) {
        const TemporaryDirectory pages;
        const TemporaryDirectory temporary;  // where the site has its certificate
        Strings words = {"env", "TMPDIR=" + temporary.path(), "setsid"};
        for (const std::string& word :
             command<Model>({"--pages", "500", "--latency", "50", "--save", pages.path()}))
            words.push_back(word);
        Program program(words);
        REQUIRE(eventually([&] { return count_saved(pages) >= 3; }));
        const auto processes = test_support::descendants_of(program.process_id());
        CHECK(processes.size() >= 1);
        CHECK(temporary.names().size() == 1);
        const auto begin = Clock::now();
        // A terminal sends SIGINT to the whole process group, and kill(1) SIGTERM to one process.
        kill(signal == SIGINT ? -program.process_id() : program.process_id(), signal);
        const Finished finished = program.finish();
        CHECK(Clock::now() - begin < at_once);
        CHECK(finished.exit_status == 128 + signal);
        CHECK(none_exists(processes));
        CHECK(temporary.names().empty());

        const int arrived = number_before(finished.output, " of 500 pages arrived");
        CHECK(arrived >= 3);
        CHECK(arrived < 500);
        const int stopped = std::max(number_before(finished.output, " stopped\n"), 0);
        CHECK(number_before(finished.output, " not_attempted\n") == 500 - arrived - stopped);
        const Strings names = pages.names();
        CHECK(names.size() == static_cast<std::size_t>(arrived));
        for (const std::string& name : names)
            CHECK(std::filesystem::file_size(pages.file(name)) == 16384);
    }
}

FOR_ALL_MODELS("Ctrl-C ends the wait for a list on standard input") {
    std::array<int, 2> ends{};
    REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
    const std::string line = "http://127.0.0.1:1/\n";
    REQUIRE(write(ends[1], line.data(), line.size()) == static_cast<ssize_t>(line.size()));
    // The shell opens the pipe anew, as its standard input, and becomes the program.
    Program program(
        {"sh", "-c",
         fmt::format("exec {} --input - </proc/{}/fd/{}", Model::program, getpid(), ends[0])});
    REQUIRE(eventually([&] {
        int unread = -1;
        ioctl(ends[0], FIONREAD, &unread);
        return unread == 0;  // the program has the line and waits for more
    }));
    kill(program.process_id(), SIGINT);
    const Finished finished = program.finish();
    close(ends[0]);
    close(ends[1]);
    CHECK(finished.exit_status == 130);
    CHECK(contains(finished.output, "0 of 1 pages arrived"));
    CHECK(contains(finished.output, "     1 not_attempted\n"));
}

FOR_ALL_MODELS("a second Ctrl-C ends a program at once") {
    if (contains(TUTORIAL_SANITIZE, "thread")) {
        MESSAGE("skipped: ThreadSanitizer keeps signals back while a program waits in write(2)");
        return;
    }
    // Nobody reads the pipe: after the first Ctrl-C the program waits with its report.
    const auto pipe = test_support::make_full_pipe();
    const PracticeSite site;
    Program program(
        command<Model>({"--ca-file", site.ca_file(), site.origin() + "/silence", "--quiet"}), "",
        pipe.writer.get());
    REQUIRE(eventually([&] { return test_support::stats_of(site)["requests"] >= 1; }));
    const auto children = test_support::children_of(program.process_id());
    kill(program.process_id(), SIGINT);
    REQUIRE(eventually([&] { return !test_support::is_pending(program.process_id(), SIGINT); }));
    CHECK(test_support::exists(program.process_id()));
    const auto begin = Clock::now();
    kill(program.process_id(), SIGINT);
    const Finished finished = program.finish();
    CHECK(Clock::now() - begin < at_once);
    CHECK(finished.exit_status == 130);
    CHECK(eventually([&] { return none_exists(children); }));

    int unread = 0;
    ioctl(pipe.reader.get(), FIONREAD, &unread);
    CHECK(unread % 4096 == 0);  // nothing of a report
}

// A terminal that closes may say so more than once: by the kernel, and by the shell.
FOR_ALL_MODELS("a second SIGHUP does not cost the report for which nobody is ready yet") {
    auto pipe = test_support::make_full_pipe();
    const PracticeSite site;
    Program program(
        command<Model>({"--ca-file", site.ca_file(), site.origin() + "/silence", "--quiet"}), "",
        pipe.writer.get());
    pipe.writer = common::Descriptor();
    REQUIRE(eventually([&] { return test_support::stats_of(site)["requests"] >= 1; }));
    for (int time = 0; time < 2; ++time) {
        kill(program.process_id(), SIGHUP);
        REQUIRE(
            eventually([&] { return !test_support::is_pending(program.process_id(), SIGHUP); }));
    }
    const std::string output = test_support::read_to_end(pipe.reader.get());
    CHECK(contains(output, "     1 stopped\n"));
    CHECK(program.finish().exit_status == 128 + SIGHUP);
}

FOR_ALL_MODELS("Ctrl-C ends the work after a download, and the page has arrived") {
    const TemporaryDirectory pages;
    Program program(command<Model>({"--plain", "--pages", "1", "--latency", "0", "--work",
                                    "1000000", "--save", pages.path()}));
    REQUIRE(eventually([&] { return count_saved(pages) == 1; }));
    kill(program.process_id(), SIGINT);
    const Finished finished = program.finish();
    CHECK(finished.exit_status == 130);
    CHECK(contains(finished.output, "1 of 1 pages arrived"));
}

// The deadline is longer than a test may take.
TEST_CASE("Ctrl-C does not wait for the deadline of a worker that is stopped") {
    const PracticeSite site({"--plain"});
    Program program(
        {programs::multiprocess, "--workers", "1", "--timeout", "600", site.origin() + "/silence"});
    REQUIRE(eventually([&] { return test_support::stats_of(site)["requests"] == 1; }));
    const auto children = test_support::children_of(program.process_id());
    REQUIRE(children.size() == 1);
    kill(children[0], SIGSTOP);
    kill(program.process_id(), SIGINT);
    REQUIRE(eventually([&] { return !test_support::is_pending(program.process_id(), SIGINT); }));
    // It sleeps the half second that it waits for the worker.
    CHECK(eventually([&] { return test_support::is_asleep(program.process_id()); }));
    const Finished finished = program.finish();
    CHECK(finished.exit_status == 130);
    CHECK(contains(finished.output, "     1 stopped\n"));
}

TEST_CASE("worker processes end with their pages when their parent is killed") {
    const PracticeSite site({"--plain"});
    Program program({programs::multiprocess, "--workers", "2", "--timeout", "1",
                     site.origin() + "/silence", site.origin() + "/silence"});
    REQUIRE(eventually([&] { return test_support::stats_of(site)["requests"] == 2; }));
    const auto children = test_support::children_of(program.process_id());
    REQUIRE(children.size() == 2);
    kill(program.process_id(), SIGKILL);
    CHECK(eventually([&] { return none_exists(children); }));
    for (const pid_t child : children)
        kill(child, SIGKILL);  // they hold the other end of the program's output
    program.finish();
}

TEST_CASE("a second signal does not wait for a worker process that is stopped, and is told") {
    const common::PracticeSite site;
    Program program({programs::multiprocess, "--workers", "1", "--ca-file", site.ca_file(),
                     site.origin() + "/silence"});
    REQUIRE(eventually([&] { return test_support::stats_of(site)["requests"] == 1; }));
    // A worker that is stopped: after the first Ctrl-C its parent waits for it a while.
    const auto children = test_support::children_of(program.process_id());
    REQUIRE(children.size() == 1);
    kill(children[0], SIGSTOP);
    kill(program.process_id(), SIGINT);
    REQUIRE(eventually([&] { return !test_support::is_pending(program.process_id(), SIGINT); }));
    kill(program.process_id(), SIGTERM);
    // A zombie has left its child to another parent.
    REQUIRE(eventually([&] { return test_support::children_of(program.process_id()).empty(); }));
    kill(children[0], SIGKILL);  // it holds the other end of the program's output
    const Finished finished = program.finish();
    CHECK(finished.exit_status == 128 + SIGTERM);
    CHECK(finished.output.empty());  // a summary would mean that it waited for the worker
}

}  // namespace
