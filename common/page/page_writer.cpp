#include "common/page/page_writer.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace common {
namespace {

// Looking an algorithm up takes a lock in OpenSSL 3, so it is done once (EVP_MD_fetch(3)).
const EVP_MD* sha256_algorithm() {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return algorithm;
}

void start_hash(EVP_MD_CTX* context) {
    if (EVP_DigestInit_ex2(context, sha256_algorithm(), nullptr) != 1)
        throw std::runtime_error("OpenSSL cannot compute SHA-256");
}

}  // namespace

void prepare_hash() {
    const PageWriter starts_a_hash({}, 0, "");
}

void PageWriter::FreeHash::operator()(EVP_MD_CTX* context) const {
    EVP_MD_CTX_free(context);
}

PageWriter::PageWriter(const Options& options, std::size_t index, std::string_view url)
    : max_bytes_(options.max_bytes), hash_(EVP_MD_CTX_new()) {
    start_hash(hash_.get());
    if (!options.save_directory.empty()) {
        path_ = options.save_directory + "/" + file_name_for(index, url);
        file_.emplace(path_);
    }
}

PageWriter::Verdict PageWriter::write(std::string_view bytes) {
    if (bytes.size() > max_bytes_ - bytes_)
        return Verdict::too_large;
    bytes_ += bytes.size();
    EVP_DigestUpdate(hash_.get(), bytes.data(), bytes.size());
    if (file_)
        file_->write(bytes);
    return Verdict::wanted;
}

Result PageWriter::finish(int status) {
    Page page{.status = status, .bytes = bytes_};
    EVP_DigestFinal_ex(hash_.get(), page.sha256.data(), nullptr);
    if (!file_ || file_->finish())
        return page;
    return DownloadError{
        .kind = ErrorKind::not_saved,
        .message = fmt::format("arrived, but cannot {} '{}': {}", file_->failed_step(), path_,
                               std::strerror(file_->error())),
        .status = status};
}

std::string file_name_for(std::size_t index, std::string_view url) {
    if (const std::size_t scheme_end = url.find("//"); scheme_end != std::string_view::npos)
        url.remove_prefix(scheme_end + 2);
    std::string name = fmt::format("{:06}_", index + 1);
    for (const char c : url.substr(0, 100)) {
        const bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '.' || c == '-';
        name += safe ? c : '_';
    }
    return name;
}

}  // namespace common
