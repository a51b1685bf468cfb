// What a run says afterwards: the summary, the JSON report, and the file it is written to.
#include "common/run/report.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "common/net/descriptor.hpp"
#include "file_size_limit.hpp"
#include "support/processes.hpp"

namespace {

using common::DownloadError;
using common::ErrorKind;
using common::Page;
using common::Result;
using common::Run;
using test_support::TemporaryDirectory;
using Strings = std::vector<std::string>;

Result page(std::uint64_t bytes, int status = 200) {
    return Page{.status = status, .bytes = bytes, .sha256 = {0x01, 0xab, 0xff}};
}

Result failure(ErrorKind kind, const std::string& message = "why", std::optional<int> status = {}) {
    return DownloadError{.kind = kind, .message = message, .status = status};
}

// A run of as many URLs as results: http://a/0, http://a/1, ...
Run run_of(std::vector<Result> results) {
    Run run{
        .model = "threads", .workers = 5, .seconds = std::chrono::milliseconds(1250), .urls = {}};
    for (std::size_t i = 0; i < results.size(); ++i)
        run.urls.push_back("http://a/" + std::to_string(i));
    run.results = std::move(results);
    return run;
}

nlohmann::json report_of(const Run& run) {
    return nlohmann::json::parse(json_report(run));
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// write_file's error, which must come.
std::system_error error_of_writing(const std::string& path, const std::string& text = "text") {
    try {
        common::write_file(path, text);
    } catch (const std::system_error& error) {
        return error;
    }
    FAIL("nothing was thrown for " << path);
    return std::system_error(std::error_code());
}

TEST_CASE("the summary counts pages and bytes of what arrived") {
    CHECK(summary(run_of({page(100), failure(ErrorKind::timeout), page(0), page(23)})) ==
          "3 of 4 pages arrived in 1.250 s (threads, 5 workers): 123 bytes\n"
          "     1 timeout\n");
}

TEST_CASE("the summary counts failures by kind") {
    const std::string text = summary(run_of({failure(ErrorKind::tls), failure(ErrorKind::timeout),
                                             page(1), failure(ErrorKind::tls), Result{}}));
    CHECK(text.starts_with("1 of 5 pages arrived"));
    CHECK(text.ends_with("\n     1 not_attempted\n     1 timeout\n     2 tls\n"));
}

TEST_CASE("the summary adds sizes beyond 32 bits, and does not call one worker workers") {
    const std::uint64_t size = std::uint64_t{3} << 32U;
    Run run = run_of({page(size), page(size)});
    run.workers = 1;
    CHECK(summary(run) ==
          "2 of 2 pages arrived in 1.250 s (threads, 1 worker): 25769803776 bytes\n");
}

TEST_CASE("the report of an empty run has a list of no pages") {
    CHECK(report_of(run_of({}))["pages"] == nlohmann::json::array());
}

TEST_CASE("the report has the size and hash of a page that arrived") {
    const auto json = report_of(run_of({page(std::uint64_t{5} << 32U, 206)}))["pages"][0];
    CHECK(json == nlohmann::json{{"url", "http://a/0"},
                                 {"ok", true},
                                 {"status", 206},
                                 {"bytes", 21474836480U},
                                 {"sha256", "01abff" + std::string(58, '0')}});
}

TEST_CASE("the report has the status of a failure, and says so of a page not attempted") {
    const auto pages =
        report_of(run_of({failure(ErrorKind::http_status, "gone", 410), {}}))["pages"];
    CHECK(pages[0]["status"] == 410);
    CHECK(pages[1]["kind"] == "not_attempted");
    CHECK(pages[1]["error"] == "not attempted");
    CHECK(pages[1]["ok"] == false);
}

TEST_CASE("a URL that stands twice is reported twice") {
    Run run = run_of({page(1), page(1)});
    run.urls[1] = run.urls[0];
    CHECK(report_of(run)["pages"].size() == 2);
}

TEST_CASE("URLs and errors that are not UTF-8 are shown as far as they are") {
    Run run = run_of({page(1), failure(ErrorKind::bad_url, "\xC3(\xFF")});
    run.urls = {"http://a/\xFF/b", "\xF0\x9F\x98"};
    const auto pages = report_of(run)["pages"];
    CHECK(pages[0]["url"] == "http://a/\xEF\xBF\xBD/b");
    CHECK(pages[1]["error"] == "\xEF\xBF\xBD(\xEF\xBF\xBD");
    CHECK(contains(pages[1]["url"], "\xEF\xBF\xBD"));
}

TEST_CASE("quotes and control characters and UTF-8 survive the report") {
    Run run = run_of({failure(ErrorKind::bad_url, "a \"b\"\\\n\x01")});
    run.urls = {"http://m\xC3\xBCnchen/"};
    const auto json = report_of(run)["pages"][0];
    CHECK(json["error"] == "a \"b\"\\\n\x01");
    CHECK(json["url"] == "http://m\xC3\xBCnchen/");
}

TEST_CASE(
    "a person reads in the report first what the run was, and finds a page's lines together") {
    CHECK(json_report(run_of({failure(ErrorKind::connect)})) ==
          R"({
 "model": "threads",
 "workers": 5,
 "seconds": 1.25,
 "pages": [
  {
   "url": "http://a/0",
   "ok": false,
   "status": null,
   "kind": "connect",
   "error": "why"
  }
 ]
}
)");
}

TEST_CASE("each kind of error has its own name by which it is found") {
    for (const auto& [kind, name] : std::vector<std::pair<ErrorKind, std::string_view>>{
             {ErrorKind::not_attempted, "not_attempted"},
             {ErrorKind::stopped, "stopped"},
             {ErrorKind::bad_url, "bad_url"},
             {ErrorKind::resolve, "resolve"},
             {ErrorKind::connect, "connect"},
             {ErrorKind::tls, "tls"},
             {ErrorKind::timeout, "timeout"},
             {ErrorKind::reset, "reset"},
             {ErrorKind::truncated, "truncated"},
             {ErrorKind::protocol, "protocol"},
             {ErrorKind::too_large, "too_large"},
             {ErrorKind::too_many_redirects, "too_many_redirects"},
             {ErrorKind::http_status, "http_status"},
             {ErrorKind::worker_died, "worker_died"},
             {ErrorKind::not_saved, "not_saved"},
             {ErrorKind::internal, "internal"}}) {
        CHECK(name_of(kind) == name);
        CHECK(common::error_kind_named(name) == kind);
    }
    CHECK_FALSE(common::error_kind_named("nonsense").has_value());
    CHECK_FALSE(common::error_kind_named("").has_value());
}

TEST_CASE("write_file writes every byte") {
    const TemporaryDirectory directory;
    const std::string text = std::string("a\0b\r\n", 5) + std::string(100'000, 'x');
    common::write_file(directory.file("report"), text);
    CHECK(test_support::read_text(directory.file("report")) == text);
    CHECK(directory.names() == Strings{"report"});
}

TEST_CASE("write_file replaces a file and leaves no other") {
    const TemporaryDirectory directory;
    test_support::write_text(directory.file("report"), "something longer from before");
    common::write_file(directory.file("report"), "new");
    CHECK(test_support::read_text(directory.file("report")) == "new");
    common::write_file(directory.file("report"), "");
    CHECK(test_support::read_text(directory.file("report")).empty());
    CHECK(directory.names() == Strings{"report"});
}

TEST_CASE("who reads a file while it is replaced reads the old one to its end") {
    const TemporaryDirectory directory;
    test_support::write_text(directory.file("report"), "old text");
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> reader(
        std::fopen(directory.file("report").c_str(), "rb"), std::fclose);
    common::write_file(directory.file("report"), "new");
    std::string text(100, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), reader.get()));
    CHECK(text == "old text");
}

