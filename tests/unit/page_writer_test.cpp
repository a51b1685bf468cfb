// Bodies on their way into the hash and into a file.
#include "common/page/page_writer.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "file_size_limit.hpp"
#include "support/processes.hpp"

namespace {

using common::DownloadError;
using common::ErrorKind;
using common::file_name_for;
using common::Options;
using common::Page;
using common::PageWriter;
using common::Result;
using test_support::TemporaryDirectory;
using Strings = std::vector<std::string>;
using Verdict = PageWriter::Verdict;

// FIPS 180-4's examples.
constexpr const char* hash_of_nothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* hash_of_abc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* hash_of_million_a =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

// Of the first page of a list, http://a/.
const std::string first_name = file_name_for(0, "http://a/");

Options saving_to(const std::string& directory) {
    Options options;
    options.save_directory = directory;
    return options;
}

std::string hash_of(const Strings& pieces) {
    PageWriter writer(Options{}, 0, "http://a/");
    for (const std::string& piece : pieces)
        REQUIRE(writer.write(piece) == Verdict::wanted);
    return common::to_hex(std::get<Page>(writer.finish(200)).sha256);
}

// finish(), which must fail.
DownloadError failure_of(PageWriter& writer) {
    const Result result = writer.finish(200);
    REQUIRE(std::holds_alternative<DownloadError>(result));
    return std::get<DownloadError>(result);
}

TEST_CASE("the hash of known texts is the one of the standard") {
    CHECK(hash_of({}) == hash_of_nothing);
    CHECK(hash_of({"abc"}) == hash_of_abc);
    CHECK(hash_of({std::string(1'000'000, 'a')}) == hash_of_million_a);
}

TEST_CASE("the hash does not depend on how the body is cut") {
    CHECK(hash_of({"", "a", "", "bc", ""}) == hash_of_abc);
    CHECK(hash_of({"a", "b", "c"}) == hash_of_abc);
    CHECK(hash_of(Strings(1000, std::string(1000, 'a'))) == hash_of_million_a);
}

TEST_CASE("a body of exactly the limit is wanted and one byte more is too large") {
    Options options;
    options.max_bytes = 10;
    PageWriter whole(options, 0, "http://a/");
    CHECK(whole.write("0123456789") == Verdict::wanted);
    CHECK(whole.write("") == Verdict::wanted);
    CHECK(whole.write("x") == Verdict::too_large);
    PageWriter pieces(options, 0, "http://a/");
    CHECK(pieces.write("01234") == Verdict::wanted);
    CHECK(pieces.write("56789") == Verdict::wanted);
    CHECK(pieces.write("x") == Verdict::too_large);
    PageWriter at_once(options, 0, "http://a/");
    CHECK(at_once.write("0123456789x") == Verdict::too_large);
    options.max_bytes = 0;
    PageWriter nothing(options, 0, "http://a/");
    CHECK(nothing.write("") == Verdict::wanted);
    CHECK(nothing.write("x") == Verdict::too_large);
}

TEST_CASE("nothing is kept of the bytes that are too many") {
    Options options;
    options.max_bytes = 3;
    PageWriter writer(options, 0, "http://a/");
    CHECK(writer.write("abc") == Verdict::wanted);
    CHECK(writer.write("defg") == Verdict::too_large);
    const auto page = std::get<Page>(writer.finish(200));
    CHECK(page.bytes == 3);
    CHECK(common::to_hex(page.sha256) == hash_of_abc);
}

TEST_CASE("a saved page is its file with every byte as it came") {
    const TemporaryDirectory directory;
    std::string body;
    for (int i = 0; i < 100'000; ++i)
        body += static_cast<char>(i * 7 % 256);
    PageWriter writer(saving_to(directory.path()), 6, "http://a/b");
    writer.write(body.substr(0, 33'333));
    writer.write(body.substr(33'333));
    REQUIRE(common::arrived(writer.finish(200)));
    CHECK(directory.names() == Strings{file_name_for(6, "http://a/b")});
    CHECK(test_support::read_text(directory.file(file_name_for(6, "http://a/b"))) == body);
}

TEST_CASE("an empty page is saved as an empty file") {
    const TemporaryDirectory directory;
    PageWriter writer(saving_to(directory.path()), 0, "http://a/");
    REQUIRE(common::arrived(writer.finish(200)));
    CHECK(directory.names() == Strings{first_name});
    CHECK(test_support::read_text(directory.file(first_name)).empty());
}

TEST_CASE("a page has no file under its name before it is whole, and none when it is given up") {
    const TemporaryDirectory directory;
    {
        PageWriter writer(saving_to(directory.path()), 0, "http://a/");
        CHECK(directory.names().empty());
        writer.write("half");
        // Another process that saves the same page has another temporary file.
        CHECK(directory.names() == Strings{fmt::format("{}.{}.part", first_name, getpid())});
    }
    CHECK(directory.names().empty());
}

TEST_CASE("pages that are saved at the same time do not share files") {
    const TemporaryDirectory directory;
    const Options options = saving_to(directory.path());
    PageWriter first(options, 0, "http://a/");
    PageWriter second(options, 1, "http://a/");
    first.write("1");
    second.write("2");
    first.write("1");
    REQUIRE(common::arrived(second.finish(200)));
    REQUIRE(common::arrived(first.finish(200)));
    CHECK(test_support::read_text(directory.file(first_name)) == "11");
    CHECK(test_support::read_text(directory.file(file_name_for(1, "http://a/"))) == "2");
}

TEST_CASE("a page without a directory to save it in is not written") {
    const TemporaryDirectory directory;
    const std::string missing = directory.file("missing");
    PageWriter writer(saving_to(missing), 0, "http://a/b");
    CHECK(writer.write("abc") == Verdict::wanted);
    CHECK(writer.write("abc") == Verdict::wanted);
    const DownloadError error = failure_of(writer);
    CHECK(error.kind == ErrorKind::not_saved);
    CHECK(error.status == 200);
    CHECK(error.message == "arrived, but cannot create '" + missing + "/" +
                               file_name_for(0, "http://a/b") + "': No such file or directory");
    CHECK(directory.names().empty());
}

TEST_CASE("an empty page that cannot be saved is an error too") {
    const TemporaryDirectory directory;
    PageWriter writer(saving_to(directory.file("missing")), 0, "http://a/b");
    CHECK(failure_of(writer).kind == ErrorKind::not_saved);
}

TEST_CASE("a page that a full disk refuses is an error that names the file") {
    for (const std::size_t size : {200U, 1'000'000U}) {  // seen by the last flush, and by a write
        const TemporaryDirectory directory;
        const FileSizeLimit limit(100);
        PageWriter writer(saving_to(directory.path()), 0, "http://a/");
        CHECK(writer.write(std::string(size, 'x')) == Verdict::wanted);
        CHECK(failure_of(writer).message ==
              "arrived, but cannot write '" + directory.file(first_name) + "': File too large");
    }
}

TEST_CASE("a file name holds the place in the list and the URL without its scheme") {
    CHECK(file_name_for(6, "https://example.com/a/b.html") == "000007_example.com_a_b.html");
    CHECK(file_name_for(0, "http://example.com:8080/?a=1&b=2") ==
          "000001_example.com_8080__a_1_b_2");
    CHECK(file_name_for(0, "https://example.com/to?http://a//b") ==
          "000001_example.com_to_http___a__b");
    CHECK(file_name_for(999'999, "HTTP://A-Z0/") == "1000000_A-Z0_");
    CHECK(file_name_for(0, "http://@AZ[`az{/09:.-~") == "000001__AZ__az__09_.-_");
    CHECK(file_name_for(0, "http://" + std::string(100, 'x') + "y") ==
          "000001_" + std::string(100, 'x'));
}

TEST_CASE("a file name is safe whatever the URL holds") {
    std::string every_byte;
    for (int c = 0; c < 256; ++c)
        every_byte += static_cast<char>(c);
    for (const std::string& url :
         {"http://" + every_byte, every_byte.substr(128), std::string("http://../../etc/passwd"),
          std::string("http://.hidden"), std::string("http://"), std::string(),
          "http://a/" + std::string(10'000, 'x'), std::string("http://a\\..\\b")}) {
        const std::string name = file_name_for(3, url);
        CAPTURE(name);
        CHECK(name.find("4_") == name.find_first_not_of('0'));
        CHECK(name.size() <= 200);
        CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "0123456789.-_") == std::string::npos);
    }
}

TEST_CASE("file names sort like the list") {
    const std::vector<std::size_t> places = {0, 1, 8, 9, 98, 99, 998, 999, 5000, 9998, 9999};
    Strings names;
    for (const std::size_t place : places)
        names.push_back(file_name_for(place, place % 2 == 0 ? "http://z/" : "http://a/"));
    CHECK(std::is_sorted(names.begin(), names.end()));
}

TEST_CASE("a page whose place is taken says that it could not be renamed, or not even created") {
    const TemporaryDirectory directory;
    {
        PageWriter writer(saving_to(directory.path()), 0, "http://a/");
        writer.write("abc");
        test_support::run({"/bin/mkdir", directory.file(first_name)});
        CHECK(failure_of(writer).message ==
              "arrived, but cannot rename '" + directory.file(first_name) + "': Is a directory");
        PageWriter later(saving_to(directory.path()), 0, "http://a/");
        CHECK(failure_of(later).message ==
              "arrived, but cannot create '" + directory.file(first_name) + "': Is a directory");
    }
    CHECK(directory.names() == Strings{first_name});
}

}  // namespace
