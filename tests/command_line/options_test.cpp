// What a person may type wrongly: one line says what is wrong and what is right.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>

#include "common/practice_site/practice_site_process.hpp"
#include "support/models.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/programs.hpp"
#include "support/text.hpp"

namespace {

namespace programs = test_support::programs;

using common::PracticeSite;
using test_support::command;
using test_support::contains;
using test_support::count_lines;
using test_support::Finished;
using test_support::joined;
using test_support::run;
using test_support::Strings;
using test_support::TemporaryDirectory;

void check_wrong(const Strings& words, const std::string& complaint) {
    CAPTURE(joined(words, " "));
    const Finished finished = run(words);
    CHECK(finished.exit_status == 2);
    CHECK(finished.output.empty());
    CHECK(contains(finished.errors, ": " + complaint + "\nusage: "));
    CHECK(count_lines(finished.errors) == 2);
}

TEST_CASE("wrong usage is told by the program's name, with what it takes") {
    for (const char* program :
         {programs::sync, programs::threads, programs::multiprocess, programs::async}) {
        const Finished finished = run({program, "-x"});
        CHECK(finished.exit_status == 2);
        CHECK(finished.errors ==
              fmt::format("{0}: '-x' is not expected here\n"
                          "usage: {0} [OPTIONS] [URL...]   (--help tells more)\n",
                          std::filesystem::path(program).filename().string()));
    }
    check_wrong({programs::practice_site, "a\x1b[2J"}, "'a?[2J' is not expected here");
}

TEST_CASE("the help tells what each number is where nothing is said") {
    const std::string help = run({programs::threads, "--help"}).output;
    for (const char* preset :
         {"--workers N [5]", "--timeout S [30]", "--max-bytes N [67108864]", "--work MIB [0]",
          "--pages N [50]", "--latency MS [100]", "--page-bytes N [16384]"})
        CHECK(contains(help, preset));
    CHECK(contains(run({programs::async, "--help"}).output, "--workers N [100]"));
}

TEST_CASE("no word of the help is lost where its lines are folded") {
    const std::string help = run({programs::threads, "--help"}).output;
    std::string words;
    std::istringstream stream(help);
    for (std::string word; stream >> word;)
        words += word + " ";
    CAPTURE(words);
    for (const char* text :
         {"Downloads pages with the model 'threads' and reports what came back. ",
          "FILE Read URLs from FILE, one a line; '#' begins a comment, '-' is standard input ",
          "S [30] Deadline for one whole page, in seconds ",
          "FILE Write a JSON report to FILE; '-' is standard output, and the lines for people "
          "then go to standard error ",
          "Practice site (when no URL is given): "})
        CHECK(contains(words, text));
    for (const char* line : {"URL...                    Pages to download; none: those of",
                             "-w,--workers N [5]        How many at once\n",
                             "-q,--quiet                Print the summary only\n",
                             // 80 columns, and the next line below its description.
                             "--report FILE             Write a JSON report to FILE; '-' is "
                             "standard output,\n                            and the lines"})
        CHECK(contains(help, std::string("\n  ") + line));
}

TEST_CASE("options of the practice site do not go with other pages") {
    for (const char* option : {"--pages", "--latency", "--page-bytes"}) {
        const std::string complaint =
            std::string(option) + " is for the practice site, which URLs or --input replace";
        check_wrong({programs::sync, option, "1", "http://127.0.0.1:1/"}, complaint);
        check_wrong({programs::sync, option, "1", "--input", "/dev/null"}, complaint);
    }
    check_wrong({programs::sync, "--plain", "http://127.0.0.1:1/"},
                "--plain is for the practice site, which URLs or --input replace");
}

TEST_CASE("of a long value that is wrong the beginning is shown") {
    check_wrong({programs::sync, "--pages", std::string(100, 'x') + "y"},
                "--pages '" + std::string(100, 'x') + "' is not a whole number from 0 to 1000000");
}

TEST_CASE("a number that is none names its option, itself and what is right") {
    const std::string seconds = "a number from 0.001 to 1000000, such as 2.5";
    for (const char* wrong : {"nan", "inf", "-inf", "0,5", "0.5s", "0", "1e400", "", " 1"})
        check_wrong({programs::sync, "--timeout", wrong},
                    fmt::format("--timeout '{}' is not {}", wrong, seconds));
    for (const char* wrong : {"1k", "18446744073709551616", "-1", "1.5", "0x10", "+1"})
        check_wrong({programs::sync, "--max-bytes", wrong},
                    fmt::format("--max-bytes '{}' is not a whole number from 0 to "
                                "18446744073709551615",
                                wrong));
    check_wrong({programs::sync, "--latency", "\x1b[2J"},  // would clear a terminal
                "--latency '?[2J' is not a whole number from 0 to 600000");
    check_wrong({programs::sync, "--latency", "abc"},
                "--latency 'abc' is not a whole number from 0 to 600000");
}

TEST_CASE("numbers of the other programs are as strict") {
    check_wrong({programs::threads, "--workers", "abc"},
                "--workers 'abc' is not a whole number from 1 to 100000");
    for (const char* wrong : {"-1", "1000001"})
        check_wrong({programs::sync, "--work", wrong},
                    fmt::format("--work '{}' is not a whole number from 0 to 1000000", wrong));
    check_wrong({programs::sync, "--page-bytes", "-1"},
                "--page-bytes '-1' is not a whole number from 0 to 18446744073709551615");
    check_wrong({programs::sync, "--timeline-seconds", "-0.1"},
                "--timeline-seconds '-0.1' is not a number from 0 to 1000000, such as 2.5");
    check_wrong({programs::compare, "--repeat", "1k"},
                "--repeat '1k' is not a whole number from 1 to 1000");
    check_wrong({programs::scale, "--time-limit", "inf"},
                "--time-limit 'inf' is not a whole number from 1 to 86400");
    check_wrong({programs::practice_site, "--port", "99999"},
                "--port '99999' is not a whole number from 0 to 65535");
    check_wrong({programs::practice_site, "--host", "nowhere"},
                "--host 'nowhere' is not an IPv4 address, such as 127.0.0.1");
    check_wrong({programs::practice_site, "--accept", "tea"},
                "--accept 'tea' is not one of close, normal, silence");
}

TEST_CASE("the first and the last number of a range are in it") {
    for (const char* workers : {"1", "100000"})
        for (const char* seconds : {"0.001", "1000000"})
            CHECK(run({programs::threads, "--workers", workers, "--timeout", seconds, "--input",
                       "/dev/null"})
                      .exit_status == 0);
}

TEST_CASE("a name of a file that is empty is an error") {
    for (const char* option :
         {"--input", "--ca-file", "--save", "--report", "--timeline", "--trace"})
        check_wrong({programs::sync, option, ""},
                    fmt::format("{} '' is not a name of a file or directory", option));
}

TEST_CASE("an unknown option is answered with the nearest one") {
    for (const auto& [wrong, nearest] :
         {std::pair{"--reprot", "--report"}, std::pair{"--time-out", "--timeout"},
          std::pair{"--timout", "--timeout"}, std::pair{"--max", "--max-bytes"},
          std::pair{"--bytes", "--pages"}, std::pair{"--page-size", "--pages"}})
        check_wrong({programs::sync, std::string(wrong) + "=x"},
                    fmt::format("there is no option {}; the nearest is {}", wrong, nearest));
}

FOR_ALL_MODELS("a report to standard output stands there alone") {
    for (const std::string& option : Strings{"--plain", "--quiet"}) {
        const Finished finished =
            run(command<Model>({"--pages", "2", "--latency", "1", "--report", "-", option}));
        CHECK(finished.exit_status == 0);
        CHECK(nlohmann::json::parse(finished.output)["pages"].size() == 2);
        CHECK(contains(finished.errors, "2 of 2 pages arrived"));
        CHECK(contains(finished.errors, "pages of http://127.0.0.1:") == (option == "--plain"));
    }
}

TEST_CASE("a picture or a trace to standard output stands there alone too") {
    const Finished picture = run({programs::sync, "no URL", "--timeline", "-"});
    CHECK(picture.output.starts_with("<svg "));
    CHECK(picture.output.ends_with("</svg>\n"));
    const Finished trace = run({programs::sync, "no URL", "--trace", "-"});
    CHECK(nlohmann::json::accept(trace.output));
    for (const Finished& finished : {picture, trace})
        CHECK(contains(finished.errors, "0 of 1 pages arrived"));
}

TEST_CASE("URLs of the command line stand before those of a list") {
    const Finished finished =
        run({programs::sync, "one", "two", "-i", "-", "--report", "-"}, "three\nfour\n");
    const auto pages = nlohmann::json::parse(finished.output)["pages"];
    Strings urls;
    for (const auto& page : pages)
        urls.push_back(page.at("url").get<std::string>());
    CHECK(urls == Strings{"one", "two", "three", "four"});
    CHECK_FALSE(contains(finished.errors, "no URL in"));
    CHECK(run({programs::sync, "one", "-i", "/dev/null"}).errors.empty());
}

TEST_CASE("a prediction for pages of another site is from their own times") {
    const PracticeSite site({"--plain"});
    const Finished finished = run({programs::sync, site.origin() + "/delay/150/page/1"});
    CHECK(contains(finished.output, "\npredicted, from the waits alone: 1 x "));
    CHECK_FALSE(contains(finished.output, ": 1 x 0.100 s"));  // the practice site's own
}

FOR_ALL_MODELS("a byte-order mark between joined lists is left out and named") {
    const PracticeSite site({"--plain"});
    const std::string mark = "\xEF\xBB\xBF";
    const Finished finished =
        run(command<Model>({"-i", "-"}),
            mark + site.origin() + "/page/1\n" + mark + site.origin() + "/page/2 # the second\n");
    CHECK(finished.exit_status == 0);
    CHECK(finished.errors == "a byte-order mark in the middle of '-' was left out\n");
    CHECK(test_support::log_of(site) == nlohmann::json{{"/page/1", 1}, {"/page/2", 1}});
}

// Lines of more than 80 columns, words that are cut, and what only a programmer reads.
TEST_CASE("the help of every program fits in 80 columns and tells names by their names") {
    for (const char* program :
         {programs::sync, programs::threads, programs::multiprocess, programs::async,
          programs::compare, programs::scale, programs::practice_site}) {
        const Finished finished = run({program, "--help"});
        CHECK(finished.exit_status == 0);
        CHECK(finished.errors.empty());
        const std::string& help = finished.output;
        CAPTURE(help);
        CHECK(contains(help, "\n  -h,--help "));
        std::size_t begin = 0;
        for (std::size_t end = help.find('\n'); end != std::string::npos;
             end = help.find('\n', begin)) {
            CHECK(end - begin <= 80);
            begin = end + 1;
        }
        for (const char* unreadable : {"ENUM", "->", "INT in", "FLOAT"})
            CHECK_FALSE(contains(help, unreadable));
    }
}

FOR_ALL_MODELS("the site that all pages are of is named once, and their lines are short") {
    const PracticeSite site({"--plain"});
    const std::string url = site.page_urls({.pages = 1, .latency_ms = 1})[0];
    const Finished one_site = run(command<Model>({url, url, site.origin()}));
    CHECK(one_site.output.starts_with("pages of " + site.origin() + "\n  200 "));
    CHECK(contains(one_site.output, " s  /delay/1/bytes/16384/page/1\n"));
    CHECK(contains(one_site.output, " s  /\n"));
    CHECK(test_support::count_of(one_site.output, site.origin()) == 1);
    const std::string other = "http://localhost:" + test_support::port_of(site);
    const Finished two_sites = run(command<Model>({url, other + "/page/1"}));
    CHECK(contains(two_sites.output, " s  " + url + "\n"));
    CHECK_FALSE(contains(two_sites.output, "pages of "));
}

TEST_CASE("a site ends where its query or its fragment begins") {
    const std::string site = "http://127.0.0.1:1";
    const Finished finished = run({programs::sync, site + "?x/y", site + "#z/?"});
    CHECK(finished.output.starts_with("pages of " + site + "\nFAILED "));
    CHECK(contains(finished.output, " s  ?x/y: "));
    CHECK(contains(finished.output, " s  #z/?: "));
    // Port 10 is not port 1.
    const Finished two_sites = run({programs::sync, site + "/a", site + "0/b"});
    CHECK_FALSE(contains(two_sites.output, "pages of "));
    CHECK(contains(two_sites.output, " s  " + site + "0/b: "));
}

FOR_ALL_MODELS("a run with a failure has no prediction, and a bad URL no time to connect") {
    const Finished finished = run(command<Model>({"no URL"}));
    CHECK(finished.exit_status == 1);
    CHECK_FALSE(contains(finished.output, "predicted"));
    CHECK_FALSE(contains(finished.output, "+x"));
    CHECK_FALSE(contains(finished.output, "|+"));
}

}  // namespace
