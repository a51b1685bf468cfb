#pragma once

#include <sys/resource.h>

namespace test_support {

// The most descriptors that this process may open, until this ends (setrlimit(2)).
class OpenFileLimit {
  public:
    explicit OpenFileLimit(rlim_t most) {
        getrlimit(RLIMIT_NOFILE, &before_);
        const rlimit now{most, before_.rlim_max};
        setrlimit(RLIMIT_NOFILE, &now);
    }
    ~OpenFileLimit() { setrlimit(RLIMIT_NOFILE, &before_); }
    OpenFileLimit(const OpenFileLimit&) = delete;
    OpenFileLimit& operator=(const OpenFileLimit&) = delete;

  private:
    rlimit before_{};
};

}  // namespace test_support
