#include "beside.hpp"

#include <fmt/format.h>

#include <array>
#include <asio/version.hpp>
#include <cstdio>
#include <exception>
#include <optional>
#include <sstream>
#include <utility>

#include "common/page/text.hpp"
#include "common/run/own_folder.hpp"

namespace benchmarks {
namespace {

// What a shell's command writes to standard output; nothing when it fails.
std::optional<std::string> output_of(const std::string& command) {
    FILE* pipe = popen((command + " 2>/dev/null").c_str(), "re");
    if (pipe == nullptr)
        return std::nullopt;
    std::string output;
    std::array<char, 4096> buffer;
    while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe))
        output.append(buffer.data(), size);
    return pclose(pipe) == 0 ? std::optional(output) : std::nullopt;
}

// So many words of a program's version line; nothing where it is not installed.
std::optional<std::string> version_of(const std::string& command, std::size_t first,
                                      std::size_t count) {
    const auto output = output_of(command);
    if (!output)
        return std::nullopt;
    std::istringstream stream(*output);
    std::string version;
    std::string word;
    for (std::size_t i = 0; i < first + count && stream >> word; ++i)
        if (i >= first)
            version += (version.empty() ? "" : " ") + word;
    return version;
}

// With the site's certificates trusted, each by the variable that it reads, and no proxy between.
Words environment(const JobSite& site) {
    Words words = {"/usr/bin/env", "no_proxy=127.0.0.1"};
    if (!site.site().ca_file().empty())
        for (const char* variable : {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"})
            words.push_back(fmt::format("{}={}", variable, site.site().ca_file()));
    return words;
}

// Without --parallel-immediate all others wait for the first page, in case HTTP/2 can share its
// connection.
Words curl_command(const JobSite& site, std::size_t workers) {
    const auto& options = site.job().site;
    const std::string pages = fmt::format("{}/delay/{}/bytes/{}/page/[1-{}]", site.site().origin(),
                                          options.latency_ms, options.page_bytes, options.pages);
    const std::string most = std::to_string(workers);
    return {"curl",           "-Z",     "--parallel-immediate",
            "--parallel-max", most,     "--silent",
            "--show-error",   "--fail", "--output",
            "/dev/null",      pages};
}

Words wget2_command(const JobSite& site, std::size_t workers) {
    Words command = {
        "wget2", "--quiet",       fmt::format("--max-threads={}", workers), "-O", "/dev/null",
        "-i",    site.list_file()};
    if (!site.site().ca_file().empty())
        command.push_back("--ca-certificate=" + site.site().ca_file());
    return command;
}

std::string asio_version() {
    return fmt::format("Asio {}.{}.{}", ASIO_VERSION / 100000, ASIO_VERSION / 100 % 1000,
                       ASIO_VERSION % 100);
}

Text not_installed(const std::string& name, const std::string& packages) {
    return {
        fmt::format("{} is left out: not installed (apt-get install {})", name, packages),
        fmt::format("{} ficou de fora: não está instalado (apt-get install {})", name, packages)};
}

// Finds the peers of these models, one after another.
class Finder {
  public:
    Finder(const std::vector<Model>& models, bool plain) : models_(models), plain_(plain) {}

    void add_minimal_programs() {
        for (std::size_t i = 0; i < models_.size(); ++i) {
            const bool async = i + 1 == models_.size();
            if (async && !plain_)
                found_.left_out.push_back(
                    {"minimal.cpp of coroutines is left out: it speaks http only",
                     "minimal.cpp das corrotinas ficou de fora: só fala http"});
            else if (!models_[i].minimal_program.empty())
                add_minimal("minimal.cpp",
                            async ? asio_version() : "cpp-httplib " TUTORIAL_HTTPLIB_VERSION, i,
                            {models_[i].minimal_program});
        }
    }

    // The first of the interpreters that has both libraries.
    void add_minimal_scripts() {
        for (const std::string python : {"python3", "/usr/bin/python3"}) {
            const auto version =
                output_of(python +
                          " -c 'import sys, requests, aiohttp; print(sys.executable, \"Python\", "
                          "sys.version.split()[0], requests.__version__, aiohttp.__version__)'");
            if (!version)
                continue;
            std::istringstream words(*version);
            std::string interpreter, name, number, requests, aiohttp;
            words >> interpreter >> name >> number >> requests >> aiohttp;
            for (std::size_t i = 0; i < models_.size(); ++i)
                if (!models_[i].minimal_script.empty())
                    add_minimal("minimal.py",
                                fmt::format("Python {}, {}", number,
                                            i + 1 == models_.size() ? "aiohttp " + aiohttp
                                                                    : "requests " + requests),
                                i, {interpreter, models_[i].minimal_script});
            return;
        }
        found_.left_out.push_back(not_installed("minimal.py", "python3-requests python3-aiohttp"));
    }

    void add_go() {
        const std::string program = common::beside_this_program("go_http");
        const auto version = version_of("go version", 2, 1);
        if (version && !output_of(fmt::format("go build -o '{}' '{}'", program,
                                              TUTORIAL_ROOT "/benchmarks/peers/go_http.go")))
            found_.left_out.push_back({"Go net/http is left out: go build fails",
                                       "Go net/http ficou de fora: go build falha"});
        else
            add_other("Go net/http", "golang-go", version,
                      [=](const JobSite& site, std::size_t workers) {
                          return Words{program, std::to_string(workers), site.list_file()};
                      });
    }

    void add_curl() {
        add_other("curl -Z", "curl", version_of("curl --version", 0, 2), curl_command);
    }

    void add_wget2() {
        add_other("wget2", "wget2", version_of("wget2 --version", 1, 2), wget2_command);
    }

    Peers found() && { return std::move(found_); }

  private:
    void add_minimal(const std::string& file, std::string version, std::size_t twin,
                     const Words& program) {
        const Model& model = models_[twin];
        const auto command = [program, takes_workers = model.takes_workers](const JobSite& site,
                                                                            std::size_t workers) {
            Words words = program;
            words.push_back(site.site().origin());
            words.push_back(std::to_string(site.job().site.pages));
            if (takes_workers)
                words.push_back(std::to_string(workers));
            return words;
        };
        found_.peers.push_back(
            {.name = {file + ", " + model.name.english, file + ", " + model.name.portuguese},
             .short_name = file + ", " + model.short_name,
             .version = std::move(version),
             .twin = twin,
             .command = command});
    }

    // Nothing where it has no version: it is not installed.
    void add_other(const std::string& name, const std::string& package,
                   const std::optional<std::string>& version, Command command) {
        if (version)
            found_.peers.push_back({.name = {name, name},
                                    .short_name = name,
                                    .version = *version,
                                    .twin = models_.size() - 1,
                                    .command = std::move(command)});
        else
            found_.left_out.push_back(not_installed(name, package));
    }

    const std::vector<Model>& models_;
    const bool plain_;
    Peers found_;
};

}  // namespace

Peers find_peers(const std::vector<Model>& models, bool plain) {
    Finder finder(models, plain);
    finder.add_minimal_programs();
    finder.add_minimal_scripts();
    finder.add_go();
    finder.add_curl();
    finder.add_wget2();
    return std::move(finder).found();
}

Measurement run_once(const Peer& peer, const JobSite& site, std::size_t workers, Looks looks) {
    Words words = environment(site);
    const Words command = peer.command(site, workers);
    words.insert(words.end(), command.begin(), command.end());
    return measure(words, site, looks);
}

void measure(Peer& peer, const JobSite& site, std::size_t workers) {
    if (!peer.failure.empty())
        return;
    try {
        peer.runs.push_back(run_once(peer, site, workers));
    } catch (const std::exception& error) {
        peer.runs.clear();
        peer.failure = error.what();
    }
}

}  // namespace benchmarks
