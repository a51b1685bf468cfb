// rejected by: no_more_than_threads, waiting_sleeps
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

struct Page {
    std::string host;
    int number = 0;
};

constexpr int most_per_host = 4;

template <class Download>
int download_all(const std::vector<Page>& pages, int, Download download) {
    struct Host {
        std::vector<Page> pages;
        std::atomic<std::size_t> next = 0;
    };
    std::map<std::string, Host> hosts;
    for (const Page& page : pages)
        hosts[page.host].pages.push_back(page);
    std::atomic<int> arrived = 0;

    std::vector<std::jthread> running;
    for (auto& [name, host] : hosts)
        for (int i = 0; i < most_per_host; ++i)
            running.emplace_back([&arrived, &host = host, download] {
                for (std::size_t index = host.next++; index < host.pages.size();
                     index = host.next++) {
                    try {
                        download(host.pages[index]);
                        ++arrived;
                    } catch (const std::runtime_error&) {
                    }
                }
            });
    running.clear();
    return arrived;
}
