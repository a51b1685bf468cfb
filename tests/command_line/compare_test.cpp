#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "support/processes.hpp"

namespace {

using test_support::Finished;

TEST_CASE("compare has the five rows of the tutorial and medians of the runs asked for") {
    const test_support::TemporaryDirectory directory;
    const Finished finished = test_support::run(
        {TUTORIAL_COMPARE, "--pages", "6", "--latency", "20", "--page-bytes", "100", "--repeat",
         "3", "--json", directory.file("table.json"), "--markdown", directory.file("table.md")});
    CHECK(finished.exit_status == 0);
    CHECK(finished.errors.empty());

    const auto table = nlohmann::json::parse(test_support::read_text(directory.file("table.json")));
    REQUIRE(table["rows"].size() == 5);
    for (const auto& row : table["rows"]) {
        CHECK(finished.output.find(row["model"].get<std::string>()) != std::string::npos);
        CHECK(row["seconds"].size() == 3);
        CHECK(row["median_seconds"] >= row["ideal_seconds"]);
    }
    CHECK(table["rows"][0]["ideal_seconds"] == 0.12);
    CHECK(table["rows"][1]["ideal_seconds"] == 0.04);
    CHECK(table["rows"][2]["ideal_seconds"] == 0.02);
    CHECK(test_support::read_text(directory.file("table.md")).starts_with("| model |"));
}

TEST_CASE("compare says what is wrong with its arguments") {
    const Finished finished = test_support::run({TUTORIAL_COMPARE, "--repeat", "none"});
    CHECK(finished.exit_status == 2);
    CHECK(finished.errors.find("usage: compare") != std::string::npos);
}

}  // namespace
