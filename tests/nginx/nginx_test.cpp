// All chapters download a folder of files from nginx, over HTTP and HTTPS, with equal hashes.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "common/page/result.hpp"
#include "support/loopback.hpp"
#include "support/processes.hpp"
#include "support/programs.hpp"

namespace {

namespace programs = test_support::programs;

using test_support::TemporaryDirectory;

// A port that was free a moment ago: nginx cannot choose one itself.
std::uint16_t free_port() {
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const std::uint16_t port = test_support::bind_to_free_port(descriptor);
    close(descriptor);
    return port;
}

bool accepts_connections(std::uint16_t port) {
    const sockaddr_in address = test_support::loopback(port);
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool connected =
        connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(descriptor);
    return connected;
}

std::string hash_of(const std::string& content) {
    common::Sha256 hash{};
    EVP_Digest(content.data(), content.size(), hash.data(), nullptr, EVP_sha256(), nullptr);
    return common::to_hex(hash);
}

// nginx with a folder of files; its hashes by the path that a URL names.
class Nginx {
  public:
    Nginx() {
        make_files();
        make_certificate();
        write_configuration();
        program_ = std::make_unique<test_support::Program>(
            std::vector<std::string>{TUTORIAL_NGINX, "-p", directory_.path(), "-e", "stderr", "-c",
                                     directory_.file("nginx.conf")});
        for (int i = 0; i < 1000 && !accepts_connections(https_port_); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        if (!accepts_connections(https_port_))
            throw std::runtime_error("nginx did not come up");
    }

    std::string certificate() const { return directory_.file("certificate.pem"); }
    std::string http() const { return fmt::format("http://127.0.0.1:{}", http_port_); }
    std::string https() const { return fmt::format("https://localhost:{}", https_port_); }
    const std::map<std::string, std::string>& hashes() const { return hashes_; }

  private:
    void make_files() {
        std::filesystem::create_directory(directory_.file("pages"));
        std::mt19937 random(7);  // the same files each time
        const std::map<std::string, std::size_t> sizes = {
            {"empty", 0},          {"one", 1},         {"two pages.txt", 2000},
            {"caf\xC3\xA9", 4096}, {"16k.bin", 16384}, {"100k.bin", 100'000},
            {"3m.bin", 3'000'000}};
        for (const auto& [name, size] : sizes) {
            std::string content(size, '\0');
            for (char& byte : content)
                byte = static_cast<char>(random());
            test_support::write_text(directory_.file("pages/" + name), content);
            hashes_["/" + name] = hash_of(content);
        }
    }

    void make_certificate() {
        const auto made = test_support::run(
            {TUTORIAL_OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
             directory_.file("key.pem"), "-out", certificate()});
        if (made.exit_status != 0)
            throw std::runtime_error("openssl: " + made.errors);
    }

    void write_configuration() {
        // Few requests on a connection: the chapters must notice that it ends.
        test_support::write_text(directory_.file("nginx.conf"),
                                 fmt::format(R"(
user root root;
daemon off;
master_process off;
pid {0}/nginx.pid;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {0}/t1;
    proxy_temp_path {0}/t2;
    fastcgi_temp_path {0}/t3;
    uwsgi_temp_path {0}/t4;
    scgi_temp_path {0}/t5;
    keepalive_requests 3;
    root {0}/pages;
    server {{
        listen 127.0.0.1:{1};
        listen 127.0.0.1:{2} ssl;
        ssl_certificate {0}/certificate.pem;
        ssl_certificate_key {0}/key.pem;
        location = /moved {{ return 301 /one; }}
    }}
}}
)",
                                             directory_.path(), http_port_, https_port_));
    }

    const TemporaryDirectory directory_;
    const std::uint16_t http_port_ = free_port();
    const std::uint16_t https_port_ = free_port();
    std::map<std::string, std::string> hashes_;
    std::unique_ptr<test_support::Program> program_;
};

TEST_CASE("every chapter downloads nginx's files over http and https with the files' hashes") {
    const Nginx nginx;
    const TemporaryDirectory directory;
    for (const std::string& origin : {nginx.http(), nginx.https()}) {
        std::string list;
        std::vector<std::string> expected;
        for (const auto& [path, hash] : nginx.hashes()) {
            list += origin + path + "\n";  // as a person writes it: not encoded
            expected.push_back(hash);
        }
        list += origin + "/moved\n" + origin + "/missing\n";
        expected.push_back(nginx.hashes().at("/one"));

        for (const char* program :
             {programs::sync, programs::threads, programs::multiprocess, programs::async}) {
            CAPTURE(program);
            const std::string report_file = directory.file("report.json");
            const auto finished = test_support::run({program, "--input", "-", "--ca-file",
                                                     nginx.certificate(), "--report", report_file},
                                                    list);
            CAPTURE(finished.output);
            CHECK(finished.exit_status == 1);  // the missing one
            const auto pages =
                nlohmann::json::parse(test_support::read_text(report_file)).at("pages");
            REQUIRE(pages.size() == expected.size() + 1);
            for (std::size_t i = 0; i < expected.size(); ++i)
                CHECK(pages[i].value("sha256", "") == expected[i]);
            CHECK(pages.back()["status"] == 404);
        }
    }
}

}  // namespace
