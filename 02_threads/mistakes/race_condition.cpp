// A mistake, on purpose: the index is atomic, but taking a page is two steps, a load and a store.
// There is no data race, and ThreadSanitizer is silent; still two threads can take the same page.
#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

int main() {
    constexpr int pages = 100'000;
    std::atomic<int> next_index = 0;
    std::atomic<int> downloads = 0;
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread)
            threads.emplace_back([&] {
                for (;;) {
                    const int index = next_index.load();
                    if (index >= pages)
                        return;
                    std::this_thread::yield();    // others run; without it they do so less often
                    next_index.store(index + 1);  // the mistake: index may be out of date
                    ++downloads;
                }
            });
    }  // every jthread joins here
    std::printf("%d downloads of %d pages\n", downloads.load(), pages);
}
