// The practice site: a web site whose delays and faults are exact, for the chapters to download.
#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/signal_set.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <system_error>

#include "common/practice_site/certificates.hpp"
#include "common/practice_site/site.hpp"
#include "common/run/limits.hpp"
#include "common/run/parse_arguments.hpp"

namespace {

struct Arguments {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    bool plain = false;
    std::string ca_file;
    practice_site::Fault certificate = practice_site::Fault::none;
    practice_site::Welcome welcome = practice_site::Welcome::normal;
};

const std::map<std::string, practice_site::Fault> certificates = {
    {"good", practice_site::Fault::none},
    {"self-signed", practice_site::Fault::self_signed},
    {"expired", practice_site::Fault::expired},
    {"not-yet-valid", practice_site::Fault::not_yet_valid},
    {"wrong-name", practice_site::Fault::wrong_name}};

const std::map<std::string, practice_site::Welcome> welcomes = {
    {"normal", practice_site::Welcome::normal},
    {"silence", practice_site::Welcome::silent},
    {"close", practice_site::Welcome::close}};

std::optional<int> parse(int argc, char** argv, Arguments& arguments) {
    CLI::App app(
        "A web site to practise on: /delay/100/bytes/2000/page/1 answers after 100 ms with 2000 "
        "bytes.\nPrints one line when it is ready; ends when its standard input, a pipe, closes, "
        "and at Ctrl-C.",
        "practice_site");
    app.add_option("--host", arguments.host, "Address to listen on; 0.0.0.0 for everybody")
        ->check(CLI::ValidIPV4)
        ->capture_default_str();
    app.add_option("--port", arguments.port, "Port; 0: any free one")->capture_default_str();
    app.add_flag("--plain", arguments.plain, "http instead of https");
    app.add_option("--ca-file", arguments.ca_file,
                   "Where to write the certificate to trust (default: a temporary file)");
    app.add_option("--certificate", arguments.certificate,
                   "good, self-signed, expired, not-yet-valid or wrong-name")
        ->transform(CLI::CheckedTransformer(certificates));
    app.add_option("--accept", arguments.welcome,
                   "What a new connection meets: normal, silence or close")
        ->transform(CLI::CheckedTransformer(welcomes));
    return common::parse_arguments(app, argc, argv, "[OPTIONS]");
}

// The addresses of this machine that are up, loopback first.
std::vector<std::string> own_addresses() {
    std::vector<std::string> addresses = {"127.0.0.1"};
    ifaddrs* interfaces = nullptr;
    if (getifaddrs(&interfaces) != 0)
        return addresses;
    for (const ifaddrs* i = interfaces; i; i = i->ifa_next) {
        if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET || (i->ifa_flags & IFF_LOOPBACK) != 0)
            continue;
        std::array<char, INET_ADDRSTRLEN> text{};
        const auto* address = reinterpret_cast<const sockaddr_in*>(i->ifa_addr);
        addresses.emplace_back(inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size()));
    }
    freeifaddrs(interfaces);
    return addresses;
}

// Writes the certificate; the temporary file's name when none was given.
std::string write_certificate(const std::string& pem, const std::string& wanted_path) {
    std::string path = wanted_path;
    if (path.empty()) {
        const char* directory = std::getenv("TMPDIR");
        path = fmt::format("{}/practice-site-XXXXXX.pem", directory ? directory : "/tmp");
        const int file = mkstemps(path.data(), 4);
        if (file < 0)
            throw std::system_error(errno, std::generic_category(), "cannot make '" + path + "'");
        close(file);
    }
    std::ofstream out(path);
    out << pem << std::flush;
    if (!out)
        throw std::system_error(errno, std::generic_category(), "cannot write '" + path + "'");
    return path;
}

bool standard_input_is_pipe() {
    struct stat status {};
    return fstat(STDIN_FILENO, &status) == 0 &&
           (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

// Whoever started the site holds the other end of its standard input: when that closes, even by a
// crash, the site ends.
class ParentWatch {
  public:
    explicit ParentWatch(asio::io_context& event_loop)
        : event_loop_(event_loop), input_(event_loop) {
        if (standard_input_is_pipe()) {
            input_.assign(STDIN_FILENO);
            watch();
        }
    }

  private:
    void watch() {
        input_.async_read_some(asio::buffer(ignored_), [this](std::error_code error, std::size_t) {
            error ? event_loop_.stop() : watch();
        });
    }

    asio::io_context& event_loop_;
    asio::posix::stream_descriptor input_;
    std::array<char, 64> ignored_{};
};

void run(const Arguments& arguments) {
    std::signal(SIGPIPE, SIG_IGN);
    common::raise_open_file_limit();
    const std::vector<std::string> addresses =
        arguments.host == "0.0.0.0" ? own_addresses() : std::vector<std::string>{arguments.host};
    std::optional<practice_site::Identity> identity;
    if (!arguments.plain)
        identity = practice_site::make_identity({"localhost"}, addresses, arguments.certificate);

    practice_site::Site site({asio::ip::make_address(arguments.host), arguments.port},
                             identity ? identity->server_context.get() : nullptr,
                             arguments.welcome);
    asio::signal_set signals(site.event_loop(), SIGINT, SIGTERM);
    signals.async_wait([&](std::error_code, int) { site.event_loop().stop(); });
    const ParentWatch watch(site.event_loop());

    std::string ca_file;
    if (identity)
        ca_file = write_certificate(identity->authority_pem, arguments.ca_file);
    fmt::print("practice site ready: {}://{}:{}{}{}\n", arguments.plain ? "http" : "https",
               addresses.back(), site.port(), ca_file.empty() ? "" : " ", ca_file);
    std::fflush(stdout);
    site.run();
    if (!ca_file.empty() && arguments.ca_file.empty())
        std::remove(ca_file.c_str());
}

}  // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    if (const auto status = parse(argc, argv, arguments))
        return *status;
    try {
        run(arguments);
    } catch (const std::exception& error) {
        std::cerr << "practice_site: " << error.what() << "\n";
        return 1;
    }
}
