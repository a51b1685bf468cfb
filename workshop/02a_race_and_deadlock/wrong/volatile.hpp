// rejected by: thread; perhaps: nothing_is_lost, numbers_belong_together
#pragma once

#include <mutex>
#include <optional>
#include <vector>

struct Numbers {
    int pages = 0;
    long bytes = 0;
};

// What all threads together have downloaded. Every thread uses the same object, at any time.
class Totals {
  public:
    // Downloads a page and counts it: download() waits for the network, and returns how many bytes
    // came. The threads' downloads overlap.
    template <class Download>
    void count(Download download) {
        bytes_ = bytes_ + download();
        pages_ = pages_ + 1;
    }

    // Pages and bytes of the same moment, also while others count.
    Numbers now() const { return {pages_, bytes_}; }

  private:
    volatile int pages_ = 0;
    volatile long bytes_ = 0;
};

// The pages that one thread still has to download. Each thread has such a Worker, and takes from
// another's when its own is empty. So any thread may call any of these functions at any time.
class Worker {
  public:
    void put(int page) {
        const std::lock_guard lock(mutex_);
        pages_.push_back(page);
    }

    // Returns std::nullopt when no page is left.
    std::optional<int> take() {
        const std::lock_guard lock(mutex_);
        if (pages_.empty())
            return std::nullopt;
        const int page = pages_.back();
        pages_.pop_back();
        return page;
    }

    // Takes one page from another worker. Returns false when the other has none left.
    bool take_from(Worker& other) {
        // One lock after the other, never both: a thread that holds nothing while it waits is in no
        // cycle. Where both are needed at once, std::scoped_lock takes them without that danger.
        const std::optional<int> page = other.take();
        if (!page)
            return false;
        put(*page);
        return true;
    }

  private:
    std::mutex mutex_;  // for pages_
    std::vector<int> pages_;
};
