// Whatever a program inherits: streams that are closed or full, signals that are ignored, a
// terminal of any kind, a folder that was moved. A shell sets it up and becomes the program.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/practice_site/practice_site_process.hpp"
#include "common/run/limits.hpp"
#include "support/models.hpp"
#include "support/pipe.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/programs.hpp"
#include "support/sanitized.hpp"
#include "support/text.hpp"

namespace {

namespace programs = test_support::programs;

using common::PracticeSite;
using std::chrono::milliseconds;
using test_support::command;
using test_support::contains;
using test_support::count_of;
using test_support::eventually;
using test_support::Finished;
using test_support::joined;
using test_support::Program;
using test_support::run;
using test_support::Strings;
using test_support::TemporaryDirectory;

const Strings quick_site = {"--pages", "6", "--latency", "5", "--page-bytes", "100"};

template <typename Model>
std::string line_of(const Strings& arguments) {
    return joined(command<Model>(arguments), " ");
}

Finished run_in_shell(const std::string& script) {
    return run({"sh", "-c", script});
}

FOR_ALL_MODELS("standard error that cannot be written costs nothing but its text") {
    // A pipe whose reader leaves at once.
    const std::string no_reader = "{ { sleep 0.2; " + line_of<Model>({"-i", "/dev/null"}) +
                                  "; echo status $? >&3; } 2>&1 >/dev/null | true; } 3>&1";
    for (const std::string& script :
         {line_of<Model>({"-i", "/dev/null"}) + " 2>&-; echo status $?",
          line_of<Model>({"-i", "/dev/null"}) + " 2>/dev/full; echo status $?", no_reader}) {
        CAPTURE(script);
        CHECK(contains(run_in_shell(script).output, "status 0\n"));
    }
}

FOR_ALL_MODELS("a full disk for both streams ends with 1") {
    const Finished finished = run_in_shell(line_of<Model>(quick_site) + " >/dev/full 2>&1");
    CHECK(finished.exit_status == 1);
}

TEST_CASE("compare and scale end with 1 also where they cannot say why") {
    const std::string unwritable = " --latency 1 --page-bytes 1 --svg /no/such/directory/x.svg";
    CHECK(run_in_shell(programs::compare + (" --pages 1" + unwritable + " 2>/dev/full"))
              .exit_status == 1);
    CHECK(run_in_shell(programs::scale + (" --most 1" + unwritable + " 2>&-")).exit_status == 1);
}

FOR_ALL_MODELS("streams that are closed at the start stay apart from sockets and files") {
    const PracticeSite site;
    const TemporaryDirectory directory;
    const std::string report = directory.file("report.json");
    std::string list;
    for (const std::string& url : site.page_urls({.pages = 40, .latency_ms = 1}))
        list += url + "\n";
    test_support::write_text(directory.file("list"), list);
    const std::string program =
        line_of<Model>({"--ca-file", site.ca_file(), "-i", directory.file("list"), "--report",
                        report, "--save", directory.file("pages")});
    for (const auto& [closed, status] : {std::pair{"<&-", 0}, std::pair{"2>&-", 0},
                                         std::pair{"<&- >&-", 1}, std::pair{"<&- >&- 2>&-", 1}}) {
        const std::string streams = closed;
        CAPTURE(streams);
        std::filesystem::remove(report);
        const Finished finished = run_in_shell(fmt::format("exec {} {}", program, closed));
        CHECK(finished.exit_status == status);  // output that cannot be written is an error
        const auto pages = nlohmann::json::parse(test_support::read_text(report))["pages"];
        for (const auto& page : pages)
            CHECK(page["ok"] == true);
    }
}

FOR_ALL_MODELS("a list from standard input that is closed is empty") {
    const Finished finished =
        run_in_shell(fmt::format("exec timeout 20 {} <&-", line_of<Model>({"-i", "-"})));
    CHECK(finished.exit_status == 0);
    CHECK(contains(finished.errors, "no URL in '-'"));
}

// A pipe with the smallest buffer that never blocks its writer.
std::array<int, 2> make_impatient_pipe() {
    std::array<int, 2> ends{};
    REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
    REQUIRE(fcntl(ends[1], F_SETPIPE_SZ, 4096) >= 4096);
    REQUIRE(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0);
    return ends;
}

// What comes out of the pipe, up to the text; less when nothing more comes for 20 s.
std::string read_until(int pipe, const std::string& text) {
    std::string output;
    std::array<char, 512> buffer;
    pollfd readable{pipe, POLLIN, 0};
    ssize_t size = 1;
    while (size > 0 && !contains(output, text) && poll(&readable, 1, 20'000) == 1) {
        size = read(pipe, buffer.data(), buffer.size());
        output.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    }
    return output;
}

FOR_ALL_MODELS("a page's line reaches a pipe when the page is done") {
    test_support::Pipe pipe;
    const PracticeSite site({"--plain"});
    Program program(command<Model>({site.origin() + "/page/1", site.origin() + "/silence"}), "",
                    pipe.writer.get());
    pipe.writer = common::Descriptor();
    const int reader = pipe.reader.get();
    CHECK(contains(read_until(reader, "/page/1\n"), "/page/1\n"));
    kill(program.process_id(), SIGINT);
    CHECK(contains(read_until(reader, "pages arrived"), "1 of 2 pages arrived"));
    CHECK(program.finish().exit_status == 130);
}

FOR_ALL_MODELS("a slow reader of a non-blocking pipe gets every line") {
    const auto ends = make_impatient_pipe();
    const PracticeSite site({"--plain"});
    std::string list;
    for (const std::string& url : site.page_urls({.pages = 400, .latency_ms = 0, .page_bytes = 1}))
        list += url + "\n";
    Program program(command<Model>({"-i", "-"}), list, ends[1]);
    close(ends[1]);
    std::this_thread::sleep_for(milliseconds(300));  // long enough to fill the pipe
    const std::string output = test_support::read_to_end(ends[0]);
    close(ends[0]);
    CHECK(program.finish().exit_status == 0);
    CHECK(count_of(output, "\n  200 ") == 400);
    CHECK(contains(output, "400 of 400 pages arrived"));
}

TEST_CASE("help that cannot be written is an error") {
    for (const char* program : {programs::sync, programs::compare, programs::practice_site}) {
        const Finished finished = run_in_shell(fmt::format("{} --help >/dev/full", program));
        CHECK(finished.exit_status == 1);
        CHECK(contains(finished.errors, "standard output: No space left on device"));
    }
}

TEST_CASE("a table that cannot be written is an error") {
    for (const std::string& program : {programs::compare + std::string(" --pages 1"),
                                       programs::scale + std::string(" --most 1")}) {
        CAPTURE(program);
        const Finished finished = run_in_shell(program + " --latency 1 --page-bytes 1 >/dev/full");
        CHECK(finished.exit_status == 1);
        CHECK(contains(finished.errors, "standard output: No space left on device"));
    }
}

// Signals that a parent ignores are ignored in its children too (execve(2)).
Strings ignoring(const std::string& signals, const Strings& command) {
    Strings words = {"env", "--ignore-signal=" + signals};
    words.insert(words.end(), command.begin(), command.end());
    return words;
}

TEST_CASE("how a worker died is known also where the parent ignores SIGCHLD") {
    const PracticeSite site;
    Program program(ignoring("CHLD", {programs::multiprocess, "--workers", "1", "--ca-file",
                                      site.ca_file(), site.origin() + "/silence"}));
    REQUIRE(eventually([&] { return test_support::stats_of(site)["requests"] == 1; }));
    const auto workers = test_support::children_of(program.process_id());
    REQUIRE(workers.size() == 1);
    kill(workers[0], SIGKILL);
    CHECK(contains(program.finish().output, "was killed by SIGKILL while"));
}

TEST_CASE("compare knows what a program cost also where the parent ignores SIGCHLD") {
    const TemporaryDirectory directory;
    const Finished finished = run(ignoring("CHLD", {programs::compare, "--pages", "2", "--latency",
                                                    "5", "--json", directory.file("table.json")}));
    CHECK(finished.exit_status == 0);
    const auto table = nlohmann::json::parse(test_support::read_text(directory.file("table.json")));
    for (const auto& row : table["rows"])
        CHECK(row["cpu_seconds"][0] > 0.0);
}

FOR_ALL_MODELS("a stop signal that the parent ignores stays ignored") {
    const PracticeSite site;
    Program program(ignoring("INT,TERM,HUP", command<Model>({"--ca-file", site.ca_file(),
                                                             site.origin() + "/delay/400"})));
    REQUIRE(eventually([&] { return test_support::stats_of(site)["requests"] == 1; }));
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        kill(program.process_id(), signal);
    const Finished finished = program.finish();
    CHECK(finished.exit_status == 0);
    CHECK(contains(finished.output, "1 of 1 pages arrived"));
}

TEST_CASE("a practice site that is told to end, or whose terminal closes, leaves no certificate") {
    const TemporaryDirectory directory;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        CAPTURE(signal);
        Program program({"env", "TMPDIR=" + directory.path(), programs::practice_site});
        // ThreadSanitizer has a file there, too, before main() begins.
        CHECK(eventually([&] {
            return test_support::is_caught(program.process_id(), signal) &&
                   directory.names().size() == 1;
        }));
        kill(program.process_id(), signal);
        CHECK(program.finish().exit_status == 0);
        CHECK(directory.names().empty());
    }
}

// As "nohup practice_site &" in a script.
TEST_CASE("a practice site in the background goes on behind its terminal and without an input") {
    test_support::Pipe pipe;
    const Program program(
        ignoring("INT,TERM,HUP",
                 {"sh", "-c", fmt::format("exec {} --plain </dev/null", programs::practice_site)}),
        "", pipe.writer.get());
    pipe.writer = common::Descriptor();
    const std::string line = read_until(pipe.reader.get(), "\n");
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        CHECK_FALSE(test_support::is_caught(program.process_id(), signal));
        kill(program.process_id(), signal);
    }
    const std::string origin = line.substr(std::min(line.find("http:"), line.size()));
    CHECK(test_support::page_of(origin.substr(0, origin.find('\n')), "/bytes/3") == "Thi");
}

