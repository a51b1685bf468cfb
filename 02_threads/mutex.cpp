// minimal.cpp with a mutex instead of the atomic. One number that each thread only counts up can be
// an atomic; several values that change together, or a vector, need a mutex.
#include <httplib.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

struct Shared {
    std::mutex mutex;  // whoever holds it may read and write the rest
    int next_page = 1;
    std::size_t bytes = 0;
    std::vector<int> failed_pages;
};

int take_page(Shared& shared) {
    const std::lock_guard lock(shared.mutex);  // until the closing brace
    return shared.next_page++;
}

void download(httplib::Client& client, int page, Shared& shared) {
    const auto response = client.Get("/delay/100/bytes/16384/page/" + std::to_string(page));
    const std::lock_guard lock(shared.mutex);  // not before: the others would wait for this page
    if (response)
        shared.bytes += response->body.size();
    else
        shared.failed_pages.push_back(page);
}

int main(int argc, char** argv) {
    const std::string site = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
    const int pages = argc > 2 ? std::atoi(argv[2]) : 50;
    const int workers = argc > 3 ? std::atoi(argv[3]) : 5;
    const auto start = std::chrono::steady_clock::now();

    Shared shared;
    std::vector<std::jthread> threads;
    for (int worker = 0; worker < workers; ++worker)
        threads.emplace_back([&] {
            httplib::Client client(site);
            client.set_keep_alive(true);
            for (int page = take_page(shared); page <= pages; page = take_page(shared))
                download(client, page, shared);
        });
    threads.clear();  // every thread has ended: from here on nobody needs the mutex

    for (const int page : shared.failed_pages)
        std::printf("page %d failed\n", page);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::printf("%zu bytes, %zu pages failed, %.2f s\n", shared.bytes, shared.failed_pages.size(),
                seconds.count());
}
