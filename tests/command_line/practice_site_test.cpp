// The practice site as a program of its own: what a workshop host starts by hand.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "common/practice_site/practice_site_process.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/programs.hpp"
#include "support/standard_error.hpp"

namespace {

namespace programs = test_support::programs;

using test_support::Finished;

TEST_CASE("the practice site ends with its owner and takes its certificate along") {
    std::string ca_file;
    std::vector<pid_t> children;
    const std::size_t descriptors = test_support::count_open_descriptors();
    {
        const common::PracticeSite site;
        CHECK(test_support::count_open_descriptors() == descriptors + 1);  // its standard input
        ca_file = site.ca_file();
        children = test_support::children_of(getpid());
        CHECK(std::filesystem::exists(ca_file));
        REQUIRE(children.size() == 1);
        // A process group of its own: a Ctrl-C at the terminal is not for the site.
        CHECK(getpgid(children[0]) == children[0]);
    }
    CHECK(test_support::count_open_descriptors() == descriptors);
    CHECK_FALSE(std::filesystem::exists(ca_file));
    CHECK_FALSE(std::filesystem::exists(fmt::format("/proc/{}", children.at(0))));
}

TEST_CASE("a practice site keeps neither its certificate's file open nor who has gone") {
    std::size_t of_plain_site = 0;
    for (const bool plain : {true, false}) {
        const common::PracticeSite site(plain ? std::vector<std::string>{"--plain"}
                                              : std::vector<std::string>{});
        const pid_t process = test_support::children_of(getpid()).at(0);
        const std::size_t at_first = test_support::count_open_descriptors(process);
        if (plain)
            of_plain_site = at_first;
        CHECK(at_first == of_plain_site);
        for (int time = 0; time < 2; ++time)
            CHECK(site.get("/bytes/3") == "Thi");
        CHECK(test_support::eventually(
            [&] { return test_support::count_open_descriptors(process) == at_first; }));
    }
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
    const std::string file = directory.file("the room.pem");
    {
        const common::PracticeSite site({"--ca-file", file});
        CHECK(site.ca_file() == file);
        CHECK(site.get("/bytes/3") == "Thi");
    }
    CHECK(std::filesystem::exists(file));  // whoever asked for it may still need it
}

TEST_CASE("the practice site says in one line where it is and which certificate to trust") {
    const test_support::TemporaryDirectory directory;
    for (const auto& [setting, folder] :
         {std::pair{"TMPDIR=" + directory.path(), directory.path()},
          std::pair{std::string("-uTMPDIR"), std::string("/tmp")}}) {
        test_support::Program program({"env", setting, programs::practice_site});
        REQUIRE(test_support::eventually(
            [&] { return test_support::is_caught(program.process_id(), SIGINT); }));
        kill(program.process_id(), SIGINT);
        const std::string line = program.finish().output;
        CHECK(line.starts_with("practice site ready: https://127.0.0.1:"));
        CHECK(line.find(" " + folder + "/practice-site-") != std::string::npos);
        CHECK(line.ends_with(".pem\n"));
    }
}

TEST_CASE("the practice site has the certificate that is asked for") {
    for (const auto& [name, expected] :
         {std::pair{"good", "\"ok\": true"}, std::pair{"self-signed", "self-signed certificate"},
          std::pair{"expired", "certificate has expired"},
          std::pair{"not-yet-valid", "is not yet valid"}, std::pair{"wrong-name", "mismatch"}}) {
        const common::PracticeSite site({"--certificate", name});
        const Finished finished =
            test_support::run({programs::sync, "--quiet", "--report", "-", "--ca-file",
                               site.ca_file(), site.origin() + "/page/1"});
        CAPTURE(finished.output);
        CHECK(finished.output.find(expected) != std::string::npos);
    }
}

TEST_CASE("the practice site listens where it is told to, and its certificate says so") {
    const common::PracticeSite site({"--host", "127.0.0.2"});
    CHECK(site.origin().starts_with("https://127.0.0.2:"));
    CHECK(site.get("/bytes/3") == "Thi");
}

// The IPv4 addresses of this machine, but for those that only it can reach.
std::vector<std::string> outer_addresses() {
    std::vector<std::string> addresses;
    ifaddrs* interfaces = nullptr;
    REQUIRE(getifaddrs(&interfaces) == 0);
    for (const ifaddrs* i = interfaces; i; i = i->ifa_next) {
        std::array<char, INET_ADDRSTRLEN> text{};
        if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET || (i->ifa_flags & IFF_LOOPBACK) != 0)
            continue;
        const auto* address = reinterpret_cast<const sockaddr_in*>(i->ifa_addr);
        addresses.emplace_back(inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size()));
    }
    freeifaddrs(interfaces);
    return addresses;
}

TEST_CASE(
    "a practice site for everybody names an address that others can reach, and has them all") {
    auto addresses = outer_addresses();
    const common::PracticeSite site({"--host", "0.0.0.0"});
    CHECK(site.origin().starts_with("https://" +
                                    (addresses.empty() ? "127.0.0.1" : addresses.back()) + ":"));
    CHECK(site.get("/bytes/3") == "Thi");
    addresses.emplace_back("127.0.0.1");
    for (const std::string& address : addresses) {
        CAPTURE(address);
        const std::string origin = "https://" + address + ":" + test_support::port_of(site);
        CHECK(test_support::page_of(origin, "/bytes/3", site.ca_file()) == "Thi");
    }
}

