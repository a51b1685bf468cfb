// Several threads share one list of pages: while one waits for an answer, the others run.
#include <httplib.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

void download(httplib::Client& client, int page) {
    const auto response = client.Get("/delay/100/bytes/16384/page/" + std::to_string(page));
    if (response)
        std::printf("page %d: %d, %zu bytes\n", page, response->status, response->body.size());
    else
        std::printf("page %d: %s\n", page, httplib::to_string(response.error()).c_str());
}

int main(int argc, char** argv) {
    const std::string site = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
    const int pages = argc > 2 ? std::atoi(argv[2]) : 50;
    const int workers = argc > 3 ? std::atoi(argv[3]) : 5;
    const auto start = std::chrono::steady_clock::now();

    std::atomic<int> next_page = 1;
    std::vector<std::jthread> threads;
    for (int worker = 0; worker < workers; ++worker)
        threads.emplace_back([&] {
            httplib::Client client(site);
            client.set_keep_alive(true);
            for (int page = next_page++; page <= pages; page = next_page++)
                download(client, page);
        });
    threads.clear();  // a jthread that is destroyed joins: it waits until its function has returned

    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::printf("%.2f s\n", seconds.count());
}

// Left out on purpose: what chapter 01 leaves out; an exception in a thread, which ends the whole
// program; fewer threads where the system gives no more; results that are kept, in the order of the
// list. download_all.cpp has them.
