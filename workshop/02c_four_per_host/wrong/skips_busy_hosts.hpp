// rejected by: waiting_sleeps; perhaps: anything
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

struct Page {
    std::string host;
    int number = 0;
};

constexpr int most_per_host = 4;

// Who may download what. All threads share it.
class Schedule {
  public:
    explicit Schedule(const std::vector<Page>& pages) : left_(pages.begin(), pages.end()) {}

    // A page whose host has room; waits for one. Returns std::nullopt when no page is left.
    std::optional<Page> next() {
        std::unique_lock lock(mutex_);
        while (!left_.empty()) {
            const auto page = std::find_if(left_.begin(), left_.end(), [&](const Page& one) {
                return in_flight_[one.host] < most_per_host;
            });
            if (page != left_.end()) {
                // Under the lock of the look above: nobody else has counted in between.
                ++in_flight_[page->host];
                Page mine = std::move(*page);
                left_.erase(page);
                return mine;
            }
            left_.pop_front();
        }
        return std::nullopt;
    }

    // The page has come, or has failed.
    void done(const Page& page) {
        const std::lock_guard lock(mutex_);
        --in_flight_[page.host];
        changed_.notify_all();  // room for one, but the end for all who wait
    }

  private:
    std::mutex mutex_;  // for what follows
    std::condition_variable changed_;
    std::list<Page> left_;
    std::map<std::string, int> in_flight_;
};

// Tries every page once, with `threads` threads, and returns how many arrived.
//
// Never more than most_per_host pages of one host are in flight, and exactly that many whenever
// there are enough pages and threads. A thread takes any page whose host has room, not just the
// next of the list. It sleeps while it can't take one, and ends when none is left.
//
// download(page) waits for the network. It throws std::runtime_error when the page did not come:
// then there is one page less, and room for another of its host.
template <class Download>
int download_all(const std::vector<Page>& pages, int threads, Download download) {
    Schedule schedule(pages);
    std::atomic<int> arrived = 0;

    std::vector<std::jthread> running;
    for (int i = 0; i < threads; ++i)
        running.emplace_back([&] {
            while (const auto page = schedule.next()) {
                try {
                    download(*page);
                    ++arrived;
                } catch (const std::runtime_error&) {
                }
                schedule.done(*page);  // on either way
            }
        });
    running.clear();  // waits for all
    return arrived;
}
