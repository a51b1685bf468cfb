// The chapters' programs as their users meet them: arguments, streams and the exit status.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "common/practice_site/practice_site_process.hpp"
#include "support/models.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/programs.hpp"
#include "support/sanitized.hpp"
#include "support/text.hpp"

namespace {

namespace programs = test_support::programs;

using common::PracticeSite;
using test_support::command;
using test_support::contains;
using test_support::count_lines;
using test_support::count_of;
using test_support::eventually;
using test_support::Finished;
using test_support::joined;
using test_support::run;
using test_support::Strings;
using test_support::TemporaryDirectory;

// Small and quick; what is tested is not the models but their programs.
const Strings quick_site = {"--pages", "6", "--latency", "5", "--page-bytes", "100"};

FOR_ALL_MODELS("without arguments a program downloads the practice site and exits with 0") {
    const Finished finished = run(command<Model>({"--pages", "7", "--latency", "5"}));
    CHECK(finished.exit_status == 0);
    CHECK(finished.errors.empty());                  // what is no terminal has no progress bar,
    CHECK_FALSE(contains(finished.output, "\033"));  // and no escape sequence
    CHECK(count_of(finished.output, "\n  200 ") == 7);
    CHECK(contains(finished.output, "\npredicted, from the waits alone: "));
    CHECK(contains(finished.output, " x 5.00 ms = "));
    CHECK(contains(finished.output, "7 of 7 pages arrived in "));
    CHECK(contains(finished.output, ": 114688 bytes\n"));
}

FOR_ALL_MODELS("a quiet run prints its summary only") {
    Strings arguments = quick_site;
    arguments.emplace_back("--quiet");
    const Finished finished = run(command<Model>(arguments));
    CHECK(count_lines(finished.output) == 1);
    CHECK(finished.output.starts_with("6 of 6 pages arrived"));
    CHECK(finished.output.ends_with(": 600 bytes\n"));
}

FOR_ALL_MODELS("the run is written as a picture and as a trace") {
    const TemporaryDirectory directory;
    Strings arguments = quick_site;
    arguments.insert(arguments.end(),
                     {"--quiet", "--report", directory.file("report.json"), "--timeline",
                      directory.file("run.svg"), "--timeline-seconds", "1000", "--trace",
                      directory.file("run.json")});
    CHECK(run(command<Model>(arguments)).exit_status == 0);
    const std::string picture = test_support::read_text(directory.file("run.svg"));
    const std::string name = std::filesystem::path(Model::program).filename().string();
    CHECK(contains(picture, ">" + name + ": 6 pages, "));
    CHECK(contains(picture, "made by: " + name + " --pages 6 --latency 5 "));
    CHECK(contains(picture, " --trace " + directory.file("run.json") + "</metadata>"));
    CHECK(contains(picture, ">900</text>"));  // of the time axis
    const auto trace = nlohmann::json::parse(test_support::read_text(directory.file("run.json")));
    const auto report =
        nlohmann::json::parse(test_support::read_text(directory.file("report.json")));
    const double microseconds = report["seconds"].get<double>() * 1e6;
    std::size_t pages = 0;
    for (const auto& event : trace.at("traceEvents")) {
        pages += event.contains("args") && event.at("args").contains("url") ? 1 : 0;
        CHECK(event.value("ts", 0.0) >= 0.0);
        CHECK(event.value("ts", 0.0) + event.value("dur", 0.0) <= microseconds + 1);
    }
    CHECK(pages == 6);
    for (const char* step : {"TLS handshake", "wait", "page 6"})
        CHECK(contains(trace.dump(), step));
}

FOR_ALL_MODELS("a file that cannot be written does not cost the others") {
    const TemporaryDirectory directory;
    Strings arguments = quick_site;
    arguments.insert(arguments.end(), {"--report", "/no/such/directory/report.json", "--timeline",
                                       directory.file("run.svg"), "--trace", "/dev/full"});
    const Finished finished = run(command<Model>(arguments));
    CHECK(finished.exit_status == 1);
    // The first one that failed is told.
    CHECK(contains(finished.errors, "/no/such/directory/report.json"));
    CHECK_FALSE(contains(finished.errors, "/dev/full"));
    CHECK(directory.names() == Strings{"run.svg"});
    CHECK(contains(finished.output, "6 of 6 pages arrived"));
}

TEST_CASE("workers where there are none to choose, no worker and a missing value are wrong usage") {
    for (const Strings& wrong :
         {Strings{programs::sync, "--workers", "2"}, Strings{programs::threads, "--workers", "0"},
          Strings{programs::sync, "--pages"}}) {
        const Finished finished = run(wrong);
        CHECK(finished.exit_status == 2);
        CHECK(finished.output.empty());
        CHECK(contains(finished.errors, wrong[1]));
        CHECK(contains(finished.errors, "\nusage: "));
    }
}

TEST_CASE("an input that cannot be read exits with 2 and is named") {
    const TemporaryDirectory directory;
    for (const std::string& path : {directory.file("missing.txt"), directory.path()}) {
        const Finished finished = run({programs::sync, "--input", path});
        CHECK(finished.exit_status == 2);
        CHECK(contains(finished.errors, path));
    }
}

FOR_ALL_MODELS("an empty list is no error, but is remarked on") {
    const Finished finished = run(command<Model>({"--input", "-"}), "# nothing yet\n\n");
    CHECK(finished.exit_status == 0);
    CHECK(contains(finished.output, "0 of 0 pages arrived"));
    CHECK(contains(finished.output, ", 1 worker)"));
    CHECK(contains(finished.errors, "no URL in '-'"));
}

TEST_CASE("a certificate file that cannot be used exits with 2 and is named") {
    for (const char* file : {"/no/such/file.pem", "/dev/null"}) {
        for (const char* url : {"https://127.0.0.1:1/", "http://127.0.0.1:1/"}) {
            const Finished finished = run({programs::sync, "--ca-file", file, url});
            CHECK(finished.exit_status == 2);
            CHECK(contains(finished.errors, file));
        }
    }
}

TEST_CASE("a certificate file is used instead of the practice site's own") {
    const PracticeSite other_site;
    const Finished finished =
        run({programs::sync, "--pages", "1", "--latency", "1", "--ca-file", other_site.ca_file()});
    CHECK(finished.exit_status == 1);
    CHECK(contains(finished.output, "     1 tls\n"));
}

FOR_ALL_MODELS("a reader that leaves early does not end the downloads") {
    const TemporaryDirectory directory;
    const std::string report = directory.file("report.json");
    const std::string status = directory.file("status");
    const std::string downloads =
        joined(command<Model>({"--pages", "40", "--latency", "5", "--report", report}), " ");
    const Finished finished =
        run({"sh", "-c", fmt::format("{{ {}; echo $? >{}; }} | head -1", downloads, status)});
    CHECK(count_lines(finished.output) == 1);
    CHECK(finished.errors.empty());
    CHECK(test_support::read_text(status) == "0\n");
    CHECK(nlohmann::json::parse(test_support::read_text(report))["pages"].size() == 40);
}

FOR_ALL_MODELS("standard output that cannot be written is an error") {
    const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    const Finished finished = test_support::Program(command<Model>(quick_site), "", full).finish();
    close(full);
    CHECK(finished.exit_status == 1);
    CHECK(contains(finished.errors, "standard output: No space left on device"));
}

FOR_ALL_MODELS("the report has every page in the order of the list") {
    const PracticeSite site;
    const TemporaryDirectory directory;
    const Strings urls = {site.origin() + "/delay/100/bytes/64/page/1",
                          site.origin() + "/status/503", "http://127.0.0.1:1/",
                          site.origin() + "/bytes/65/page/2"};
    Strings arguments = urls;
    arguments.insert(arguments.end(), {"--report", directory.file("report.json"), "--ca-file",
                                       site.ca_file(), "--quiet"});
    const Finished finished = run(command<Model>(arguments));
    CHECK(finished.exit_status == 1);
    CHECK(finished.output.starts_with("2 of 4 pages arrived"));

    const auto report =
        nlohmann::json::parse(test_support::read_text(directory.file("report.json")));
    CHECK(report["model"] == std::filesystem::path(Model::program).filename().string());
    CHECK(report["workers"].get<int>() >= 1);
    CHECK(report["seconds"].get<double>() >= 0.1);
    const auto& pages = report["pages"];
    REQUIRE(pages.size() == 4);
    for (std::size_t i = 0; i < urls.size(); ++i)
        CHECK(pages[i]["url"] == urls[i]);
    CHECK(pages[0] == nlohmann::json{{"url", urls[0]},
                                     {"ok", true},
                                     {"status", 200},
                                     {"bytes", 64},
                                     {"sha256", test_support::hash_of_page(1, 64)}});
    CHECK(pages[1]["ok"] == false);
    CHECK(pages[1]["status"] == 503);
    CHECK(pages[1]["kind"] == "http_status");
    CHECK(pages[2]["status"].is_null());
    CHECK(pages[2]["kind"] == "connect");
    CHECK(pages[3]["sha256"] == test_support::hash_of_page(2, 65));
}

FOR_ALL_MODELS("a page costs the same memory whatever its size") {
    const PracticeSite site;
    const TemporaryDirectory directory;
    const auto download = [&](std::uint64_t bytes) {
        return run(command<Model>({"--ca-file", site.ca_file(), "--max-bytes", "1000000000",
                                   "--report", directory.file("report.json"),
                                   fmt::format("{}/bytes/{}/page/1", site.origin(), bytes)}));
    };
    const Finished small = download(1'100'000);
    const auto report =
        nlohmann::json::parse(test_support::read_text(directory.file("report.json")));
    CHECK(report["pages"][0]["sha256"] == test_support::hash_of_page(1, 1'100'000));
    const Finished large = download(200'000'000);
    CHECK(large.exit_status == 0);
    CHECK(contains(large.output, ": 200000000 bytes\n"));
    if (!is_sanitized())
        CHECK(large.peak_kib < small.peak_kib + 2048);
}

TEST_CASE("a page in flight costs a coroutine less than a read buffer of its own") {
    if (is_sanitized()) {
        MESSAGE("skipped: sanitizers keep memory of their own");
        return;
    }
    const PracticeSite site({"--plain"});
    // Of so many pages, all in flight at once.
    const auto peak_kib_of = [&](int pages) {
        std::string list;
        for (int page = 1; page <= pages; ++page)
            list += fmt::format("{}/hold/door/page/{}\n", site.origin(), page);
        test_support::Program program(
            {programs::async, "--workers", std::to_string(pages), "--quiet", "--input", "-"}, list);
        CHECK(eventually([&] { return test_support::stats_of(site)["in_flight"] == pages; }));
        site.get("/release/door");
        const Finished finished = program.finish();
        CHECK(finished.exit_status == 0);
        site.get("/stats/reset");  // closes the door
        return finished.peak_kib;
    };
    const long one = peak_kib_of(1);
    constexpr int many = 200;
    CHECK(peak_kib_of(many) - one < 32 * many);
}

FOR_ALL_MODELS("pages are saved to a directory that is made when it is missing") {
    const TemporaryDirectory directory;
    Strings arguments = quick_site;
    arguments.insert(arguments.end(), {"--save", directory.file("pages")});
    CHECK(run(command<Model>(arguments)).exit_status == 0);
    const std::filesystem::directory_iterator files(directory.file("pages"));
    CHECK(std::distance(begin(files), end(files)) == 6);
    const mode_t kept_back = umask(0);
    umask(kept_back);
    CHECK(std::filesystem::status(directory.file("pages")).permissions() ==
          std::filesystem::perms(0777U & ~kept_back));
}

TEST_CASE("pages are saved where a link leads to") {
    const TemporaryDirectory directory;
    const TemporaryDirectory links;
    std::filesystem::create_directory_symlink(directory.path(), links.file("link"));
    CHECK(run({programs::sync, "--plain", "--pages", "1", "--latency", "1", "--save",
               links.file("link")})
              .exit_status == 0);
    CHECK(directory.names().size() == 1);
}

TEST_CASE("a place where nothing can be saved exits with 2 before any download") {
    for (const auto& [place, why] :
         {std::pair{"/dev/null", "sync: cannot save to '/dev/null': Not a directory\n"},
          {"/no/such/parent/pages",
           "sync: cannot make the directory '/no/such/parent/pages': No such file or "
           "directory\n"}}) {
        const Finished finished = run({programs::sync, "--save", place, "--pages", "1"});
        CHECK(finished.exit_status == 2);
        CHECK(finished.output.empty());
        CHECK(finished.errors == why);
    }
}

}  // namespace