TEST_CASE("no page is lost to a worker that slept with its parent") {
    const PracticeSite site;
    // One more time late is not late with the next page: there are two for each worker.
    Strings words = {programs::multiprocess, "--workers", "4", "--timeout", "0.5", "--ca-file",
                     site.ca_file()};
    words.insert(words.end(), 8, site.origin() + "/silence");
    Program program(words);
    REQUIRE(eventually([&] { return test_support::stats_of(site)["requests"] == 4; }));
    auto processes = test_support::children_of(program.process_id());
    REQUIRE(processes.size() == 4);
    processes.insert(processes.begin(), program.process_id());
    for (const pid_t process : processes)
        kill(process, SIGSTOP);
    std::this_thread::sleep_for(milliseconds(1500));  // deadline and half a second, and more
    kill(processes[0], SIGCONT);
    std::this_thread::sleep_for(milliseconds(100));  // the parent is the first to wake
    for (const pid_t process : processes)
        kill(process, SIGCONT);
    const Finished finished = program.finish();
    CHECK(contains(finished.output, "     8 timeout\n"));
    CHECK_FALSE(contains(finished.output, "worker_died"));
}

// Nobody has to wait for them then: a clock that only a wait looks at would not notice.
FOR_ALL_MODELS("a page whose bytes are there when its program wakes too late is too late") {
    const PracticeSite site;
    Program program(command<Model>({"--timeout", "2", "--ca-file", site.ca_file(),
                                    site.origin() + "/hold/door/bytes/48000/page/1"}));
    REQUIRE(eventually([&] { return test_support::stats_of(site)["requests"] == 1; }));
    auto processes = test_support::children_of(program.process_id());
    processes.push_back(program.process_id());
    for (const pid_t process : processes)
        kill(process, SIGSTOP);
    site.get("/release/door");
    std::this_thread::sleep_for(milliseconds(2100));
    for (const pid_t process : processes)
        kill(process, SIGCONT);
    CHECK(contains(program.finish().output, "     1 timeout\n"));
}

