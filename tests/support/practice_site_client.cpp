#include "support/practice_site_client.hpp"

#include <fmt/format.h>
#include <httplib.h>
#include <openssl/evp.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/page/result.hpp"
#include "support/processes.hpp"

namespace test_support {

nlohmann::json stats_of(const common::PracticeSite& site) {
    return nlohmann::json::parse(site.get("/stats"));
}
nlohmann::json log_of(const common::PracticeSite& site) {
    return nlohmann::json::parse(site.get("/log"));
}
std::string page_of(const std::string& origin, const std::string& path,
                    const std::string& ca_file) {
    httplib::Client client(origin);
    if (!ca_file.empty())
        client.set_ca_cert_path(ca_file);
    const auto response = client.Get(path);
    return response ? response->body : "";
}
std::string port_of(const common::PracticeSite& site) {
    const std::string& origin = site.origin();
    return origin.substr(origin.rfind(':') + 1);
}

Gatekeeper::Gatekeeper(const common::PracticeSite& site, int in_flight) : process_(fork()) {
    if (process_ != 0)
        return;
    httplib::Client client(site.origin());
    client.set_keep_alive(true);
    client.set_ca_cert_path(site.ca_file());
    eventually([&] {
        return nlohmann::json::parse(client.Get("/stats")->body)["in_flight"] >= in_flight;
    });
    client.Get("/release/door");
    _exit(0);
}
Gatekeeper::~Gatekeeper() {
    waitpid(process_, nullptr, 0);
}

std::string segment(const std::string& text) {
    std::string encoded;
    for (const char c : text)
        encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    return encoded;
}

// Written apart from the practice site's own code, on purpose: it says what a page should be.
std::string hash_of_page(std::uint64_t page, std::uint64_t bytes) {
    const std::string line = fmt::format("This is page {} of the practice site.\n", page);
    std::string content;
    while (content.size() < bytes)
        content += line;
    content.resize(bytes);
    common::Sha256 hash{};
    EVP_Digest(content.data(), content.size(), hash.data(), nullptr, EVP_sha256(), nullptr);
    return common::to_hex(hash);
}

}  // namespace test_support