TEST_CASE("the practice site raises its limit of open files as far as it may") {
    test_support::Program program(
        {"sh", "-c", fmt::format("ulimit -Sn 64; exec {} --plain", programs::practice_site)});
    REQUIRE(test_support::eventually(
        [&] { return test_support::is_caught(program.process_id(), SIGINT); }));
    CHECK(test_support::eventually([&] {
        rlimit limit{};
        prlimit(program.process_id(), RLIMIT_NOFILE, nullptr, &limit);
        return limit.rlim_cur > 64 && limit.rlim_cur == limit.rlim_max;
    }));
}

TEST_CASE("the help of the practice site has its defaults") {
    const std::string help = test_support::run({programs::practice_site, "--help"}).output;
    CAPTURE(help);
    for (const char* option :
         {"--host ADDRESS [127.0.0.1]", "--port N [0]", "--latency MS [0]",
          "--certificate NAME [good]", "--accept NAME [normal]", " Port; 0: any free one\n",
          " http instead of https\n", " What the certificate is: expired, good,\n",
          " not-yet-valid, self-signed, wrong-name\n",
          " What a new connection meets: close, normal, silence\n"})
        CHECK(help.find(option) != std::string::npos);
}

TEST_CASE("a practice site with a latency of its own has it instead of every delay") {
    const common::PracticeSite site({"--plain", "--latency", "1"});
    CHECK(site.get("/delay/600000/bytes/3/page/1").size() == 3);
    const common::PracticeSite slower({"--plain", "--latency", "60"});
    const auto begin = std::chrono::steady_clock::now();
    CHECK(slower.get("/delay/1/bytes/3") == "Thi");
    CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(60));
}

TEST_CASE("a latency of the site's own, which may be 0, is not for pages without a delay") {
    for (const char* latency : {"0", "600000"}) {
        const common::PracticeSite site({"--plain", "--latency", latency});
        CHECK(site.get("/bytes/3/page/1").size() == 3);
    }
}

TEST_CASE("the practice site says what is wrong with its arguments") {
    for (const char* wrong : {"--no-such-flag", "--port=99999", "--host=nowhere", "--host=::1",
                              "--port=65536", "--latency=600001", "--certificate=bad"}) {
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

TEST_CASE("a practice site that has no folder for its certificate ends with an error") {
    const Finished finished =
        test_support::run({"env", "TMPDIR=/no/such/folder", programs::practice_site});
    CHECK(finished.exit_status == 1);
    CHECK(
        finished.errors.starts_with("practice_site: cannot write '/no/such/folder/practice-site-"));
    CHECK(finished.errors.find("No such file or directory") != std::string::npos);
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

// 192.0.2.1 is nobody's (RFC 5737): the port is not taken from anybody either.
TEST_CASE("the last port is one, and an address of another machine is an error") {
    const Finished finished = test_support::run(
        {programs::practice_site, "--plain", "--host", "192.0.2.1", "--port", "65535"});
    CHECK(finished.exit_status == 1);
    CHECK(finished.errors.starts_with("practice_site: "));
    CHECK(finished.errors.find("Cannot assign requested address") != std::string::npos);
    CHECK(finished.output.empty());
}

TEST_CASE("a practice site that does not come up leaves nothing behind") {
    const std::size_t descriptors = test_support::count_open_descriptors();
    const auto children = test_support::children_of(getpid());
    std::string cause;
    const std::string errors = test_support::standard_error_of([&] {
        try {
            const common::PracticeSite site({"--plain", "--port", "65536"});
        } catch (const std::runtime_error& error) {
            cause = error.what();
        }
    });
    CHECK(cause.starts_with("the practice site did not come up: /"));
    CHECK(errors.find("--port '65536' is not a whole number") != std::string::npos);
    CHECK(test_support::count_open_descriptors() == descriptors);
    CHECK(test_support::children_of(getpid()) == children);  // not even a zombie
}

TEST_CASE("a port whose site has ended is free at once, also behind connections that it had") {
    std::vector<std::string> options = {"--plain", "--host", "127.0.0.3"};  // no other site's
    for (int time = 0; time < 2; ++time) {
        const common::PracticeSite site(options);
        // The site ends this connection, which then stays with its port for a minute (TIME_WAIT).
        CHECK(site.get("/until-close/bytes/3") == "Thi");
        options.insert(options.end(), {"--port", test_support::port_of(site)});
    }
}

TEST_CASE("a second site on a taken port leaves the certificate of the first alone") {
    const test_support::TemporaryDirectory directory;
    const std::string file = directory.file("room.pem");
    const common::PracticeSite site({"--ca-file", file});
    const std::string certificate = test_support::read_text(file);
    const std::string port = test_support::port_of(site);
    const Finished finished =
        test_support::run({programs::practice_site, "--ca-file", file, "--port", port});
    CHECK(finished.exit_status == 1);
    CHECK(finished.errors.find("in use") != std::string::npos);
    CHECK(test_support::read_text(file) == certificate);
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

}  // namespace