// TCP ends as after any answer, but TLS without its farewell (RFC 8446, 6.1).
FOR_ALL_MODELS("a site that is killed has not ended its page") {
    const auto others = test_support::children_of(getpid());
    const PracticeSite site;
    auto sites = test_support::children_of(getpid());
    std::erase_if(sites, [&](pid_t child) { return std::ranges::count(others, child) > 0; });
    REQUIRE(sites.size() == 1);
    const TemporaryDirectory pages;
    Program program(command<Model>({"--save", pages.path(), "--ca-file", site.ca_file(),
                                    site.origin() + "/until-close/drip/20/bytes/9999/page/1"}));
    REQUIRE(eventually([&] { return pages.names().size() == 1; }));  // its header has come
    kill(sites[0], SIGKILL);
    const Finished finished = program.finish();
    CHECK(finished.exit_status == 1);
    CHECK(contains(finished.output, "     1 truncated\n"));
}

// What the program shows on a terminal of these columns.
std::string on_terminal(const std::string& environment, int columns, const std::string& program) {
    return run({"script", "--quiet", "--return", "--command",
                fmt::format("stty cols {}; env {} {}", columns, environment, program), "/dev/null"})
        .output;
}

FOR_ALL_MODELS("a terminal that obeys no escape sequences gets none") {
    for (const char* environment : {"-u NO_COLOR TERM=dumb", "-u NO_COLOR -u TERM"}) {
        const std::string output = on_terminal(environment, 80, line_of<Model>(quick_site));
        CHECK(contains(output, "6 of 6 pages arrived"));
        CHECK_FALSE(contains(output, "\033"));
    }
    CHECK_FALSE(contains(on_terminal("TERM=", 80,
                                     std::string(programs::compare) + " --pages 1 --latency 1 "
                                                                      "--page-bytes 1 --repeat 2"),
                         "\033"));
}

