// Where a body goes as it arrives: into the hash, and into a file with --save. Never into memory.
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/page/options.hpp"
#include "common/page/result.hpp"
#include "common/page/whole_file.hpp"

namespace common {

// One page's body. The file is there once finish() has said that the page is.
// Not thread-safe; each page has its own.
class PageWriter {
  public:
    // `index`, of the page in the list, begins the file's name, so that names are unique
    // and sorted. Opens nothing before the first write.
    PageWriter(const Options& options, std::size_t index, std::string_view url);

    enum class Verdict { wanted, too_large };
    // too_large: with these bytes the body would be larger than Options::max_bytes; nothing was
    // kept of them. Errors of the file are remembered for finish(): the hash is still worth having.
    Verdict write(std::string_view bytes);

    // The page, saved under its name if so wished; not_saved with the file's name and the cause
    // when it could not be.
    Result finish(int status);

  private:
    struct FreeHash {
        void operator()(EVP_MD_CTX* context) const;
    };

    std::uint64_t max_bytes_;
    std::uint64_t bytes_ = 0;
    std::unique_ptr<EVP_MD_CTX, FreeHash> hash_;
    std::string path_;
    std::optional<WholeFile> file_;  // none: not saved
};

// OpenSSL's first digest reads its configuration and loads its algorithms, which takes about a
// millisecond: before the clock starts, and before a fork, whose children share them then.
// Thread-safe. Throws std::runtime_error where OpenSSL has no SHA-256.
void prepare_hash();

// "000007_example.com_a_b.html": safe on every file system, no path separators, no leading dot.
std::string file_name_for(std::size_t index, std::string_view url);

}  // namespace common
