// rejected by: room_too_late, never_more_than_fit, empty_sleeps, full_sleeps, close_wakes_producers
// Threads that download hand their pages to threads that compute. This queue lies between them.
// It works, but it grows without limit, and a thread that finds it empty asks again and again.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

template <class Page>
class Queue {
  public:
    // Never more than `capacity` pages are inside.
    explicit Queue(std::size_t capacity) : capacity_(capacity) {}

    // Waits while the queue is full. Returns false when it was closed: the page is not in it.
    bool push(Page page) {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return false;
        pages_.push_back(std::move(page));
        return true;
    }

    // Waits while the queue is empty. Returns std::nullopt when it was closed and no page is left.
    std::optional<Page> pop() {
        for (;;) {
            {
                const std::lock_guard lock(mutex_);
                if (!pages_.empty()) {
                    Page page = std::move(pages_.front());
                    pages_.pop_front();
                    return page;
                }
                if (closed_)
                    return std::nullopt;
            }
            std::this_thread::yield();
        }
    }

    // No page is put in afterwards. Whoever waits goes on.
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }

  private:
    [[maybe_unused]] const std::size_t capacity_;
    std::mutex mutex_;
    std::deque<Page> pages_;
    bool closed_ = false;
};

// One of several threads that compute: until the queue is closed and empty.
template <class Page, class Compute>
void work(Queue<Page>& queue, Compute compute) {
    while (auto page = queue.pop())
        compute(*page);
}
