// Names that nobody answers for, and names with several addresses.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/practice_site/practice_site_process.hpp"
#include "names/name_server.hpp"
#include "names/private_network.hpp"
#include "support/deaf_port.hpp"
#include "support/models.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/text.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using common::PracticeSite;
using test_support::command;
using test_support::contains;
using test_support::Finished;
using test_support::Strings;

// The resolver gives up after 20 s (private_network.cpp): what ends sooner did not wait for it.
constexpr std::chrono::seconds long_before_the_resolver(8);

// The network, its name server and a site in it; null where there can be no such network.
struct Setting {
    std::unique_ptr<names::NameServer> server;
    std::unique_ptr<PracticeSite> site;
    std::string port;
};
std::unique_ptr<Setting> make_setting(const Strings& arguments = {"--plain"}) {
    if (!names::enter_private_network()) {
        MESSAGE("skipped: no right to make a network namespace");
        return nullptr;
    }
    auto setting = std::make_unique<Setting>();
    setting->site = std::make_unique<PracticeSite>(arguments);  // before the server's thread
    setting->server = std::make_unique<names::NameServer>();
    setting->port = ":" + test_support::port_of(*setting->site);
    return setting;
}

template <typename Model>
Strings with_workers(Strings arguments, int workers) {
    if (Model::concurrent)
        arguments.insert(arguments.end(), {"--workers", std::to_string(workers)});
    return command<Model>(arguments);
}

FOR_ALL_MODELS("a name that is never answered costs its page the deadline, and no other page") {
    const auto setting = make_setting();
    if (!setting)
        return;
    const test_support::TemporaryDirectory directory;
    const std::string report = directory.file("report.json");
    const std::string fine = "http://fine.test" + setting->port;
    const auto begin = Clock::now();
    const Finished finished = test_support::run(
        with_workers<Model>({"http://dead.test" + setting->port + "/", fine + "/page/1",
                             fine + "/page/2", "--timeout", "1", "--report", report},
                            3));
    CHECK(Clock::now() - begin < long_before_the_resolver);
    CHECK(finished.exit_status == 1);
    const auto pages = nlohmann::json::parse(test_support::read_text(report)).at("pages");
    CHECK(pages[0].value("kind", "") == "timeout");
    CHECK(pages[1].at("ok") == true);
    CHECK(pages[2].at("ok") == true);
    CHECK(setting->server->dead_questions() >= 1);
}

FOR_ALL_MODELS("Ctrl-C ends the wait for a name") {
    const auto setting = make_setting();
    if (!setting)
        return;
    test_support::Program program(command<Model>({"http://dead.test" + setting->port + "/"}));
    REQUIRE(test_support::eventually([&] { return setting->server->dead_questions() > 0; }));
    const auto begin = Clock::now();
    kill(program.process_id(), SIGINT);
    const Finished finished = program.finish();
    CHECK(Clock::now() - begin < long_before_the_resolver);
    CHECK(finished.exit_status == 130);
    CHECK(contains(finished.output, "     1 stopped\n"));
}

FOR_ALL_MODELS("a name is asked for once, however many pages wait for it") {
    const auto setting = make_setting();
    if (!setting)
        return;
    Strings arguments = {"--timeout", "0.5"};
    for (int page = 0; page < 4; ++page)
        arguments.push_back(fmt::format("http://dead.test{}/page/{}", setting->port, page));
    const Finished finished = test_support::run(with_workers<Model>(arguments, 4));
    CHECK(finished.exit_status == 1);
    CHECK(contains(finished.output, "     4 timeout\n"));
    // For both kinds of address; processes do not know of each other's questions.
    constexpr bool forks = std::is_same_v<Model, test_support::Multiprocess>;
    CHECK(setting->server->dead_questions() == (forks ? 4 : 1) * 2);
}

FOR_ALL_MODELS("an address that never answers is overtaken by the next one") {
    const auto setting = make_setting();
    if (!setting)
        return;
    const auto port = static_cast<std::uint16_t>(std::stoi(setting->port.substr(1)));
    const test_support::DeafPort deaf(test_support::loopback_ipv6(port));
    const Finished finished = test_support::run(command<Model>(
        {"http://twin.test" + setting->port + "/bytes/10/page/1", "--timeout", "10"}));
    CHECK(finished.exit_status == 0);
    CHECK(contains(finished.output, "1 of 1 pages arrived"));
}

FOR_ALL_MODELS("an address that refuses is followed by the next one at once") {
    const auto setting = make_setting();
    if (!setting)
        return;
    const Finished finished = test_support::run(
        command<Model>({"http://twin.test" + setting->port + "/bytes/10/page/1"}));
    CHECK(finished.exit_status == 0);
}

// Its page takes longer than a second attempt would have waited.
FOR_ALL_MODELS("an address that answers at once has the page's whole time") {
    const auto setting = make_setting({"--plain", "--host", "0.0.0.0"});
    if (!setting)
        return;
    const Finished finished = test_support::run(
        command<Model>({"http://pair.test" + setting->port + "/delay/600/page/1"}));
    CHECK(finished.exit_status == 0);
}

FOR_ALL_MODELS("a name without an address is looked up again for the next page") {
    const auto setting = make_setting();
    if (!setting)
        return;
    const std::string late = "http://late.test" + setting->port;
    // In between, so that nobody is told the first answer still.
    const std::string fine = "http://fine.test" + setting->port + "/delay/100/page/2";
    const Finished finished =
        test_support::run(with_workers<Model>({late + "/page/1", fine, late + "/page/3"}, 1));
    CHECK(contains(finished.output, "2 of 3 pages arrived"));
    CHECK(contains(finished.output, "     1 resolve\n"));
}

FOR_ALL_MODELS("the dot at the end of a name is not part of the certificate's") {
    const auto setting = make_setting({});
    if (!setting)
        return;
    const Finished finished = test_support::run(command<Model>(
        {"https://localhost." + setting->port + "/page/1", "--ca-file", setting->site->ca_file()}));
    CHECK(finished.exit_status == 0);
}

}  // namespace