TEST_CASE("write_file writes to a device or a named pipe as it is") {
    CHECK_NOTHROW(common::write_file("/dev/null", "text"));
    struct stat status {};
    REQUIRE(stat("/dev/null", &status) == 0);
    CHECK(S_ISCHR(status.st_mode));

    const TemporaryDirectory directory;
    const std::string pipe = directory.file("pipe");
    REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
    // Both ends, so that nobody waits for the other one (fifo(7)).
    const common::Descriptor ends(open(pipe.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
    common::write_file(pipe, "text");
    std::array<char, 8> buffer{};
    CHECK(read(ends.get(), buffer.data(), buffer.size()) == 4);
    REQUIRE(lstat(pipe.c_str(), &status) == 0);
    CHECK(S_ISFIFO(status.st_mode));
}

// /dev/stdout is such a link, and the program may be root.
TEST_CASE("write_file writes to the file that a symbolic link names and keeps the link") {
    const TemporaryDirectory directory;
    test_support::write_text(directory.file("target"), "something longer from before");
    REQUIRE(symlink("target", directory.file("link").c_str()) == 0);
    common::write_file(directory.file("link"), "new");
    struct stat status {};
    REQUIRE(lstat(directory.file("link").c_str(), &status) == 0);
    CHECK(S_ISLNK(status.st_mode));
    CHECK(test_support::read_text(directory.file("target")) == "new");
    CHECK(directory.names() == Strings{"link", "target"});
}

TEST_CASE("a file that cannot be written is an error that names it and the cause") {
    const TemporaryDirectory directory;
    for (const auto& [path, code] :
         {std::pair{directory.file("missing/report"), ENOENT}, std::pair{directory.path(), EISDIR},
          std::pair{std::string("/dev/full"), ENOSPC}}) {
        const std::system_error error = error_of_writing(path);
        CHECK(contains(error.what(), "'" + path + "'"));
        CHECK(error.code().value() == code);
    }
    CHECK(directory.names().empty());
}

TEST_CASE("a full disk leaves the file from before and no other") {
    for (const std::size_t size : {200U, 1'000'000U}) {  // seen by the last flush, and by a write
        const TemporaryDirectory directory;
        test_support::write_text(directory.file("report"), "from before");
        const FileSizeLimit limit(100);
        const std::system_error error =
            error_of_writing(directory.file("report"), std::string(size, 'x'));
        CHECK(error.code().value() == EFBIG);
        CHECK(test_support::read_text(directory.file("report")) == "from before");
        CHECK(directory.names() == Strings{"report"});
    }
}

common::Timestamps taking(int milliseconds) {
    const common::Clock::time_point begin(std::chrono::hours(7));
    return {.begin = begin, .received = begin + std::chrono::milliseconds(milliseconds)};
}

TEST_CASE("a page's line has its status, size and seconds, or its kind of failure and why") {
    const Result arrived = Page{.status = 206, .bytes = 16384, .times = taking(1234)};
    CHECK(common::page_line("/a", arrived, 0) == "  206   16384 B   1.234 s  /a\n");
    DownloadError error{.kind = ErrorKind::timeout, .message = "too late", .times = taking(12'500)};
    CHECK(common::page_line("/a", error, 0) == "FAILED  timeout  12.500 s  /a: too late\n");
    error.kind = ErrorKind::too_many_redirects;
    CHECK(common::page_line("/a", error, 0) ==
          "FAILED too_many_redirects  12.500 s  /a: too late\n");
}

TEST_CASE("a page's line fits the terminal, but twenty characters of the page are left") {
    const Result arrived = Page{.status = 200, .bytes = 1, .times = taking(1)};
    const std::string before = "  200       1 B   0.001 s  ";  // 27 characters
    const std::string text = std::string(30, 'a') + std::string(40, 'b') + std::string(30, 'c');
    const auto shown = [&](const std::string& page, std::size_t columns) {
        const std::string line = common::page_line(page, arrived, columns);
        CHECK(line.starts_with(before));
        return line.substr(before.size());
    };
    CHECK(shown(text, 0) == text + "\n");
    CHECK(shown(text, 127) == text + "\n");
    CHECK(shown(text, 126) == text.substr(0, 48) + "..." + text.substr(52) + "\n");
    CHECK(shown(text, 80) == std::string(25, 'a') + "..." + std::string(25, 'c') + "\n");
    for (const std::size_t columns : {1U, 30U, 47U})
        CHECK(shown(text, columns) == "aaaaaaaa...ccccccccc\n");
    CHECK(shown("/twenty/characters/x", 1) == "/twenty/characters/x\n");
}

TEST_CASE("a page's line is not cut within a character") {
    const Result arrived = Page{.status = 200, .bytes = 1, .times = taking(1)};
    std::string text;
    std::string half;
    for (int i = 0; i < 60; ++i) {
        text += "\xC3\xA9";
        half += i < 12 ? "\xC3\xA9" : "";
    }
    // Of 53 bytes 25 would be before the ellipsis and 25 behind it.
    CHECK(common::page_line(text, arrived, 80).ends_with("  " + half + "..." + half + "\n"));
}

TEST_CASE("a page's line is a line, whatever the page is called") {
    const Result arrived = Page{.status = 200, .bytes = 1, .times = taking(1)};
    CHECK(common::page_line("a\n\x1b[2J\x7f", arrived, 0).ends_with("  a??[2J?\n"));
    CHECK(common::page_line(std::string(300, 'x') + "y", arrived, 0)
              .ends_with(" " + std::string(300, 'x') + "\n"));
}

}  // namespace
