// What a full disk looks like to a program.
#pragma once

#include <sys/resource.h>

#include <csignal>

// While this lives no file of this process can grow beyond that many bytes: a write that would
// make it longer fails (setrlimit(2)). Not thread-safe.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) {
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    rlimit before_{};
    // The signal, which would end the process, is sent before the error is returned.
    void (*handler_)(int) = std::signal(SIGXFSZ, SIG_IGN);
};
