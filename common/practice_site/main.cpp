// The practice site: a web site whose delays and faults are exact, for the chapters to download.
#include <arpa/inet.h>
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
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <system_error>

#include "common/practice_site/certificates.hpp"
#include "common/practice_site/site.hpp"
#include "common/run/limits.hpp"
#include "common/run/output.hpp"
#include "common/run/parse_arguments.hpp"
#include "common/run/prepare_process.hpp"
#include "common/run/report.hpp"

namespace {

struct Arguments {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    bool plain = false;
    std::string ca_file;
    practice_site::Fault certificate = practice_site::Fault::none;
    practice_site::SiteOptions site;
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

// An option whose value is one of a few names.
template <typename Value>
void add_choice(CLI::App& app, const std::string& name, Value& target,
                const std::map<std::string, Value>& choices, const std::string& description) {
    const auto take = [&target, &choices](const std::string& text) {
        const auto choice = choices.find(text);
        target = choice == choices.end() ? target : choice->second;
        return choice != choices.end();
    };
    std::string names;
    std::string preset;
    for (const auto& [choice, value] : choices) {
        names += (names.empty() ? "" : ", ") + choice;
        preset = value == target ? choice : preset;
    }
    common::add_value(app, name, take, "one of " + names, description + ": " + names)
        ->type_name("NAME")
        ->default_str(preset);
}

std::optional<int> parse(int argc, char** argv, Arguments& arguments) {
    CLI::App app(
        "A web site to practise on: /delay/100/bytes/2000/page/1 answers after 100 ms with 2000 "
        "bytes. Prints one line when it is ready; ends when its standard input, a pipe, closes, "
        "and at Ctrl-C.",
        "practice_site");
    const auto take_host = [&](const std::string& text) {
        in_addr address{};
        arguments.host = text;
        return inet_pton(AF_INET, text.c_str(), &address) == 1;
    };
    common::add_value(app, "--host", take_host, "an IPv4 address, such as 127.0.0.1",
                      "Address to listen on; 0.0.0.0 for everybody")
        ->type_name("ADDRESS")
        ->default_str(arguments.host);
    common::add_number(app, "--port", arguments.port, 0, 65'535, "Port; 0: any free one")
        ->type_name("N");
    app.add_flag("--plain", arguments.plain, "http instead of https");
    app.add_flag("--board", arguments.site.board,
                 "Serve /board, which shows on a projector what each /who/NAME did");
    common::add_number(app, "--latency", arguments.site.latency_ms, 0, 600'000,
                       "Milliseconds instead of those of every /delay/; 0: as each says")
        ->type_name("MS");
    common::add_path(app, "--ca-file", arguments.ca_file, "PEM",
                     "Where to write the certificate to trust (default: a temporary file)");
    add_choice(app, "--certificate", arguments.certificate, certificates,
               "What the certificate is");
    add_choice(app, "--accept", arguments.site.welcome, welcomes, "What a new connection meets");
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

// The certificate to trust, as a file: the wanted one, which stays, or a temporary one, which is
// gone when this ends, also where it could not be written.
class CertificateFile {
  public:
    CertificateFile(const std::string& pem, const std::string& wanted_path) : path_(wanted_path) {
        if (wanted_path.empty())
            make_temporary(pem);
        else
            common::write_file(path_, pem);
    }
    ~CertificateFile() { remove(); }
    CertificateFile(const CertificateFile&) = delete;
    CertificateFile& operator=(const CertificateFile&) = delete;
    const std::string& path() const { return path_; }

  private:
    void make_temporary(const std::string& pem) {
        const char* directory = std::getenv("TMPDIR");
        path_ = fmt::format("{}/practice-site-XXXXXX.pem", directory ? directory : "/tmp");
        const int file = mkstemps(path_.data(), 4);
        const int error = file < 0 ? errno : common::write_all(file, pem);
        if (file >= 0)
            close(file);
        remove_ = file >= 0;
        if (error == 0)
            return;
        remove();
        throw std::system_error(error, std::generic_category(),
                                fmt::format("cannot write '{}'", path_));
    }
    void remove() const {
        if (remove_)
            std::remove(path_.c_str());
    }
    std::string path_;
    bool remove_ = false;
};

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
    common::raise_open_file_limit();
    const std::vector<std::string> addresses =
        arguments.host == "0.0.0.0" ? own_addresses() : std::vector<std::string>{arguments.host};
    std::optional<practice_site::Identity> identity;
    if (!arguments.plain)
        identity = practice_site::make_identity({"localhost"}, addresses, arguments.certificate);

    practice_site::Site site({asio::ip::make_address(arguments.host), arguments.port},
                             identity ? identity->server_context.get() : nullptr, arguments.site);
    asio::signal_set signals(site.event_loop());
    for (const int number : common::stop_signals())
        signals.add(number);
    signals.async_wait([&](std::error_code, int) { site.event_loop().stop(); });
    const ParentWatch watch(site.event_loop());

    std::optional<CertificateFile> certificate;
    if (identity)
        certificate.emplace(identity->authority_pem, arguments.ca_file);
    common::print_output("practice site ready: {}://{}:{}{}{}\n",
                         arguments.plain ? "http" : "https", addresses.back(), site.port(),
                         certificate ? " " : "", certificate ? certificate->path() : "");
    common::finish_output();
    site.run();
}

}  // namespace

int main(int argc, char** argv) {
    common::prepare_process();
    Arguments arguments;
    if (const auto status = parse(argc, argv, arguments))
        return *status;
    try {
        run(arguments);
    } catch (const std::exception& error) {
        common::print_error("practice_site: {}\n", error.what());
        return 1;
    }
}