FOR_ALL_MODELS("a terminal has a timeline in colours, unless they are not wanted") {
    const std::string colour = "\033[36m";
    const std::string program = line_of<Model>(quick_site);
    CHECK(contains(on_terminal("NO_COLOR= TERM=xterm", 80, program), colour));
    CHECK_FALSE(contains(on_terminal("NO_COLOR=1 TERM=xterm", 80, program), colour));
}

// The longest line, of which a carriage return or an escape sequence begins a new one.
std::size_t longest_line(const std::string& text) {
    std::size_t longest = 0;
    std::size_t begin = 0;
    for (std::size_t end = 0; end <= text.size(); ++end)
        if (end == text.size() || contains("\n\r\033", std::string(1, text[end]))) {
            longest = std::max(longest, end - begin);
            begin = end + 1;
        }
    return longest;
}

FOR_ALL_MODELS("a progress bar fits a narrow terminal, or stays away") {
    const std::string narrow =
        on_terminal("TERM=xterm", 40, line_of<Model>(quick_site) + "; echo status $?");
    CHECK(contains(narrow, "######] 6 of 6"));
    CHECK(contains(narrow, "status 0\r\n"));
    std::size_t bars = 0;
    for (std::size_t at = narrow.find('['); at != std::string::npos; at = narrow.find('[', at + 1))
        if (narrow[at + 1] == '#') {
            ++bars;
            CHECK(longest_line(narrow.substr(at, narrow.find_first_of("\r\n", at) - at)) < 40);
        }
    CHECK(bars == 6);
    CHECK_FALSE(contains(on_terminal("TERM=xterm", 15, line_of<Model>(quick_site)), "#]"));
}

TEST_CASE("a progress bar grows to forty columns, counts failures, and is gone at the end") {
    const std::string half = std::string(20, '#') + std::string(20, ' ');
    const std::string whole(40, '#');
    // A terminal of 0 columns has not said how many: it is taken for one of 80.
    for (const int columns : {0, 80, 200}) {
        CAPTURE(columns);
        const std::string shown =
            on_terminal("TERM=xterm", columns, fmt::format("{} one two", programs::sync));
        CHECK(contains(shown, "[" + half + "] 1 of 2, 1 failed"));
        CHECK(contains(shown, "[" + whole + "] 2 of 2, 2 failed\r\033[K"));
    }
    // Ten columns, the text, two brackets, and the cursor.
    CHECK(contains(on_terminal("TERM=xterm", 30, programs::sync + std::string(" one two")),
                   "[#####     ] 1 of 2, 1 failed"));
    CHECK_FALSE(contains(on_terminal("TERM=xterm", 29, programs::sync + std::string(" one two")),
                         "] 1 of 2"));
    const std::string quiet =
        on_terminal("TERM=xterm", 80, fmt::format("{} --quiet one two", programs::sync));
    CHECK(contains(quiet, "0 of 2 pages arrived"));
    CHECK_FALSE(contains(quiet, "\033"));
}

TEST_CASE("of two streams each is a terminal or not for itself") {
    const std::string environment = "-u NO_COLOR TERM=xterm";
    const std::string download = fmt::format("{} one", programs::sync);
    const std::string no_errors = on_terminal(environment, 80, download + " 2>/dev/null");
    CHECK(contains(no_errors, "\033[0m"));
    CHECK_FALSE(contains(no_errors, "\033[K"));
    const std::string piped = on_terminal(environment, 80, download + " | cat");
    CHECK(contains(piped, "0 of 1 pages arrived"));
    CHECK(contains(piped, "#] 1 of 1, 1 failed"));
    CHECK_FALSE(contains(piped, "\033[0m"));
    // What is for people goes to standard error where the report has standard output.
    const TemporaryDirectory directory;
    on_terminal(environment, 80, download + " --report - 2>" + directory.file("errors"));
    const std::string errors = test_support::read_text(directory.file("errors"));
    CHECK(contains(errors, "0 of 1 pages arrived"));
    CHECK_FALSE(contains(errors, "\033"));
    CHECK(contains(on_terminal(environment, 80, download + " --report - >/dev/null"), "\033[0m"));
}

