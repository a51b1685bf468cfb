#include "common/page/whole_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace common {

WholeFile::WholeFile(std::string path) : path_(std::move(path)) {}

WholeFile::~WholeFile() {
    if (!temporary_path_.empty())
        std::remove(temporary_path_.c_str());
}

bool WholeFile::write(std::string_view bytes) {
    if (!open())
        return false;
    return std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size() || fail("write");
}

bool WholeFile::finish() {
    if (!open())
        return false;
    if (std::fflush(file_.get()) != 0)
        return fail("write");
    file_.reset();
    if (!temporary_path_.empty() && std::rename(temporary_path_.c_str(), path_.c_str()) != 0)
        return fail("rename");
    temporary_path_.clear();
    return true;
}

bool WholeFile::open() {
    if (file_ || error_ != 0)
        return error_ == 0;
    struct stat status {};
    // The process id: two runs that write to one directory do not share temporary files.
    if (lstat(path_.c_str(), &status) != 0 || S_ISREG(status.st_mode))
        temporary_path_ = fmt::format("{}.{}.part", path_, getpid());
    file_.reset(std::fopen((temporary_path_.empty() ? path_ : temporary_path_).c_str(), "wbe"));
    return file_ || fail("create");
}

bool WholeFile::fail(const char* step) {
    error_ = errno;
    failed_step_ = step;
    file_.reset();
    return false;
}

}  // namespace common
