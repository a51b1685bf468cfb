// A mistake, on purpose: threads append to one vector without a lock. push_back reads the size,
// writes the element and writes the size; two threads that do so at once lose an element.
#include <cstdio>
#include <thread>
#include <vector>

int main() {
    constexpr int threads_wanted = 4;
    constexpr int pages_each = 1'000'000;
    std::vector<int> results;
    results.reserve(threads_wanted * pages_each);  // no reallocation: what is lost is lost silently
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < threads_wanted; ++thread)
            threads.emplace_back([&results] {
                for (int page = 0; page < pages_each; ++page)
                    results.push_back(page);  // the mistake
            });
    }  // every jthread joins here
    std::printf("%zu of %d results\n", results.size(), threads_wanted * pages_each);
}
