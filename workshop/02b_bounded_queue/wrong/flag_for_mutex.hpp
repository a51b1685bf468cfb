// rejected by: empty_sleeps, full_sleeps, thread; perhaps: anything
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <thread>
#include <utility>

template <class Page>
class Queue {
  public:
    explicit Queue(std::size_t capacity) : capacity_(capacity) {}

    bool push(Page page) {
        while (true) {
            take();
            if (closed_) {
                busy_ = false;
                return false;
            }
            if (pages_.size() < capacity_) {
                pages_.push_back(std::move(page));
                busy_ = false;
                return true;
            }
            busy_ = false;
            std::this_thread::yield();
        }
    }

    std::optional<Page> pop() {
        while (true) {
            take();
            if (!pages_.empty()) {
                Page page = std::move(pages_.front());
                pages_.pop_front();
                busy_ = false;
                return page;
            }
            const bool closed = closed_;
            busy_ = false;
            if (closed)
                return std::nullopt;
            std::this_thread::yield();
        }
    }

    void close() {
        take();
        closed_ = true;
        busy_ = false;
    }

  private:
    void take() {
        while (busy_)
            std::this_thread::yield();
        busy_ = true;
    }

    const std::size_t capacity_;
    volatile bool busy_ = false;
    std::deque<Page> pages_;
    bool closed_ = false;
};

template <class Page, class Compute>
void work(Queue<Page>& queue, Compute compute) {
    while (auto page = queue.pop())
        compute(*page);
}
