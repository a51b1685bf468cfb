// A file for a while.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace benchmarks {

// A new, empty file, gone when this ends.
class TemporaryFile {
  public:
    // Throws std::system_error.
    TemporaryFile() {
        const int file = mkstemp(path_.data());
        if (file < 0)
            throw std::system_error(errno, std::generic_category(), path_);
        close(file);
    }
    ~TemporaryFile() { unlink(path_.c_str()); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    const std::string& path() const { return path_; }

  private:
    std::string path_ = "/tmp/benchmark-XXXXXX";
};

}  // namespace benchmarks
