// rejected by: thread; perhaps: anything
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <semaphore>
#include <utility>

template <class Page>
class Queue {
  public:
    explicit Queue(std::size_t capacity) : room_(static_cast<std::ptrdiff_t>(capacity)) {}

    bool push(Page page) {
        room_.acquire();
        if (closed_) {
            room_.release();
            return false;
        }
        pages_.push_back(std::move(page));
        inside_.release();
        return true;
    }

    std::optional<Page> pop() {
        inside_.acquire();
        if (pages_.empty()) {
            inside_.release();
            return std::nullopt;
        }
        Page page = std::move(pages_.front());
        pages_.pop_front();
        room_.release();
        return page;
    }

    void close() {
        closed_ = true;
        room_.release();
        inside_.release();
    }

  private:
    std::counting_semaphore<> room_;
    std::counting_semaphore<> inside_{0};
    std::deque<Page> pages_;
    bool closed_ = false;
};

template <class Page, class Compute>
void work(Queue<Page>& queue, Compute compute) {
    while (auto page = queue.pop())
        compute(*page);
}
