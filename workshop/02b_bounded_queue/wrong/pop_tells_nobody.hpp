// rejected by: each_page_once, never_more_than_fit
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

template <class Page>
class Queue {
  public:
    // Never more than `capacity` pages are inside.
    explicit Queue(std::size_t capacity) : capacity_(capacity) {}

    // Waits while the queue is full. Returns false when it was closed: the page is not in it.
    bool push(Page page) {
        std::unique_lock lock(mutex_);
        // wait() unlocks while it sleeps, and looks again when it wakes: another thread may have
        // been quicker.
        not_full_.wait(lock, [&] { return pages_.size() < capacity_ || closed_; });
        if (closed_)
            return false;
        pages_.push_back(std::move(page));
        // One page, one thread that waits for it. It waits for nothing else, so it is the right
        // one.
        not_empty_.notify_one();
        return true;
    }

    // Waits while the queue is empty. Returns std::nullopt when it was closed and no page is left.
    std::optional<Page> pop() {
        std::unique_lock lock(mutex_);
        not_empty_.wait(lock, [&] { return !pages_.empty() || closed_; });
        if (pages_.empty())
            return std::nullopt;
        Page page = std::move(pages_.front());
        pages_.pop_front();
        return page;
    }

    // No page is put in afterwards. Whoever waits goes on.
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        not_full_.notify_all();
        not_empty_.notify_all();
    }

  private:
    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable not_full_;
    std::condition_variable not_empty_;
    std::deque<Page> pages_;
    bool closed_ = false;
};

// One of several threads that compute: until the queue is closed and empty.
template <class Page, class Compute>
void work(Queue<Page>& queue, Compute compute) {
    while (auto page = queue.pop())
        compute(*page);  // outside the queue, so that the others go on
}
