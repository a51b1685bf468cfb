// More connections than a site can wish for: it goes on answering.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "common/run/limits.hpp"
#include "raw_client.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/sanitized.hpp"

namespace {

using any_client::RawClient;
using common::PracticeSite;

const std::string request = "GET /bytes/5/page/3 HTTP/1.1\r\nHost: a\r\n\r\n";

std::string page_over(const RawClient& client) {
    client.send(request);
    const std::string response = client.read_response(5);
    return response.substr(std::min(response.find("\r\n\r\n"), response.size()));
}
const std::string page = "\r\n\r\nThis ";

// Of the descriptors 0 to `end` - 1, those that are open; one above may have been inherited.
std::ptrdiff_t count_descriptors(pid_t process, int end) {
    const std::filesystem::directory_iterator all(fmt::format("/proc/{}/fd", process));
    return std::count_if(begin(all), std::filesystem::end(all), [&](const auto& descriptor) {
        return std::stoi(descriptor.path().filename()) < end;
    });
}

TEST_CASE("10,000 idle connections do not keep the practice site from answering") {
    common::raise_open_file_limit();
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    const std::size_t count = std::min<std::size_t>(10'000, limit.rlim_cur - 100);
    const PracticeSite site({"--plain"});
    std::vector<RawClient> idle;
    for (std::size_t i = 0; i < count; ++i)
        idle.emplace_back(site);
    CHECK(test_support::stats_of(site)["connections"] == count + 1);
    CHECK(page_over(idle.front()) == page);
    CHECK(page_over(idle.back()) == page);
    CHECK(page_over(RawClient(site)) == page);
    CHECK(test_support::stats_of(site) == nlohmann::json{{"requests", 3},
                                                         {"connections", count + 3},
                                                         {"in_flight", 0},
                                                         {"most_in_flight", 1}});
}

TEST_CASE("a practice site without free descriptors answers when some are free again") {
    if (is_sanitized()) {  // they look at memory through a pipe of their own
        MESSAGE("skipped: sanitizers need descriptors themselves");
        return;
    }
    const PracticeSite site({"--plain"});
    const pid_t process = test_support::children_of(getpid()).at(0);
    const rlimit few{.rlim_cur = 40, .rlim_max = 40};
    REQUIRE(prlimit(process, RLIMIT_NOFILE, &few, nullptr) == 0);
    const RawClient early(site);
    CHECK(page_over(early) == page);

    std::vector<RawClient> crowd;
    for (int i = 0; i < 100; ++i)
        crowd.emplace_back(site);
    const RawClient late(site);  // the kernel holds it until the site takes it
    late.send(request);
    CHECK(test_support::eventually([&] { return count_descriptors(process, 40) == 40; }));
    CHECK(page_over(early) == page);  // those inside are served as ever

    crowd.clear();
    CHECK(late.read_response(5).ends_with(page));
    CHECK(page_over(RawClient(site)) == page);
    CHECK(test_support::stats_of(site) ==
          nlohmann::json{
              {"requests", 4}, {"connections", 104}, {"in_flight", 0}, {"most_in_flight", 1}});
}

}  // namespace
