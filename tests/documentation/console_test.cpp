// The runner of console blocks, with faults planted in small pages. It runs the READMEs' own
// blocks in tests of their own, labelled "console".
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "console_output.hpp"
#include "console_runner.hpp"
#include "planted.hpp"
#include "repository.hpp"
#include "support/processes.hpp"

TEST_SUITE_BEGIN("documentation");

namespace documentation {
namespace {

using namespace std::chrono_literals;

std::string block(const std::string& text, const std::string& comment = "") {
    return (comment.empty() ? "" : "<!-- " + comment + " -->\n") + "```console\n" + text + "```\n";
}

ConsoleReport report_of(const std::string& page, const ConsoleLimits& limits = {}) {
    const test_support::TemporaryDirectory directory;
    Shell shell(directory.path(), Shell::Network::shared);
    return run_console_blocks("page.md", page, shell, limits);
}

std::string complaints_of(const std::string& page, const ConsoleLimits& limits = {}) {
    return joined(report_of(page, limits).complaints);
}

TEST_CASE("every console block of every page is a proper one") {
    std::vector<std::string> pages = readmes();
    pages.emplace_back("CONTRIBUTING.md");
    // CMake has one test for each.
    CHECK(fmt::format("{}", fmt::join(pages, ":")) == TUTORIAL_PAGES_WITH_COMMANDS);
    std::size_t run = 0;
    for (const std::string& page : pages) {
        CAPTURE(page);
        const ConsoleBlocks found = console_blocks_of(read(page));
        CHECK(joined(found.complaints) == "");
        for (const ConsoleBlock& console : found.blocks)
            run += console.declared.not_run_because ? 0 : 1;
    }
    CHECK(run > 10);
}

TEST_CASE("commands that print what the page shows pass") {
    CHECK(complaints_of(block("$ echo a; echo b >&2\na\nb\n$ true\n")) == "");
    CHECK(complaints_of(block("$ seq 100\n1\n...\n50\n...\n99\n100\n")) == "");
    CHECK(complaints_of(block("$ printf 'a%.0s' $(seq 200000); echo; echo b\n...\nb\n")) == "");
    CHECK(complaints_of(block("$ for i in a b; do\n>   echo $i\n> done\na\nb\n")) == "");
    CHECK(complaints_of(block("$ v=5\n") + block("$ echo $v\n5\n")) == "");
    CHECK(complaints_of(block("$ echo 5.027 s, 127.0.0.1:1\n0.1 s, 127.0.0.1:65535\n")) == "");
    CHECK(complaints_of("1. List\n\n   ```console\n   $ echo '  a'\n     a\n   ```\n") == "");
    CHECK(report_of(block("$ true\n") + block("$ true\n$ true\n")).commands == 3);
}

TEST_CASE("output that is not what the page shows is found with its line") {
    CHECK(complaints_of("text\n" + block("$ echo a; echo c\na\nb\n")) ==
          "page.md:3: not what the page shows of $ echo a; echo c\n"
          "    line 5 differs\n    expected: b\n    got:      c\n"
          "    all that came:\n    | a\n    | c");
    CHECK(complaints_of(block("$ echo a\n")) != "");
    CHECK(complaints_of(block("$ true\na\n")) != "");
    CHECK(complaints_of(block("$ seq 100\n1\n...\n50\n...\n40\n...\n")) != "");
    CHECK(complaints_of(block("$ seq 9\n1\n...\n8\n")) != "");
    CHECK(complaints_of(block("$ seq 3\n2\n1\n3\n")) != "");
}

TEST_CASE("a command that fails is found unless its exit status is declared") {
    CHECK(complaints_of(block("$ true\n$ false\n")) ==
          "page.md:3: exit status 1 of $ false\n    | (nothing)");
    CHECK(complaints_of(block("$ no_such_program\n...\n")) != "");
    CHECK(complaints_of(block("$ true\n$ false\n", "exit status: 1")) == "");
    CHECK(complaints_of(block("$ (exit 2)\n", "exit status: 1")) != "");
    CHECK(complaints_of(block("$ true\n", "exit status: 1")) ==
          "page.md:2: no command ended with 1, as was declared");
}

TEST_CASE("a command that does not end is found") {
    ConsoleLimits limits;
    limits.command = 300ms;
    const std::string complaint = complaints_of(block("$ echo a; sleep 1000\na\n"), limits);
    CHECK(complaint.starts_with("page.md:2: did not end in time, or ended the shell: $ echo a;"));
    CHECK(complaints_of(block("$ exit\n")) != "");
}

TEST_CASE("a block that is not run is declared with a reason") {
    const std::string internet = "$ no_such_program\n";
    CHECK(complaints_of(block(internet)) != "");
    CHECK(complaints_of(block(internet, "not run: needs the internet; really")) == "");
    CHECK(complaints_of(block(internet, "not run:")) ==
          "page.md: line 2: 'not run' needs a reason");
    CHECK(complaints_of(block(internet, "not run")) != "");
    CHECK(complaints_of(block(internet, "too slow")).find("'too slow' is no declaration") !=
          std::string::npos);
    CHECK(report_of(block(internet, "not run: internet")).blocks_not_run == 1);
}

TEST_CASE("commands outside of console blocks and blocks without one are found") {
    CHECK(complaints_of("```sh\nls\n```\n") ==
          "page.md: line 1: write commands in a console block, where they are run");
    CHECK(complaints_of("text\n\n    $ ls\n") ==
          "page.md: line 3: a command outside of a console block");
    CHECK(complaints_of(block("a\n$ echo a\na\n")) == "page.md: line 2: output of no command");
    CHECK(complaints_of(block("")) == "page.md: line 1: no command ('$ ...')");
}

TEST_CASE("only the English half runs") {
    const std::string page = "## English\n\n" + block("$ echo a\na\n") +
                             "\n## Português (Brasil)\n\n" + block("$ no_such_program\n");
    CHECK(report_of(page).commands == 1);
    CHECK(complaints_of(page) == "");
}

TEST_CASE("lines of an unordered block come in any order but all of them") {
    CHECK(complaints_of(block("$ seq 3\n2\n1\n3\n", "unordered")) == "");
    CHECK(complaints_of(block("$ seq 3\n3\n...\n", "unordered")) == "");
    CHECK(complaints_of(block("$ seq 3\n2\n1\n", "unordered")) != "");
    const std::string varied = "unordered; varies: 8, 9";
    CHECK(complaints_of(block("$ seq 10 -1 7\n8\n9\n9\n10\n", varied)) == "");
    CHECK(complaints_of(block("$ seq 9 -1 6\n8\n9\n9\n10\n", varied)) != "");
    CHECK(complaints_of(block("$ seq 3\n1\n1\n2\n", "unordered")) != "");
}

TEST_CASE("figures that are declared to vary may be others") {
    const std::string expected = "2 of 20 (x.y)\n";
    CHECK(complaints_of(block("$ echo '17 of 20 (x.y)'\n" + expected, "varies: 2, 3")) == "");
    CHECK(complaints_of(block("$ echo '17 of 20 (x.y)'\n" + expected)) != "");
    CHECK(complaints_of(block("$ echo '17 of 21 (x.y)'\n" + expected, "varies: 2, 3")) != "");
    CHECK(complaints_of(block("$ echo '17 of 20 (xzy)'\n" + expected, "varies: 2, 3")) != "");
}

TEST_CASE("a command in the background goes on until its page ends and no longer") {
    const test_support::TemporaryDirectory directory;
    const std::string job =
        "(trap 'touch ended; exit' TERM; echo ready; while :; do read -t 0.05; "
        "done) &";
    {
        Shell shell(directory.path(), Shell::Network::shared);
        const std::string page = block("$ " + job + "\nready\n$ jobs -rp | wc -l\n1\n");
        CHECK(joined(run_console_blocks("page.md", page, shell, {}).complaints) == "");
        CHECK(directory.names().empty());
    }
    CHECK(directory.names() == Lines{"ended"});
    CHECK(complaints_of(block("$ sleep 1000 &\n$ kill %1; wait %1\n", "exit status: 143")) == "");
    CHECK(complaints_of(block("$ (echo a; exit 3) &\na\n$ wait $!\n", "exit status: 3")) == "");
}

TEST_CASE("a job that ignores the end of its page is killed") {
    const test_support::TemporaryDirectory directory;
    const std::string pid_file = directory.file("pid");
    {
        Shell shell(directory.path(), Shell::Network::shared);
        REQUIRE(shell.run("(trap '' TERM; echo $BASHPID >pid; echo ready; while :; do sleep 1; "
                          "done) &",
                          5s) == 0);
        REQUIRE(shell.wait_for_output([](const Lines& lines) { return !lines.empty(); }, 10s));
    }
    const std::string pid = lines_of(test_support::read_text(pid_file)).at(0);
    const std::string state = test_support::read_text("/proc/" + pid + "/stat");
    CHECK((state.empty() || state.find(" Z ") != std::string::npos));
}

TEST_CASE("a job that does not print what the page shows is found") {
    ConsoleLimits limits;
    limits.first_output_of_job = 200ms;
    CHECK(complaints_of(block("$ sleep 1000 &\nready\n"), limits) != "");
}

TEST_CASE("commands in a network of their own reach nothing but themselves") {
    if (!network_namespaces_are_permitted()) {
        MESSAGE("no right to make a network namespace");
        return;
    }
    const test_support::TemporaryDirectory directory;
    Shell shell(directory.path(), Shell::Network::own);
    CHECK(shell.run("ip -brief address | wc -l", 10s) == 0);
    CHECK(shell.take_output() == Lines{"1"});
}

TEST_CASE("the blocks are shown with what really came") {
    CHECK(report_of(block("$ seq 5\n1\n...\n5\n$ echo 0.5 s\n0.123 s\n$ echo c\nd\n")).shown ==
          "page.md:1:\n```console\n$ seq 5\n1\n...\n5\n$ echo 0.5 s\n0.5 s\n$ echo c\nc\n```\n\n");
    CHECK(
        report_of("1. a\n\n   ```console\n   $ for i in a; do\n   > echo $i; done\n   b\n   ```\n")
            .shown ==
        "page.md:3:\n   ```console\n   $ for i in a; do\n   > echo $i; done\n   a\n   ```\n\n");
}

TEST_CASE("figures and ports are masked but counts are not") {
    const auto same = [](const std::string& a, const std::string& b) {
        return masked(a) == masked(b);
    };
    CHECK(same("10 pages in 0.207 s (5 workers)", "10 pages in 10.1 s (5 workers)"));
    CHECK(same("   200   16384 B    0.105 s  https://127.0.0.1:44541/page/1",
               "   200   16384 B   10.105 s  https://127.0.0.1:1/page/1"));
    CHECK(same("| 5.027 s (5.024-5.036) | 1.0 x | 99 % |", "| 15.0 s (5.1-5.2) | 9.9 x | 100 % |"));
    CHECK(same("worker process 27717 was killed", "worker process 3 was killed"));
    CHECK(same("|###---| 3 ms", "|#-----| 12 ms"));
    CHECK(same(std::string(64, 'a'), std::string(64, '0')));
    CHECK_FALSE(same("10 pages", "11 pages"));
    CHECK_FALSE(same("16384 B", "16385 B"));
    CHECK_FALSE(same("0.207 s", "0.207 MiB"));
    CHECK_FALSE(same("https://127.0.0.1:80/page/1", "https://127.0.0.1:80/page/2"));
    CHECK_FALSE(same("https://127.0.0.1/", "https://127.0.0.2/"));
    CHECK_FALSE(same("g++ 12.2.0", "g++ 13.2.0"));
    CHECK_FALSE(same("abc", "abd"));
}

TEST_CASE("an archive without git's folder has all files that no build made") {
    const test_support::TemporaryDirectory archive;
    for (const char* folder : {"01_sync", "build"})
        std::filesystem::create_directory(archive.file(folder));
    for (const char* file : {"README.md", "01_sync/main.cpp", "build/program"})
        test_support::write_text(archive.file(file), "text");
    Lines files = files_of(archive.path());
    std::sort(files.begin(), files.end());
    CHECK(files == Lines{"01_sync/main.cpp", "README.md"});
}

TEST_CASE("a copy of the repository has its files and nothing that was built") {
    const test_support::TemporaryDirectory copy;
    copy_repository(copy.path());
    CHECK(test_support::read_text(copy.file("README.md")) == read("README.md"));
    CHECK(test_support::read_text(copy.file("01_sync/main.cpp")) == read("01_sync/main.cpp"));
    const Lines names = copy.names();
    CHECK(std::find(names.begin(), names.end(), "build") == names.end());
    CHECK(std::find(names.begin(), names.end(), ".git") == names.end());
    CHECK(access(copy.file("setup.sh").c_str(), X_OK) == 0);
}

}  // namespace
}  // namespace documentation

TEST_SUITE_END();
