#include "common/page/page_writer.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
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

void PageWriter::FreeHash::operator()(EVP_MD_CTX* context) const {
    EVP_MD_CTX_free(context);
}

PageWriter::PageWriter(const Options& options, std::size_t index, std::string_view url)
    : max_bytes_(options.max_bytes), hash_(EVP_MD_CTX_new()) {
    start_hash(hash_.get());
    if (!options.save_directory.empty())
        path_ = options.save_directory + "/" + file_name_for(index, url);
}

PageWriter::~PageWriter() {
    if (!temporary_path_.empty())
        std::remove(temporary_path_.c_str());
}

PageWriter::Verdict PageWriter::write(std::string_view bytes) {
    if (bytes.size() > max_bytes_ - bytes_)
        return Verdict::too_large;
    bytes_ += bytes.size();
    EVP_DigestUpdate(hash_.get(), bytes.data(), bytes.size());
    if (path_.empty() || !file_error_.empty())
        return Verdict::wanted;
    if (!file_)
        open_file();
    if (file_ && std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size())
        remember_file_error("write");
    return Verdict::wanted;
}

Result PageWriter::finish(int status) {
    Page page{.status = status, .bytes = bytes_};
    EVP_DigestFinal_ex(hash_.get(), page.sha256.data(), nullptr);
    if (path_.empty())
        return page;

    if (!file_ && file_error_.empty())
        open_file();  // an empty page is a page
    if (file_error_.empty() && std::fflush(file_.get()) != 0)
        remember_file_error("write");
    file_.reset();
    if (file_error_.empty() && std::rename(temporary_path_.c_str(), path_.c_str()) != 0)
        remember_file_error("rename");
    if (file_error_.empty()) {
        temporary_path_.clear();
        return page;
    }
    return DownloadError{.kind = ErrorKind::not_saved, .message = file_error_, .status = status};
}

void PageWriter::open_file() {
    // The process id: two runs that save into one directory do not share temporary files.
    temporary_path_ = fmt::format("{}.{}.part", path_, getpid());
    file_.reset(std::fopen(temporary_path_.c_str(), "wbe"));
    if (!file_)
        remember_file_error("create");
}

void PageWriter::remember_file_error(std::string_view doing) {
    file_error_ =
        fmt::format("arrived, but cannot {} '{}': {}", doing, path_, std::strerror(errno));
    file_.reset();
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