FOR_ALL_MODELS("a window that changes its size does not disturb a run") {
    const PracticeSite site;
    Program program(command<Model>({"--ca-file", site.ca_file(), site.origin() + "/delay/300"}));
    REQUIRE(eventually([&] { return test_support::stats_of(site)["requests"] == 1; }));
    kill(program.process_id(), SIGWINCH);
    CHECK(program.finish().exit_status == 0);
}

TEST_CASE("a line that a terminal would wrap is cut in the middle, and only there") {
    const PracticeSite site({"--plain"});
    const std::string path = "/page/1?" + std::string(100, 'x') + "&end";
    const std::string download = fmt::format("{} '{}{}'", programs::sync, site.origin(), path);
    const std::string shown = on_terminal("TERM=dumb", 80, download);
    CHECK(longest_line(shown) <= 80);
    CHECK(contains(shown, "s  /page/1?x"));
    CHECK(contains(shown, "x...x"));
    CHECK(contains(shown, "x&end\r\n"));
    CHECK(contains(run_in_shell(download).output, path + "\n"));
    // It is the width of the stream where the lines go.
    const std::string errors = on_terminal("TERM=dumb", 80, download + " --report - >/dev/null");
    CHECK(longest_line(errors) <= 80);
    CHECK(contains(errors, "x...x"));
}

TEST_CASE("a certificate that does not fit on the disk leaves no file") {
    if (is_sanitized()) {
        MESSAGE("skipped: the sanitizers' own files do not fit either");
        return;
    }
    const TemporaryDirectory directory;
    for (const std::string& option : {std::string(), " --ca-file " + directory.file("site.pem")}) {
        CAPTURE(option);
        const Finished finished = run_in_shell(fmt::format(
            "ulimit -f 0; TMPDIR={} exec {}{}", directory.path(), programs::practice_site, option));
        CHECK(finished.exit_status == 1);
        CHECK(contains(finished.errors, "practice_site: cannot write '" + directory.path()));
        CHECK(directory.names().empty());
    }
}

