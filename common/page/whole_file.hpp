// A file that is there whole or not at all.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace common {

// Written under another name, and renamed at the end (rename(2)), so that nobody ever sees half of
// it; what is not finished is removed. A device, a pipe or a link is written to, not replaced.
// Not thread-safe.
class WholeFile {
  public:
    // Opens nothing before the first write.
    explicit WholeFile(std::string path);
    ~WholeFile();
    WholeFile(const WholeFile&) = delete;
    WholeFile& operator=(const WholeFile&) = delete;

    // False after an error, the first of which is remembered.
    bool write(std::string_view bytes);
    // The file is whole; once. An empty one is a file, too.
    bool finish();

    // errno of the first error, and what could not be done: "create", "write" or "rename".
    int error() const { return error_; }
    const char* failed_step() const { return failed_step_; }

  private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    bool open();
    bool fail(const char* step);

    const std::string path_;
    std::string temporary_path_;  // non-empty while the file exists
    std::unique_ptr<std::FILE, Close> file_;
    int error_ = 0;
    const char* failed_step_ = "";
};

}  // namespace common
