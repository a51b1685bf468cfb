#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "sanitized.hpp"
#include "support/processes.hpp"
#include "support/text.hpp"

namespace {

using test_support::contains;
using test_support::Finished;
using test_support::TemporaryDirectory;

nlohmann::json read_json(const std::string& file) {
    return nlohmann::json::parse(test_support::read_text(file));
}

TEST_CASE("scale has as many pages in flight as it says, and synchronous only one") {
    const TemporaryDirectory directory;
    const Finished finished =
        test_support::run({TUTORIAL_SCALE, "--most", "10", "--latency", "500", "--page-bytes",
                           "100", "--repeat", "2", "--json", directory.file("scale.json")});
    CHECK(finished.exit_status == 0);
    CHECK(finished.errors.empty());
    const auto scale = read_json(directory.file("scale.json"));
    std::map<std::string, std::string> levels;
    for (const auto& row : scale["rows"]) {
        CAPTURE(row.dump());
        levels[row["model"]] += std::to_string(row["in_flight"].get<int>()) + " ";
        CHECK(row["most_in_flight"] == nlohmann::json({row["in_flight"], row["in_flight"]}));
        CHECK(row["median_cpu_microseconds_per_page"] > 0.0);
        // Of several processes there is no figure where no look saw nearly all of them.
        const auto& memory = row["median_peak_memory_kib_per_page_in_flight"];
        const bool may_be_unknown = row["model"] == "multiprocess" || is_sanitized();
        CHECK((memory > 1.0 || (memory.is_null() && may_be_unknown)));
        CHECK(row["median_switches_per_page"] > 0.0);
        CHECK(row["median_seconds_beyond_ideal"] > 0.0);
        CHECK(row["median_seconds"].get<double>() ==
              doctest::Approx(1.0 + row["median_seconds_beyond_ideal"].get<double>()));
    }
    CHECK(levels == std::map<std::string, std::string>{{"synchronous", "1 "},
                                                       {"threads", "1 10 "},
                                                       {"multiprocess", "1 10 "},
                                                       {"coroutines", "1 10 "}});
    REQUIRE(scale["stops"].size() == 1);
    CHECK(scale["stops"][0]["model"] == "synchronous");
    CHECK(contains(finished.output, "\nsynchronous: stopped at 1 in flight: one page at a time"));
}

TEST_CASE("scale writes its table in two languages and draws one picture for both") {
    const TemporaryDirectory directory;
    const std::string picture_file = directory.file("lines.svg");
    const Finished finished =
        test_support::run({TUTORIAL_SCALE, "--https", "--most", "1", "--latency", "10",
                           "--markdown", directory.file("en.md"), "--markdown-pt-br",
                           directory.file("pt.md"), "--svg", picture_file});
    REQUIRE(finished.exit_status == 0);
    const std::string english = test_support::read_text(directory.file("en.md"));
    CHECK(english.starts_with("| model | pages in flight | time |"));
    CHECK(contains(english, "\n| coroutines | 1 | 0."));
    CHECK(contains(english, ", https; "));
    CHECK(contains(english, "Made by `scale --latency 10 --most 1 --https`.\n"));
    const std::string portuguese = test_support::read_text(directory.file("pt.md"));
    CHECK(portuguese.starts_with("| modelo | páginas em andamento | tempo |"));
    CHECK(contains(portuguese, "\n| corrotinas | 1 | 0,"));
    const std::string picture = test_support::read_text(picture_file);
    CHECK(contains(picture, "<metadata>made by: scale "));
    CHECK(contains(picture, "<desc "));
    CHECK(contains(picture, ">coroutines · corrotinas</text>"));
    CHECK(picture.ends_with("</svg>\n"));
}

TEST_CASE("a model that gets fewer workers than asked for goes no further") {
    const TemporaryDirectory directory;
    const Finished finished = test_support::run({"sh", "-c",
                                                 "ulimit -n 64 && exec " TUTORIAL_SCALE
                                                 " --most 1000 --latency 300 --json " +
                                                     directory.file("scale.json")});
    CHECK(finished.exit_status == 0);
    const auto scale = read_json(directory.file("scale.json"));
    REQUIRE(scale["stops"].size() == 4);
    for (std::size_t i = 1; i < 4; ++i) {
        CAPTURE(scale["stops"][i].dump());
        CHECK(scale["stops"][i]["in_flight"] == 100);
        CHECK(contains(scale["stops"][i]["reason"], "48 workers instead of 100"));
    }
    for (const auto& row : scale["rows"])
        if (row["in_flight"] == 100)
            CHECK(row["median_most_in_flight"] == 48);
}

TEST_CASE("a run that takes too long is given up, and a scale without any row is a failure") {
    const Finished finished = test_support::run(
        {TUTORIAL_SCALE, "--most", "10", "--latency", "20000", "--time-limit", "1"});
    CHECK(finished.exit_status == 1);
    for (const char* model : {"synchronous", "threads", "multiprocess", "coroutines"})
        CHECK(contains(finished.output,
                       std::string(model) + ": stopped at 1 in flight: a run did not end within"));
}

TEST_CASE("scale says what is wrong with its arguments and files") {
    for (const char* wrong : {"--most=0", "--pages=5", "--work=1", "--repeat=0", "--plain"}) {
        CAPTURE(wrong);
        const Finished finished = test_support::run({TUTORIAL_SCALE, wrong});
        CHECK(finished.exit_status == 2);
        CHECK(contains(finished.errors, "usage: scale"));
    }
    const Finished finished = test_support::run(
        {TUTORIAL_SCALE, "--most", "1", "--latency", "1", "--svg", "/no/such/directory/x.svg"});
    CHECK(finished.exit_status == 1);
    CHECK(contains(finished.errors, "scale: "));
    CHECK(contains(finished.errors, "/no/such/directory/x.svg"));
}

}  // namespace