void make_script(const std::filesystem::path& path, const std::string& lines) {
    std::filesystem::create_directories(path.parent_path());
    test_support::write_text(path, "#!/bin/sh\n" + lines);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

// A practice site that is told from all others by its address.
void make_fake_site(const std::filesystem::path& folder) {
    make_script(folder / "practice_site", "echo practice site ready: http://moved.invalid\ncat\n");
}

TEST_CASE("a program finds the practice site from its own folder, wherever that was moved") {
    // The whole build, a chapter built alone, and compiled by hand.
    for (const auto& [program, site] :
         {std::pair{"01_sync/sync", "common/practice_site"},
          std::pair{"sync", "common/practice_site"}, std::pair{"sync", ""}}) {
        const std::string path = program;
        CAPTURE(path);
        const TemporaryDirectory moved;
        make_fake_site(moved.file(site));
        const std::filesystem::path copy = moved.file(path);
        std::filesystem::create_directories(copy.parent_path());
        std::filesystem::copy_file(programs::sync, copy);
        if (*site != '\0')  // a folder is not the program, whatever its name
            std::filesystem::create_directory(copy.parent_path() / "practice_site");
        const Finished finished = run({copy.string(), "--pages", "1"});
        CHECK(contains(finished.output, "pages of http://moved.invalid\n"));
    }
}

TEST_CASE("a program without a practice site says where it looked") {
    const TemporaryDirectory moved;
    std::filesystem::copy_file(programs::sync, moved.file("sync"));
    const Finished finished = run({moved.file("sync")});
    CHECK(finished.exit_status == 2);
    CHECK(contains(finished.errors, "practice_site is missing: it belongs beside " + moved.path()));
}

TEST_CASE("a practice site inherits from the program that starts it its standard streams only") {
    const TemporaryDirectory moved;
    const std::string seen = moved.file("descriptors");
    make_script(moved.file("practice_site"),
                "ls /proc/$$/fd >" + seen +
                    "\necho practice site ready: http://moved.invalid\ncat >/dev/null\n");
    std::filesystem::copy_file(programs::sync, moved.file("sync"));
    run({moved.file("practice_site")});
    const std::string alone = test_support::read_text(seen);
    CHECK(alone.starts_with("0\n1\n"));
    run({moved.file("sync"), "--pages", "1"});
    CHECK(test_support::read_text(seen) == alone);
}

TEST_CASE("a practice site that does not say that it is ready did not come up") {
    // The second ends with its standard input.
    for (const char* script : {"exit 3\n", "echo something else\ncat\n"}) {
        CAPTURE(script);
        const TemporaryDirectory moved;
        make_script(moved.file("practice_site"), script);
        std::filesystem::copy_file(programs::sync, moved.file("sync"));
        const Finished finished = run({"timeout", "20", moved.file("sync")});
        CHECK(finished.exit_status == 2);
        CHECK(contains(finished.errors, "did not come up: " + moved.path()));
    }
}

TEST_CASE("a practice site that is no program cannot be started") {
    const TemporaryDirectory moved;
    test_support::write_text(moved.file("practice_site"), "");
    std::filesystem::copy_file(programs::sync, moved.file("sync"));
    const Finished finished = run({moved.file("sync")});
    CHECK(finished.exit_status == 2);
    CHECK(contains(finished.errors, "cannot start the practice site " + moved.path()));
}

// A benchmark and a practice site, without the chapters' programs.
void copy_benchmark(const TemporaryDirectory& folder, const std::filesystem::path& program) {
    std::filesystem::create_directories(folder.file("benchmarks"));
    std::filesystem::create_directories(folder.file("common/practice_site"));
    std::filesystem::copy_file(
        program, std::filesystem::path(folder.file("benchmarks")) / program.filename());
    std::filesystem::copy_file(programs::practice_site,
                               folder.file("common/practice_site/practice_site"));
}

TEST_CASE("compare runs the programs of the build folder that it lies in") {
    const TemporaryDirectory moved;
    copy_benchmark(moved, programs::compare);
    const Finished finished = run({moved.file("benchmarks/compare"), "--pages", "1"});
    CHECK(finished.exit_status == 1);
    CHECK(contains(finished.errors, " ended with 127: cannot run " + moved.file("01_sync/sync")));
}

TEST_CASE("compare says which model lost pages, and ends with 1") {
    const TemporaryDirectory folder;
    copy_benchmark(folder, programs::compare);
    for (const auto& [program, second] : {std::pair{"01_sync/sync", "false"},
                                          {"02_threads/threads", "true"},
                                          {"03_multiprocess/multiprocess", "false"},
                                          {"04_async/async", "true"}})
        make_script(folder.file(program),
                    fmt::format("while [ \"$1\" != --report ]; do shift; done\n"
                                "echo '{{\"seconds\": 1, \"pages\": [{{\"ok\": true}}, "
                                "{{\"ok\": {0}}}]}}' >\"$2\"\n{0}\n",
                                second));
    const Finished finished = run({folder.file("benchmarks/compare"), "--pages", "2"});
    CHECK(finished.exit_status == 1);
    CHECK(contains(finished.errors, "synchronous: 1 of 2 pages arrived"));
    CHECK(contains(finished.errors, "parallelism (multiprocess): 1 of 2 pages arrived"));
    CHECK(count_of(finished.errors, "pages arrived") == 2);
}

// Over https, where neither Python nor any other program can be found.
Strings beside_nothing_installed(const TemporaryDirectory& folder, const std::string& program,
                                 const Strings& options) {
    Strings words = {"env", "PATH=" + folder.path(), "PYTHONHOME=/nowhere",
                     folder.file("benchmarks/" + program), "--beside"};
    words.insert(words.end(), options.begin(), options.end());
    return words;
}

TEST_CASE("compare tells every program the same job, each its workers, and passes on warnings") {
    const TemporaryDirectory folder;
    copy_benchmark(folder, programs::compare);
    for (const char* program :
         {"01_sync/sync", "02_threads/threads", "03_multiprocess/multiprocess", "04_async/async"})
        make_script(
            folder.file(program),
            fmt::format("echo \"$@\" >>{0}/asked; cp \"$3\" {0}/list\n"
                        "echo '{{\"seconds\": 1.5, \"pages\": [{{\"ok\": true}}]}}' >\"$5\"\n"
                        "echo careful >&2; exit 1\n",
                        folder.path()));
    const Finished finished =
        run({folder.file("benchmarks/compare"), "--pages", "200", "--latency", "7", "--page-bytes",
             "9", "--work", "3", "--json", folder.file("table.json")});
    CHECK(finished.exit_status == 1);
    CHECK(count_of(finished.errors, "careful\n") == 5);
    CHECK(count_of(finished.errors, ": 1 of 200 pages arrived\n") == 5);
    const std::string list = test_support::read_text(folder.file("list"));
    CHECK(test_support::count_lines(list) == 200);
    CHECK(list.ends_with("/delay/7/bytes/9/page/200\n"));

    const std::string asked = test_support::read_text(folder.file("asked"));
    CHECK(test_support::count_lines(asked) == 5);
    CHECK(count_of(asked, "--quiet --input ") == 5);
    CHECK(count_of(asked, " --work 3 --ca-file ") == 1);  // one at a time: no workers
    const auto rows =
        nlohmann::json::parse(test_support::read_text(folder.file("table.json")))["rows"];
    const std::vector<std::size_t> workers = {5, 50, common::processor_count(), 100};
    for (std::size_t i = 0; i < workers.size(); ++i) {
        CAPTURE(i);
        CHECK(contains(asked, fmt::format(" --work 3 --workers {} --ca-file ", workers[i])));
        CHECK(rows[i + 1]["workers"] == workers[i]);
        CHECK(rows[i + 1]["median_seconds"] == 1.5);
    }

    make_script(folder.file("02_threads/threads_minimal"),
                fmt::format("echo $3 >>{}/minimal_workers\n", folder.path()));
    const Finished beside =
        run(beside_nothing_installed(folder, "compare", {"--pages", "2", "--latency", "1"}));
    CHECK(
        contains(beside.output, "\nminimal.cpp of coroutines is left out: it speaks http only\n"));
    CHECK(test_support::read_text(folder.file("minimal_workers")) == "5\n50\n");
}

TEST_CASE("scale says which model lost pages, in both languages, and has the rows of the others") {
    const TemporaryDirectory folder;
    copy_benchmark(folder, programs::scale);
    for (const auto& [program, second] :
         {std::pair{"01_sync/sync", "false"}, {"02_threads/threads", "true"}})
        make_script(folder.file(program),
                    fmt::format("while [ \"$1\" != --report ]; do shift; done\n"
                                "echo '{{\"seconds\": 1, \"pages\": [{{\"ok\": true}}, "
                                "{{\"ok\": {}}}]}}' >\"$2\"\n",
                                second));
    make_script(folder.file("03_multiprocess/multiprocess"), "exec /bin/sleep 1000\n");
    make_script(
        folder.file("03_multiprocess/multiprocess_minimal"),
        fmt::format("[ $3 -eq 1 ] || exit 3\nexec {}_minimal \"$@\"\n", programs::multiprocess));
    const Finished finished = run(beside_nothing_installed(
        folder, "scale",
        {"--https", "--most", "10", "--latency", "1", "--repeat", "2", "--time-limit", "2",
         "--json", folder.file("scale.json"), "--markdown", folder.file("en.md"),
         "--markdown-pt-br", folder.file("pt.md")}));
    CHECK(finished.exit_status == 0);
    CHECK(finished.errors.empty());
    const auto scale = nlohmann::json::parse(test_support::read_text(folder.file("scale.json")));
    REQUIRE(scale["rows"].size() == 2);
    CHECK(scale["rows"][0]["model"] == "threads");
    CHECK(scale["rows"][0]["in_flight"] == 1);
    CHECK(scale["rows"][0]["seconds"].size() == 2);
    CHECK(scale["rows"][1]["model"] == "minimal.cpp, multiprocess");
    CHECK(scale["rows"][1]["connections"][1] == 1);
    CHECK(scale["rows"][1]["ratio_to_ours"].is_null());
    CHECK(scale["stops"].size() == 6);
    const std::string english = test_support::read_text(folder.file("en.md"));
    const std::string portuguese = test_support::read_text(folder.file("pt.md"));
    for (const char* note : {"synchronous: stopped at 1 in flight: 1 of 2 pages arrived",
                             "multiprocess: stopped at 1 in flight: a run did not end within 2 s",
                             "threads: stopped at 10 in flight: 2 of 20 pages arrived",
                             "minimal.cpp of coroutines is left out: it speaks http only"})
        CHECK(contains(english, fmt::format("\n- {}\n", note)));
    for (const char* note : {"síncrono: parou com 1 em andamento: chegaram 1 de 2 páginas",
                             "multiprocesso: parou com 1 em andamento: uma execução não terminou "
                             "em 2 s",
                             "threads: parou com 10 em andamento: chegaram 2 de 20 páginas"})
        CHECK(contains(portuguese, fmt::format("\n- {}\n", note)));
    CHECK(contains(finished.output, fmt::format("\n{:<23}  stopped\n", "processes")));
    // Ours has no figures.
    CHECK(contains(finished.output, fmt::format("\n{:<23}{:>6}", "minimal.cpp, processes", "-")));
    CHECK(longest_line(finished.output.substr(finished.output.find("\nratio: ") + 1)) < 80);
    CHECK(contains(scale["stops"].dump(), "cannot run " + folder.file("04_async/async")));
}

// The rows of scale where threads is the only model, and does these lines first.
nlohmann::json rows_of_threads(const std::string& lines, const std::string& most) {
    const TemporaryDirectory folder;
    copy_benchmark(folder, programs::scale);
    make_script(folder.file("02_threads/threads"),
                fmt::format("{}exec {} \"$@\"\n", lines, programs::threads));
    run({folder.file("benchmarks/scale"), "--most", most, "--latency", "50", "--json",
         folder.file("scale.json")});
    return nlohmann::json::parse(test_support::read_text(folder.file("scale.json")))["rows"];
}

TEST_CASE("memory for further pages is what all but the first have added") {
    if (is_sanitized()) {
        MESSAGE("skipped: sanitizers need more memory than the script");
        return;
    }
    // 32 MiB, for 10 pages as for 100.
    const auto rows = rows_of_threads(
        "[ $9 -eq 1 ] || { x=x; until [ ${#x} -gt 20000000 ]; do x=$x$x; done; }\n", "100");
    REQUIRE(rows.size() == 3);
    for (std::size_t i = 1; i < 3; ++i)
        CHECK(rows[i]["memory_kib_per_page_in_flight"][0].get<double>() *
                  (rows[i]["most_in_flight"][0].get<double>() - 1) >
              15'000.0);
}

TEST_CASE("where a second run measures the memory of many processes, the time is the first's") {
    // Of those with 10 pages in flight only the first has 60 children and takes 2 s, and only the
    // second has 32 MiB.
    const auto rows = rows_of_threads(
        "if [ $9 -eq 1 ]; then :; elif [ -e $0.ran ]; then\n"
        "x=x; until [ ${#x} -gt 20000000 ]; do x=$x$x; done\n"
        "else : >$0.ran\n"
        "n= all=; until [ ${#n} -eq 60 ]; do n=x$n; sleep 60 & all=\"$all $!\"; done\n"
        "sleep 2; kill $all; wait; fi\n",
        "10");
    REQUIRE(rows.size() == 2);
    CHECK(rows[1]["seconds"][0] >= 2.0);
    if (!is_sanitized())  // sanitizers need more than that
        CHECK(rows[1]["memory_kib_per_page_in_flight"][0].get<double>() *
                  (rows[1]["most_in_flight"][0].get<double>() - 1) >
              15'000.0);
}

TEST_CASE("on a terminal compare and scale show which run goes on, and each row once") {
    const std::string job = " --latency 1 --repeat 2";
    // What goes on is for standard error, also where the table goes elsewhere.
    const TemporaryDirectory directory;
    const std::string compare =
        on_terminal(fmt::format("TERM=xterm PATH={} PYTHONHOME=/nowhere", directory.path()), 80,
                    fmt::format("{} --beside --plain --pages 1{} >{}", programs::compare, job,
                                directory.file("table")));
    CHECK(count_of(compare, "\r\033[Kround ") == 20);
    CHECK(contains(compare, "round 1 of 2: synchronous\r\033[K"));
    CHECK(contains(compare, "round 2 of 2: asynchronous coroutines\r\033[K"));
    CHECK(contains(compare, "round 2 of 2: minimal.cpp, coroutines\r\033[K"));
    const std::string table = test_support::read_text(directory.file("table"));
    CHECK(count_of(table, "asynchronous coroutines  ") == 1);
    CHECK_FALSE(contains(table, "\033"));
    const std::string scale =
        on_terminal("TERM=xterm", 80, std::string(programs::scale) + " --most 1" + job);
    CHECK(contains(scale, "\r\033[Kthreads"));
    CHECK(count_of(scale, "coroutines       ") == 1);
}

}  // namespace
