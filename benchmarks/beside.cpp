#include "beside.hpp"

#include <fmt/format.h>

#include <array>
#include <asio/version.hpp>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <sstream>
#include <utility>

#include "common/page/text.hpp"

namespace benchmarks {
namespace {

using Words = std::vector<std::string>;

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

std::string path_of(const JobSite& site) {
    return fmt::format("/delay/{}/bytes/{}/page/", site.job().site.latency_ms,
                       site.job().site.page_bytes);
}

// With the site's certificates trusted, each by the variable that it reads, and no proxy between.
Words environment(const JobSite& site) {
    Words words = {"/usr/bin/env", "no_proxy=127.0.0.1"};
    if (!site.site().ca_file().empty())
        for (const char* variable : {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"})
            words.push_back(fmt::format("{}={}", variable, site.site().ca_file()));
    return words;
}

Text not_installed(const std::string& name, const std::string& packages) {
    return {
        fmt::format("{} is left out: not installed (apt-get install {})", name, packages),
        fmt::format("{} ficou de fora: não está instalado (apt-get install {})", name, packages)};
}

// Finds the peers of one job, one after another.
class Finder {
  public:
    Finder(const std::vector<Model>& models, const JobSite& site) : models_(models), site_(site) {}

    void add_minimal_programs() {
        for (std::size_t i = 0; i < models_.size(); ++i) {
            const bool async = i + 1 == models_.size();
            if (async && !site_.job().site.plain)
                found_.left_out.push_back(
                    {"minimal.cpp of coroutines is left out: it has no https (--plain)",
                     "minimal.cpp das corrotinas ficou de fora: não tem https (--plain)"});
            else
                add_minimal("minimal.cpp", async ? asio_version() : httplib_version(), i,
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
                add_minimal("minimal.py",
                            fmt::format("Python {}, {}", number,
                                        i + 1 == models_.size() ? "aiohttp " + aiohttp
                                                                : "requests " + requests),
                            i, {interpreter, models_[i].minimal_script});
            return;
        }
        found_.left_out.push_back(not_installed("minimal.py", "python3-requests python3-aiohttp"));
    }

    void add_go(const std::string& source, const std::string& program) {
        const auto version = version_of("go version", 2, 1);
        if (version && output_of(fmt::format("go build -o '{}' '{}'", program, source)))
            add_other("Go net/http", *version, {program, workers(), site_.list_file()});
        else
            found_.left_out.push_back(not_installed("Go net/http", "golang-go"));
    }

    void add_curl() {
        if (const auto version = version_of("curl --version", 0, 2))
            add_other("curl -Z", *version,
                      {"curl", "-Z", "--parallel-max", workers(), "--silent", "--show-error",
                       "--fail", "--output", "/dev/null",
                       fmt::format("{}{}[1-{}]", site_.site().origin(), path_of(site_),
                                   site_.job().site.pages)});
        else
            found_.left_out.push_back(not_installed("curl -Z", "curl"));
    }

    void add_wget2() {
        Words command = {"wget2", "--quiet",        "--max-threads=" + workers(), "-O", "/dev/null",
                         "-i",    site_.list_file()};
        if (!site_.site().ca_file().empty())
            command.push_back("--ca-certificate=" + site_.site().ca_file());
        if (const auto version = version_of("wget2 --version", 1, 2))
            add_other("wget2", *version, command);
        else
            found_.left_out.push_back(not_installed("wget2", "wget2"));
    }

    Peers found() && { return std::move(found_); }

  private:
    static std::string httplib_version() { return "cpp-httplib " TUTORIAL_HTTPLIB_VERSION; }
    static std::string asio_version() {
        return fmt::format("Asio {}.{}.{}", ASIO_VERSION / 100000, ASIO_VERSION / 100 % 1000,
                           ASIO_VERSION % 100);
    }
    std::string workers() const { return std::to_string(models_.back().workers); }

    void add(Text name, std::string short_name, std::string version, std::size_t twin,
             const Words& command) {
        Words words = environment(site_);
        words.insert(words.end(), command.begin(), command.end());
        found_.peers.push_back({.name = std::move(name),
                                .short_name = std::move(short_name),
                                .version = std::move(version),
                                .twin = twin,
                                .command = std::move(words)});
    }

    void add_minimal(const std::string& name, std::string version, std::size_t twin,
                     Words command) {
        const Model& model = models_[twin];
        command.push_back(site_.site().origin());
        command.push_back(std::to_string(site_.job().site.pages));
        if (model.takes_workers)
            command.push_back(std::to_string(model.workers));
        add({name + ", " + model.name.english, name + ", " + model.name.portuguese},
            name + ", " + model.short_name, std::move(version), twin, command);
    }

    void add_other(const std::string& name, std::string version, const Words& command) {
        add({name, name}, name, std::move(version), models_.size() - 1, command);
    }

    const std::vector<Model>& models_;
    const JobSite& site_;
    Peers found_;
};

}  // namespace

Peers find_peers(const std::vector<Model>& models, const JobSite& site,
                 const std::string& go_source, const std::string& go_program) {
    Finder finder(models, site);
    finder.add_minimal_programs();
    finder.add_minimal_scripts();
    finder.add_go(go_source, go_program);
    finder.add_curl();
    finder.add_wget2();
    return std::move(finder).found();
}

void measure(Peer& peer, const JobSite& site) {
    if (!peer.failure.empty())
        return;
    try {
        peer.runs.push_back(measure(peer.command, site));
    } catch (const std::exception& error) {
        peer.runs.clear();
        peer.failure = error.what();
    }
}

}  // namespace benchmarks
