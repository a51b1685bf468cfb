// Who closes a file descriptor.
#pragma once

#include <unistd.h>

#include <utility>

namespace common {

// An open file descriptor, or -1 for none; closed when this ends. Not thread-safe.
class Descriptor {
  public:
    explicit Descriptor(int opened = -1) : opened_(opened) {}
    ~Descriptor() {
        if (opened_ >= 0)
            close(opened_);
    }
    Descriptor(Descriptor&& other) noexcept : opened_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(opened_, other.opened_);
        return *this;
    }

    explicit operator bool() const { return opened_ >= 0; }
    int get() const { return opened_; }
    // It is the caller's now.
    int release() { return std::exchange(opened_, -1); }

  private:
    int opened_;
};

}  // namespace common
