// The practice site as a program of its own: what a workshop host starts by hand.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>

#include "common/practice_site/practice_site_process.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/programs.hpp"

namespace {

namespace programs = test_support::programs;

using test_support::Finished;

TEST_CASE("the practice site ends with its owner and takes its certificate along") {
    std::string ca_file;
    std::vector<pid_t> children;
    {
        const common::PracticeSite site;
        ca_file = site.ca_file();
        children = test_support::children_of(getpid());
        CHECK(std::filesystem::exists(ca_file));
        CHECK(children.size() == 1);
    }
    CHECK_FALSE(std::filesystem::exists(ca_file));
    CHECK_FALSE(std::filesystem::exists(fmt::format("/proc/{}", children.at(0))));
}

TEST_CASE("a practice site that is gone does not answer") {
    const auto others = test_support::children_of(getpid());
    const common::PracticeSite site({"--plain"});
    for (const pid_t child : test_support::children_of(getpid()))
        if (std::find(others.begin(), others.end(), child) == others.end())
            kill(child, SIGKILL);
    CHECK_THROWS_WITH_AS(site.get("/stats"),
                         ("the practice site did not answer: " + site.origin() + "/stats").c_str(),
                         std::runtime_error);
}

TEST_CASE("the certificate file holds no private key") {
    const common::PracticeSite site;
    const std::string pem = test_support::read_text(site.ca_file());
    CHECK(pem.starts_with("-----BEGIN CERTIFICATE-----"));
    CHECK(pem.find("PRIVATE") == std::string::npos);
}

TEST_CASE("the practice site writes its certificate where it is told to") {
    const test_support::TemporaryDirectory directory;
    const std::string file = directory.file("room.pem");
    const common::PracticeSite site({"--ca-file", file});
    CHECK(site.ca_file() == file);
    CHECK(std::filesystem::exists(file));
}

TEST_CASE("a practice site with a latency of its own has it instead of every delay") {
    const common::PracticeSite site({"--plain", "--latency", "1"});
    CHECK(site.get("/delay/600000/bytes/3/page/1").size() == 3);
}

TEST_CASE("the practice site says what is wrong with its arguments") {
    for (const char* wrong : {"--no-such-flag", "--port=99999", "--host=nowhere"}) {
        const Finished finished = test_support::run({programs::practice_site, wrong});
        CHECK(finished.exit_status == 2);
        CHECK(finished.errors.find("usage: ") != std::string::npos);
    }
}

TEST_CASE("a practice site whose owner can't read where it is ends with an error") {
    const Finished finished =
        test_support::run({"sh", "-c", fmt::format("exec {} >/dev/full", programs::practice_site)});
    CHECK(finished.exit_status == 1);
    CHECK(finished.errors.find("No space left on device") != std::string::npos);
}

TEST_CASE("a practice site ends with its owner also where a socket is its standard input") {
    std::array<int, 2> ends{};
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    fcntl(ends[1], F_SETFD, 0);
    test_support::Program program(
        {"sh", "-c",
         fmt::format("exec {} --plain <&{} {}>&-", programs::practice_site, ends[1], ends[1])});
    close(ends[1]);
    REQUIRE(test_support::eventually(
        [&] { return test_support::is_caught(program.process_id(), SIGINT); }));
    CHECK(test_support::is_running(program.process_id()));
    CHECK(write(ends[0], "x", 1) == 1);  // what the owner says does not matter
    close(ends[0]);
    CHECK(
        test_support::eventually([&] { return !test_support::is_running(program.process_id()); }));
}

TEST_CASE("a port that is taken is an error") {
    const common::PracticeSite site({"--plain"});
    const std::string port = site.origin().substr(site.origin().rfind(':') + 1);
    const Finished finished =
        test_support::run({programs::practice_site, "--plain", "--port", port});
    CHECK(finished.exit_status == 1);
    CHECK(finished.errors.find("in use") != std::string::npos);
}

TEST_CASE("the statistics count requests, connections and what was in flight at once") {
    const common::PracticeSite site({"--plain"});
    CHECK(test_support::stats_of(site) ==
          nlohmann::json{
              {"requests", 0}, {"connections", 1}, {"in_flight", 0}, {"most_in_flight", 0}});
}

TEST_CASE("a reset answers with the counters so far and starts them anew") {
    const common::PracticeSite site;
    for (const char* path : {"/page/1", "/page/2", "/page/1"})
        site.get(path);
    const nlohmann::json before = {
        {"requests", 3}, {"connections", 4}, {"in_flight", 0}, {"most_in_flight", 1}};
    CHECK(nlohmann::json::parse(site.get("/stats/reset")) == before);
    CHECK(test_support::log_of(site).empty());
    // The reset's own connection belongs to what it ended; here are two that asked since.
    CHECK(test_support::stats_of(site) ==
          nlohmann::json{
              {"requests", 0}, {"connections", 2}, {"in_flight", 0}, {"most_in_flight", 0}});
}

TEST_CASE("a page that is in flight at a reset stays so") {
    const common::PracticeSite site({"--plain"});
    test_support::Program program({programs::sync, "--quiet", site.origin() + "/silence"});
    while (test_support::stats_of(site)["most_in_flight"] < 1)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    site.get("/stats/reset");
    CHECK(test_support::stats_of(site) ==
          nlohmann::json{
              {"requests", 0}, {"connections", 1}, {"in_flight", 1}, {"most_in_flight", 1}});
}

}  // namespace
