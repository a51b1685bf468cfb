#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "support/processes.hpp"
#include "support/programs.hpp"
#include "support/sanitized.hpp"
#include "support/text.hpp"

namespace {

namespace programs = test_support::programs;

using test_support::contains;
using test_support::Finished;
using test_support::TemporaryDirectory;

nlohmann::json read_json(const std::string& file) {
    return nlohmann::json::parse(test_support::read_text(file));
}

TEST_CASE("scale has as many pages in flight as it says, and synchronous only one") {
    const TemporaryDirectory directory;
    const Finished finished =
        test_support::run({programs::scale, "--most", "10", "--latency", "500", "--page-bytes",
                           "100", "--repeat", "2", "--json", directory.file("scale.json")});
    CHECK(finished.exit_status == 0);
    CHECK(finished.errors.empty());
    CHECK(finished.output.starts_with(
        "Two pages of 100 bytes for each in flight, 500 ms each, http;\n"));
    CHECK(contains(finished.output,
                   "\n\nideal time: the two waits; memory: the peak, less that of the same program "
                   "with\none page in flight\n"));
    const auto scale = read_json(directory.file("scale.json"));
    std::map<std::string, std::string> levels;
    int memory_figures = 0;
    for (const auto& row : scale["rows"]) {
        CAPTURE(row.dump());
        levels[row["model"]] += std::to_string(row["in_flight"].get<int>()) + " ";
        CHECK(row["most_in_flight"] == nlohmann::json({row["in_flight"], row["in_flight"]}));
        CHECK(row["median_cpu_microseconds_per_page"] > 0.0);
        // There is no figure for one page, and where no look saw nearly all of several processes.
        for (const auto& memory : row["memory_kib_per_page_in_flight"]) {
            CHECK((memory.is_null() || (row["in_flight"] > 1 && memory >= 0.0)));
            memory_figures += memory > 0.0 ? 1 : 0;
        }
        CHECK(row["median_switches_per_page"] > 0.0);
        CHECK(row["median_seconds_beyond_ideal"] > 0.0);
        CHECK(row["median_seconds"].get<double>() ==
              doctest::Approx(1.0 + row["median_seconds_beyond_ideal"].get<double>()));
    }
    CHECK((memory_figures > 0 || is_sanitized()));
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
        test_support::run({programs::scale, "--https", "--most", "1", "--latency", "10",
                           "--markdown", directory.file("en.md"), "--markdown-pt-br",
                           directory.file("pt.md"), "--svg", picture_file});
    REQUIRE(finished.exit_status == 0);
    const std::string english = test_support::read_text(directory.file("en.md"));
    CHECK(english.starts_with("| model | pages in flight | time |"));
    CHECK(contains(english, "\n| coroutines | 1 | 0."));
    CHECK(contains(english, ", https; "));
    CHECK(contains(english, "Made by `scale --latency 10 --most 1 --https`.\n"));
    CHECK_FALSE(contains(english, "stopped"));  // nobody asked for more than one page at a time
    const std::string portuguese = test_support::read_text(directory.file("pt.md"));
    CHECK(portuguese.starts_with("| modelo | páginas em andamento | tempo |"));
    for (const char* name : {"síncrono", "threads", "multiprocesso", "corrotinas"})
        CHECK(contains(portuguese, fmt::format("\n| {} | 1 | 0,", name)));
    const std::string picture = test_support::read_text(picture_file);
    CHECK(contains(picture, "<metadata>made by: scale "));
    CHECK(contains(picture, "<desc "));
    CHECK(contains(picture, ">coroutines · corrotinas</text>"));
    CHECK(picture.ends_with("</svg>\n"));
}

TEST_CASE("a model that gets fewer workers than asked for goes no further") {
    const TemporaryDirectory directory;
    const Finished finished = test_support::run(
        {"sh", "-c",
         std::string("ulimit -n 64 && exec ") + programs::scale +
             " --most 1000 --latency 300 --json " + directory.file("scale.json")});
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

// scale --beside where only this curl is installed, and 64 files may be open unless more are asked
// for.
Finished scale_beside(const TemporaryDirectory& directory, const std::string& curl,
                      const std::string& latency = "500") {
    test_support::write_text(directory.file("curl"), "#!/bin/sh\n" + curl);
    std::filesystem::permissions(directory.file("curl"), std::filesystem::perms::owner_all);
    return test_support::run({"prlimit", "--nofile=64:", "env", "PATH=" + directory.path(),
                              programs::scale, "--beside", "--most", "10", "--latency", latency,
                              "--json", directory.file("scale.json"), "--markdown",
                              directory.file("en.md"), "--markdown-pt-br", directory.file("pt.md"),
                              "--svg", directory.file("lines.svg")});
}

TEST_CASE("beside the models the minimal programs go up, each with as many in flight") {
    const TemporaryDirectory directory;
    const Finished finished =
        scale_beside(directory,
                     "[ $1 = --version ] && echo curl 9.9 a && exit; echo oops >&2; "
                     "exit 3");
    CHECK(finished.exit_status == 0);
    const auto scale = read_json(directory.file("scale.json"));
    std::map<std::string, std::string> levels;
    std::map<std::string, double> seconds;
    for (const auto& row : scale["rows"]) {
        CAPTURE(row.dump());
        levels[row["model"]] += std::to_string(row["in_flight"].get<int>()) + " ";
        CHECK(row["most_in_flight"][0] == row["in_flight"]);
        CHECK(row["connections"][0] == row["in_flight"]);
        CHECK(row["seconds"][0] >= 2 * 0.5);  // also where a program asks for another latency
        const std::string name = row["model"].get<std::string>();
        const std::string key = name + row["in_flight"].dump();
        seconds[key] = row["median_seconds"].get<double>();
        const bool ours = row["version"] == "";
        const double twin = seconds[ours ? key : key.substr(key.find(", ") + 2)];
        CHECK(row["ratio_to_ours"].get<double>() == doctest::Approx(seconds[key] / twin));
    }
    for (const char* name : {"threads", "multiprocess", "coroutines"}) {
        CHECK(levels[name] == "1 10 ");
        CHECK(levels[std::string("minimal.cpp, ") + name] == "1 10 ");
    }
    CHECK(levels["minimal.py, threads"] == levels["minimal.py, coroutines"]);
    for (const char* name : {"minimal.cpp, synchronous", "minimal.py, synchronous",
                             "minimal.py, multiprocess", "curl -Z"})
        CHECK_FALSE(levels.contains(name));
    CHECK(contains(scale["stops"].dump(), "exit status 3: oops"));
    const std::string missing = "wget2 is left out: not installed (apt-get install wget2)";
    CHECK(contains(finished.output, "\n" + missing + "\n"));
    CHECK(contains(finished.output, "\ncurl -Z: stopped at 1 in flight: exit status 3: oops\n"));
    CHECK(contains(finished.output, "\n10 in flight\n"));
    CHECK(contains(finished.output, "\ncpp-httplib "));
    const std::string english = test_support::read_text(directory.file("en.md"));
    CHECK(english.starts_with("| pages in flight | program | version | ratio to ours | time |"));
    CHECK(contains(english, "\n- " + missing + "\n"));
    CHECK_FALSE(contains(english, "ideal"));
    CHECK(contains(test_support::read_text(directory.file("pt.md")), "\n- wget2 ficou de fora: "));
    CHECK(contains(test_support::read_text(directory.file("lines.svg")),
                   "<polyline class=\"four dashed\""));
}

TEST_CASE("a program that never has as many in flight as it is asked for goes no further") {
    const TemporaryDirectory directory;
    // Asks for all pages, one after another. What it says beside is no reason to stop.
    const auto sync = std::filesystem::path(programs::scale).parent_path() / "../01_sync/sync";
    const Finished finished = scale_beside(
        directory,
        fmt::format("[ $1 = --version ] && echo curl 9.9 a && exit\n"
                    "ulimit -S -n >$0.files; echo careful >&2\n"
                    "for last; do :; done\nprefix=${{last%%[*}}\nnumber=${{last##*-}}\n"
                    "exec {} --quiet $(/usr/bin/seq -f \"$prefix%.0f\" ${{number%]}})\n",
                    sync.string()),
        "20");
    const auto stops = read_json(directory.file("scale.json"))["stops"];
    CHECK(contains(stops.dump(), "it had only 1 in flight at once"));
    CHECK(contains(finished.output, "curl -Z: stopped at 10 in flight: it had only 1"));
    CHECK(std::stoul(test_support::read_text(directory.file("curl.files"))) > 64);
    const std::string portuguese = test_support::read_text(directory.file("pt.md"));
    for (const char* stop :
         {"curl -Z: parou com 10 em andamento: teve só 1 em andamento ao mesmo tempo",
          "síncrono: parou com 1 em andamento: este modelo baixa uma página de cada vez"})
        CHECK(contains(portuguese, fmt::format("\n- {}\n", stop)));
}

TEST_CASE("a run that takes too long is given up, and a scale without any row is a failure") {
    const Finished finished = test_support::run(
        {programs::scale, "--most", "10", "--latency", "20000", "--time-limit", "1"});
    CHECK(finished.exit_status == 1);
    for (const char* model : {"synchronous", "threads", "multiprocess", "coroutines"})
        CHECK(contains(finished.output,
                       std::string(model) + ": stopped at 1 in flight: a run did not end within"));
}

TEST_CASE("scale says what is wrong with its arguments and files") {
    for (const char* wrong : {"--most=0", "--pages=5", "--work=1", "--repeat=0", "--plain"}) {
        CAPTURE(wrong);
        const Finished finished = test_support::run({programs::scale, wrong});
        CHECK(finished.exit_status == 2);
        CHECK(contains(finished.errors, "usage: scale"));
    }
    const Finished finished = test_support::run(
        {programs::scale, "--most", "1", "--latency", "1", "--svg", "/no/such/directory/x.svg"});
    CHECK(finished.exit_status == 1);
    CHECK(contains(finished.errors, "scale: "));
    CHECK(contains(finished.errors, "/no/such/directory/x.svg"));
}

}  // namespace
