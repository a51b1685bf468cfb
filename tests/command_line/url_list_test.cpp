// Lists as people have them: no line is skipped unseen, and nothing in a list ends a program.
#include "common/run/url_list.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "common/practice_site/practice_site_process.hpp"
#include "support/models.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/programs.hpp"
#include "support/text.hpp"

namespace {

namespace programs = test_support::programs;

using common::PracticeSite;
using test_support::as_nobody_else;
using test_support::command;
using test_support::contains;
using test_support::Finished;
using test_support::may_become_nobody_else;
using test_support::run;
using test_support::Strings;
using test_support::TemporaryDirectory;

FOR_ALL_MODELS("every line of a list is a page, however the list was written") {
    const PracticeSite site({"--plain"});
    const std::string origin = site.origin();
    const std::string list = "\xEF\xBB\xBF" + origin + "/page/1\r\n" +          // after a BOM
                             "# a comment\r\n \t# another\n\n \t \r\n" +        //
                             "  " + origin + "/page/2 \t\r\n" +                 // spaces around
                             origin + "/page/3?a b\n" +                         // and within
                             origin + "/page/4?caf\xC3\xA9\r\n" +               // no ASCII
                             origin + "/page/5#part\n" +                        // no comment
                             "\t" + origin + "/page/1\n" + origin + "/page/1";  // no line end
    const Finished finished = run(command<Model>({"--input", "-"}), list);
    CHECK(finished.exit_status == 0);
    CHECK(finished.errors.empty());
    CHECK(contains(finished.output, "7 of 7 pages arrived"));
    CHECK(test_support::log_of(site) == nlohmann::json{{"/page/1", 3},
                                                       {"/page/2", 1},
                                                       {"/page/3?a%20b", 1},
                                                       {"/page/4?caf%C3%A9", 1},
                                                       {"/page/5", 1}});
}

FOR_ALL_MODELS("a list of 70,000 lines has 70,000 results, more than 16 bits can count") {
    std::string list;
    for (int i = 0; i < 70'000; ++i)
        list += fmt::format("no URL {}\r\n", i);
    const TemporaryDirectory directory;
    const std::string report = directory.file("report.json");
    const Finished finished =
        run(command<Model>({"--input", "-", "--quiet", "--report", report}), list);
    CHECK(finished.exit_status == 1);
    CHECK(contains(finished.output, "0 of 70000 pages arrived"));
    CHECK(contains(finished.output, "70000 bad_url\n"));
    const auto pages = nlohmann::json::parse(test_support::read_text(report))["pages"];
    REQUIRE(pages.size() == 70'000);
    for (std::size_t i = 0; i < pages.size(); ++i)
        REQUIRE(pages[i]["url"] == fmt::format("no URL {}", i));
}

FOR_ALL_MODELS("a binary file is a list of bad URLs") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("list");
    const std::string report = directory.file("report.json");
    std::string bytes;
    std::uint32_t state = 1;
    for (int i = 0; i < 200'000; ++i) {
        state = state * 1664525 + 1013904223;  // the same bytes on every machine
        bytes += static_cast<char>(state >> 24U);
    }
    test_support::write_text(file, bytes);
    // Of 200,000 bytes about 780 are line ends, and two lines in 256 are blank or comments.
    const std::size_t lines = common::urls_in(bytes).size();
    REQUIRE(lines > 700);
    const Finished finished = run(command<Model>({"--input", file, "--report", report}));
    CHECK(finished.exit_status == 1);
    CHECK(contains(finished.output, fmt::format("0 of {} pages arrived", lines)));
    CHECK(nlohmann::json::parse(test_support::read_text(report))["pages"].size() == lines);
}

FOR_ALL_MODELS("one line of 10 MB without an end is one bad URL") {
    const Finished finished = run(command<Model>({"--input", "-"}), std::string(10'000'000, 'x'));
    CHECK(finished.exit_status == 1);
    CHECK(contains(finished.output, "0 of 1 pages arrived"));
    CHECK(contains(finished.output, "     1 bad_url\n"));
}

TEST_CASE("a list that never ends is an error") {
    const Finished finished = run({programs::sync, "--input", "/dev/zero"});
    CHECK(finished.exit_status == 2);
    CHECK(finished.output.empty());
    CHECK(contains(finished.errors, "cannot read '/dev/zero': File too large"));
}

TEST_CASE("a list without permission to read it exits with 2 and is named") {
    if (!may_become_nobody_else()) {
        MESSAGE("skipped: no right to change the user");
        return;
    }
    const TemporaryDirectory directory;
    const std::string file = directory.file("list");
    test_support::write_text(file, "http://127.0.0.1:1/\n");
    using std::filesystem::perms;
    std::filesystem::permissions(directory.path(), perms::all);
    std::filesystem::permissions(file, perms::owner_all);
    const Finished finished = run(as_nobody_else({programs::sync, "--input", file}));
    CHECK(finished.exit_status == 2);
    CHECK(finished.output.empty());
    CHECK(contains(finished.errors, "'" + file + "': Permission denied"));
}

FOR_ALL_MODELS("what a terminal would obey is printed as question marks, and a long line in part") {
    const Finished finished =
        run(command<Model>({"--input", "-"}), "http://a/\033[2J\n" + std::string(5000, 'u') + "\n");
    CHECK(finished.exit_status == 1);
    CHECK_FALSE(contains(finished.output, "\033"));
    CHECK(contains(finished.output, "  http://a/?[2J: "));
    CHECK_FALSE(contains(finished.output, std::string(301, 'u')));
    const Finished one_site =
        run(command<Model>({"--input", "-"}), "http://\033[2J/a\nhttp://\033[2J/b\n");
    CHECK(contains(one_site.output, "pages of http://?[2J\n"));
    CHECK_FALSE(contains(one_site.output, "\033"));
}

}  // namespace
