#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/run/limits.hpp"
#include "support/processes.hpp"
#include "support/programs.hpp"
#include "support/sanitized.hpp"
#include "support/text.hpp"

namespace {

namespace programs = test_support::programs;

using test_support::contains;
using test_support::count_of;
using test_support::Finished;
using test_support::TemporaryDirectory;

nlohmann::json read_json(const std::string& file) {
    return nlohmann::json::parse(test_support::read_text(file));
}

TEST_CASE("compare has the five rows of the tutorial and medians of the runs asked for") {
    const TemporaryDirectory directory;
    const Finished finished = test_support::run(
        {programs::compare, "--pages", "6", "--latency", "20", "--page-bytes", "100", "--repeat",
         "3", "--json", directory.file("table.json"), "--markdown", directory.file("table.md")});
    CHECK(finished.exit_status == 0);
    CHECK(finished.errors.empty());
    CHECK(finished.output.ends_with("\n\nideal time: the waits alone\n"));

    const auto table = read_json(directory.file("table.json"));
    REQUIRE(table["rows"].size() == 5);
    const std::string machine = table["machine"].get<std::string>();
    CHECK(machine.starts_with(fmt::format("{} x ", common::processor_count())));
    CHECK(finished.output.starts_with("6 pages of 100 bytes, 20 ms each, https;\n" + machine +
                                      "\n\nmodel  "));
    for (const auto& row : table["rows"]) {
        CHECK(contains(finished.output, row["model"].get<std::string>()));
        for (const char* figure :
             {"seconds", "cpu_seconds", "peak_memory_mib", "voluntary_switches",
              "involuntary_switches", "threads", "processes", "connections", "most_in_flight"}) {
            CAPTURE(figure);
            CHECK(row[figure].size() == 3);
            CHECK(row.contains(fmt::format("median_{}", figure)));
        }
        CHECK(row["median_seconds"] >= row["ideal_seconds"]);
    }
    const std::vector<std::size_t> workers = {1, 5, 50, common::processor_count(), 6};
    for (std::size_t i = 0; i < workers.size(); ++i)
        CHECK(table["rows"][i]["workers"] == workers[i]);
    CHECK(table["rows"][0]["ideal_seconds"] == 0.12);
    CHECK(table["rows"][1]["ideal_seconds"] == 0.04);
    CHECK(table["rows"][2]["ideal_seconds"] == 0.02);
    CHECK(test_support::read_text(directory.file("table.md")).starts_with("| model |"));
}

bool is_as_many(const nlohmann::json& counted, std::size_t expected) {
    const auto value = counted[0].get<std::size_t>();
    return is_sanitized() ? value >= expected : value == expected;
}

// No look has seen the process that a sanitizer starts at the end.
bool is_memory(const nlohmann::json& mebibytes) {
    return mebibytes[0].is_null() ? is_sanitized() : mebibytes[0] > 1.0;
}

TEST_CASE("the cost sheet tells threads, processes, connections and pages in flight") {
    const TemporaryDirectory directory;
    // Without TLS a busy machine, too, has all in flight in time.
    const Finished finished =
        test_support::run({programs::compare, "--plain", "--pages", "10", "--latency", "300",
                           "--page-bytes", "100", "--json", directory.file("table.json")});
    REQUIRE(finished.exit_status == 0);
    const auto rows = read_json(directory.file("table.json"))["rows"];
    const std::vector<std::size_t> workers = {1, 5, 10, rows[3]["workers"].get<std::size_t>(), 10};
    for (std::size_t i = 0; i < workers.size(); ++i) {
        CAPTURE(i);
        const auto& row = rows[i];
        CHECK(row["connections"][0] == std::min<std::size_t>(workers[i], 10));
        CHECK(row["most_in_flight"][0] == std::min<std::size_t>(workers[i], 10));
        CHECK(row["cpu_seconds"][0] > 0.0);
        CHECK(is_memory(row["peak_memory_mib"]));
        CHECK(row["voluntary_switches"][0] > 0);
    }
    CHECK(is_as_many(rows[0]["threads"], 1));
    CHECK(is_as_many(rows[1]["threads"], 5 + 1));
    CHECK(is_as_many(rows[2]["threads"], 10 + 1));
    CHECK(is_as_many(rows[3]["processes"], std::min<std::size_t>(workers[3], 10) + 1));
    CHECK(is_as_many(rows[4]["threads"], 1));
    CHECK(is_as_many(rows[4]["processes"], 1));

    // Each row was shown when it had been measured, and only then.
    CHECK(count_of(finished.output, "\nasynchronous coroutines ") == 1);
    CHECK(contains(finished.output,
                   fmt::format("\n{:<19}{:>12}{:>12}{:>12}{:>12}{:>12}\n", "cost", "synchronous",
                               "5 threads", "50 threads", "processes", "coroutines")));
    const std::size_t times = finished.output.find("\nmodel ");
    const std::size_t costs = finished.output.find("\ncost ");
    CHECK(times < costs);
    CHECK(costs < finished.output.find("\npeak memory "));
    CHECK(contains(finished.output, "\nmost in flight "));
}

TEST_CASE("with --work the ideal time counts what the synchronous row computed") {
    const TemporaryDirectory directory;
    const Finished finished =
        test_support::run({programs::compare, "--pages", "4", "--latency", "20", "--work", "5",
                           "--json", directory.file("table.json")});
    REQUIRE(finished.exit_status == 0);
    const auto table = read_json(directory.file("table.json"));
    const auto& first = table["rows"][0];
    const double cpu = first["median_cpu_seconds"].get<double>();
    CHECK(first["ideal_seconds"].get<double>() == doctest::Approx(4 * 0.02 + cpu));
    CHECK(table["rows"][4]["ideal_seconds"].get<double>() == doctest::Approx(0.02 + cpu));
    CHECK(contains(finished.output, "https, --work 5;"));
    CHECK(
        contains(finished.output, " s a page (the CPU time of\nthe synchronous row), on at most "));
    const std::size_t processors = common::processor_count();
    CHECK(table["rows"][1]["ideal_seconds"].get<double>() ==
          doctest::Approx(0.02 + cpu / static_cast<double>(std::min<std::size_t>(processors, 4))));
    CHECK(contains(finished.output, fmt::format("{} processors", processors)));
}

TEST_CASE("compare writes its tables in two languages and draws one picture for both") {
    const TemporaryDirectory directory;
    const std::string picture_file = directory.file("bars.svg");
    const Finished finished =
        test_support::run({programs::compare, "--plain", "--pages", "4", "--latency", "20",
                           "--markdown", directory.file("en.md"), "--markdown-pt-br",
                           directory.file("pt.md"), "--svg", picture_file});
    REQUIRE(finished.exit_status == 0);

    const std::string english = test_support::read_text(directory.file("en.md"));
    CHECK(english.starts_with("| model | time |"));
    CHECK(contains(english,
                   "\n\n| cost | synchronous | thread with 5 workers | thread with 50 workers | "
                   "parallelism (multiprocess) | asynchronous coroutines |\n"));
    CHECK(contains(english, "\n| CPU time | 0."));
    const std::string portuguese = test_support::read_text(directory.file("pt.md"));
    CHECK(portuguese.starts_with("| modelo | tempo |"));
    CHECK(contains(portuguese,
                   "\n\n| custo | síncrono | thread com 5 workers | thread com 50 workers | "
                   "paralelismo (multiprocesso) | corrotinas assíncronas |\n"));
    CHECK(contains(portuguese, "\n| tempo de CPU | 0,"));
    CHECK(count_of(english, "\n") == count_of(portuguese, "\n"));

    const std::string picture = test_support::read_text(picture_file);
    CHECK(contains(picture, "<metadata>made by: compare --pages 4 --latency 20 --plain --svg " +
                                picture_file + "</metadata>"));
    CHECK(count_of(picture, "<rect class=\"receiving\"") == 5 + 1);  // and the legend's
    CHECK(count_of(picture, "<line class=\"ideal\"") == 5 + 1);
    CHECK(count_of(picture, "<desc ") == 1);
    CHECK(contains(picture, "<title id=\"title\">Time of each model · Tempo de cada modelo<"));
    for (const char* element : {"svg", "title", "desc", "style", "text"}) {
        CAPTURE(element);
        CHECK(count_of(picture, fmt::format("<{} ", element)) +
                  count_of(picture, fmt::format("<{}>", element)) ==
              count_of(picture, fmt::format("</{}>", element)));
    }
}

TEST_CASE("what compare measures ends with it") {
    test_support::Program compare(
        {programs::compare, "--plain", "--pages", "1", "--latency", "600000"});
    std::vector<pid_t> started;
    REQUIRE(test_support::eventually([&] {
        started = test_support::descendants_of(compare.process_id());
        return started.size() == 2;  // its practice site, and the first program
    }));
    kill(compare.process_id(), SIGKILL);
    for (const pid_t process : started) {
        CHECK(test_support::eventually([&] { return !test_support::is_running(process); }));
        kill(process, SIGKILL);  // it may hold compare's output
    }
    // The row was begun before its figures were there.
    CHECK(contains(compare.finish().output, " near ideal\nsynchronous  "));
}

TEST_CASE("a run that takes too long ends compare with an error") {
    const Finished finished = test_support::run(
        {programs::compare, "--pages", "1", "--latency", "20000", "--time-limit", "1"});
    CHECK(finished.exit_status == 1);
    CHECK(finished.errors.starts_with("compare: /"));
    CHECK(finished.errors.ends_with("/01_sync/sync did not end within 1 s\n"));
}

// compare --beside where only this curl is installed.
Finished compare_beside(const TemporaryDirectory& directory, const std::string& curl) {
    test_support::write_text(directory.file("curl"), "#!/bin/sh\n" + curl);
    std::filesystem::permissions(directory.file("curl"), std::filesystem::perms::owner_all);
    return test_support::run({"env", "PATH=" + directory.path(), programs::compare, "--beside",
                              "--plain", "--pages", "3", "--latency", "40", "--repeat", "2",
                              "--json", directory.file("table.json"), "--svg",
                              directory.file("bars.svg"), "--markdown", directory.file("en.md"),
                              "--markdown-pt-br", directory.file("pt.md")});
}

TEST_CASE("beside our rows stand the minimal programs, each with its version and its ratio") {
    const TemporaryDirectory directory;
    const Finished finished = compare_beside(directory, "echo curl 9.9 a b c");
    CHECK(finished.exit_status == 0);
    CHECK(finished.errors.empty());  // also where a program is not installed
    const auto table = read_json(directory.file("table.json"));
    CHECK(table["command"] == "compare --pages 3 --latency 40 --repeat 2 --plain --beside");
    CHECK(table["rows"].size() == 5);
    const auto& beside = table["beside"];
    REQUIRE(beside.size() > 10);
    const std::vector<std::string> names = {"synchronous", "thread with 5 workers",
                                            "thread with 50 workers", "parallelism (multiprocess)",
                                            "asynchronous coroutines"};
    for (std::size_t i = 0; i < 5; ++i) {
        CAPTURE(i);
        const auto& ours = beside[i];
        const auto& minimal = beside[5 + i];
        CHECK(ours["program"] == names[i]);
        CHECK(ours["ratio_to_ours"] == 1.0);
        CHECK(minimal["program"] == "minimal.cpp, " + names[i]);
        CHECK(minimal["version"].get<std::string>().starts_with(i < 4 ? "cpp-httplib " : "Asio "));
        CHECK(minimal["wall_seconds"].size() == 2);
        const double ratio = minimal["median_wall_seconds"].get<double>() /
                             ours["median_wall_seconds"].get<double>();
        CHECK(minimal["ratio_to_ours"].get<double>() == doctest::Approx(ratio));
    }
    CHECK(beside[5]["connections"][0] == 1);
    CHECK(beside.back()["failure"] == "the site was asked for 0 of 3 pages");
    CHECK(contains(finished.output, "\nminimal.cpp, coroutines "));
    const std::string picture = test_support::read_text(directory.file("bars.svg"));
    CHECK(count_of(picture, "<rect class=\"receiving\"") == 5 + 1);  // and the legend's
    CHECK(count_of(picture, "<rect class=\"waiting\"") == beside.size() - 6 + 1);  // no curl
    CHECK(count_of(picture, "class=\"ideal\"") == 0);
    CHECK(contains(picture, ">minimal.cpp, synchronous<"));
    CHECK(contains(picture, ">cpp-httplib "));
    CHECK(contains(test_support::read_text(directory.file("en.md")), "\n| minimal.cpp, sync"));
    CHECK(contains(test_support::read_text(directory.file("pt.md")), "\n| minimal.cpp, sínc"));
}

TEST_CASE("a program that fails or is not installed is said, and costs nothing else") {
    const TemporaryDirectory directory;
    const Finished finished = compare_beside(
        directory, "[ $1 = --version ] && echo curl 9.9 a b c && exit; echo oops >&2; exit 3");
    CHECK(finished.exit_status == 0);
    const std::string failed = "curl -Z failed: exit status 3: oops";
    const std::string missing = "wget2 is left out: not installed (apt-get install wget2)";
    const std::string english = test_support::read_text(directory.file("en.md"));
    CHECK(contains(finished.output, "\n" + failed + "\n"));
    CHECK(contains(finished.output, "\n" + missing + "\n"));
    CHECK(contains(english, "\n- " + failed + "\n"));
    CHECK(contains(english, "\n- " + missing + "\n"));
    CHECK(contains(test_support::read_text(directory.file("pt.md")), "- wget2 ficou de fora: "));
    const auto curl = read_json(directory.file("table.json"))["beside"].back();
    CHECK(curl["version"] == "curl 9.9");
    CHECK(curl["failure"] == "exit status 3: oops");
    CHECK_FALSE(curl.contains("wall_seconds"));
}

TEST_CASE("what the minimal programs cannot be told does not go with --beside") {
    for (const char* other : {"--page-bytes=7", "--work=7"}) {
        CAPTURE(other);
        const Finished finished = test_support::run({programs::compare, "--beside", other});
        CHECK(finished.exit_status == 2);
        CHECK(contains(finished.errors, "--beside"));
    }
}

TEST_CASE("the help of compare and of scale tells what each does and takes") {
    const std::string compare = test_support::run({programs::compare, "--help"}).output;
    CHECK(contains(compare, "Downloads the same pages with every model"));
    for (const char* option :
         {"--pages N [50]", "--latency MS [100]", "--page-bytes N [16384]", "--plain ",
          "--work MIB [0]", "--repeat N [1]", "--time-limit S [600]", "--markdown-pt-br FILE"})
        CHECK(contains(compare, option));
    const std::string scale = test_support::run({programs::scale, "--help"}).output;
    CHECK(contains(scale, "Downloads with more and more pages in flight"));
    for (const char* option : {"--latency MS [1000]", "--https ", "--most N [10000]",
                               "--repeat N [1]", "--time-limit S [300]", "--svg FILE"})
        CHECK(contains(scale, option));
}

TEST_CASE("compare says what is wrong with its arguments") {
    for (const char* wrong :
         {"--repeat=none", "--repeat=0", "--latency=0", "--time-limit=0", "--most=10", "page"}) {
        CAPTURE(wrong);
        const Finished finished = test_support::run({programs::compare, wrong});
        CHECK(finished.exit_status == 2);
        CHECK(contains(finished.errors, "usage: compare"));
    }
}

}  // namespace
