#include "support/practice_site_client.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include "common/page/result.hpp"

namespace test_support {

nlohmann::json stats_of(const common::PracticeSite& site) {
    return nlohmann::json::parse(site.get("/stats"));
}
nlohmann::json log_of(const common::PracticeSite& site) {
    return nlohmann::json::parse(site.get("/log"));
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
