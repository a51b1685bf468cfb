// rejected by: hosts_are_apart, no_more_than_threads, thread; perhaps: anything
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

struct Page {
    std::string host;
    int number = 0;
};

constexpr int most_per_host = 4;

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
    std::atomic<std::size_t> next = 0;
    std::atomic<int> arrived = 0;
    std::map<std::string, std::counting_semaphore<most_per_host>> room;

    std::vector<std::jthread> running;
    for (int i = 0; i < threads; ++i)
        running.emplace_back([&] {
            for (std::size_t index = next++; index < pages.size(); index = next++) {
                room.try_emplace(pages[index].host, most_per_host).first->second.acquire();
                try {
                    download(pages[index]);
                    ++arrived;
                } catch (const std::runtime_error&) {
                }
                room.at(pages[index].host).release();
            }
        });
    running.clear();  // waits for all
    return arrived;
}
