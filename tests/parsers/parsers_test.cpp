// Other people's parser gets the same replies as ours: where the two differ, it is known and right.
#include "parsers/parsers.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "01_sync/download_all.hpp"
#include "04_async/download_all.hpp"
#include "parsers/differences.hpp"
#include "parsers/replies.hpp"
#include "parsers/reply_server.hpp"

TEST_SUITE_BEGIN("parsers");

namespace {

using parsers::Difference;
using parsers::Reply;

// Why the two differ on each reply that is listed.
std::map<std::string, const Difference*> listed_differences() {
    std::map<std::string, const Difference*> listed;
    for (const Difference& difference : parsers::known_differences())
        for (const std::string& name : difference.replies) {
            CAPTURE(name);
            CHECK(listed.emplace(name, &difference).second);  // listed once
        }
    return listed;
}

TEST_CASE("no two replies have the same name and every listed difference has a reply") {
    std::set<std::string> names;
    for (const Reply& reply : parsers::replies()) {
        CAPTURE(reply.name);
        CHECK(names.insert(reply.name).second);
    }
    for (const auto& listed : listed_differences()) {
        CAPTURE(listed.first);
        CHECK(names.contains(listed.first));
    }
}

TEST_CASE("the reader and cpp-httplib read every reply alike but for the listed differences") {
    if (parsers::library_version() != parsers::listed_for_version) {
        MESSAGE("skipped: the list is for cpp-httplib " << parsers::listed_for_version);
        return;
    }
    const auto listed = listed_differences();
    for (const Reply& reply : parsers::replies()) {
        const std::string reader = parsers::read_with_reader(reply.bytes);
        const std::string library = parsers::read_with_library(reply.bytes);
        CAPTURE(reply.name);
        const auto found = listed.find(reply.name);
        if (found == listed.end()) {
            CHECK(reader == library);
            continue;
        }
        CHECK(reader != library);
        CHECK(reader == found->second->reader);
        CHECK(library == found->second->library);
    }
}

std::string describe(const common::Result& result) {
    if (const auto* error = std::get_if<common::DownloadError>(&result))
        return fmt::format("{}: {}", name_of(error->kind), error->message);
    const auto& page = std::get<common::Page>(result);
    return fmt::format("{}, {} bytes {}", page.status, page.bytes, common::to_hex(page.sha256));
}

std::string download(common::DownloadAll* download_all, const std::string& url) {
    const common::Options options{.timeout = std::chrono::milliseconds(10'000)};
    return describe(download_all({url}, options, [](auto, const auto&) {}).at(0));
}

// 01, 02 and 03 have the same client.
TEST_CASE("every reply is the same page or error to the blocking client and to the async one") {
    const std::vector<Reply> replies = parsers::replies();
    const parsers::ReplyServer server(replies);
    for (std::size_t i = 0; i < replies.size(); ++i) {
        CAPTURE(replies[i].name);
        const std::string url = fmt::format("{}/{}", server.origin(), i);
        CHECK(download(sync_model::download_all, url) == download(async_model::download_all, url));
    }
}

}  // namespace

TEST_SUITE_END();
