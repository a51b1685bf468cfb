// rejected by: given_up
// Worker processes download pages for their parent, each one page at a time.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <deque>
#include <numeric>
#include <optional>
#include <system_error>
#include <vector>

constexpr int most_tries = 3;  // of one page
constexpr int none = -1;

struct Worker {
    pid_t process_id;
    int socket;       // none: it has ended
    int page = none;  // that it holds
};

// Forks a worker, which answers each page with download(page) until its socket ends.
template <class Download>
Worker start_worker(Download download, const std::vector<Worker>& others) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0)
        throw std::system_error(errno, std::generic_category(), "socketpair");
    const pid_t process_id = fork();
    if (process_id < 0)
        throw std::system_error(errno, std::generic_category(), "fork");
    if (process_id == 0) {
        close(ends[0]);
        for (const Worker& other : others)
            if (other.socket != none)
                close(other.socket);
        for (int page; recv(ends[1], &page, sizeof page, 0) == sizeof page;) {
            const int bytes = download(page);
            send(ends[1], &bytes, sizeof bytes, MSG_NOSIGNAL);
        }
        _exit(0);
    }
    close(ends[1]);
    return {process_id, ends[0]};
}

// Hangs up and waits until the worker has ended; a dead one has already.
inline void end_worker(Worker& worker) {
    close(worker.socket);
    waitpid(worker.process_id, nullptr, 0);
    worker = {none, none};
}

inline void give(Worker& worker, int page) {
    worker.page = page;
    send(worker.socket, &page, sizeof page, MSG_NOSIGNAL);
}

// What the worker answers to its page; std::nullopt when it has died.
inline std::optional<int> take_answer(const Worker& worker) {
    int bytes = 0;
    if (recv(worker.socket, &bytes, sizeof bytes, 0) == sizeof bytes)
        return bytes;
    return std::nullopt;
}

// Waits until one of those that hold a page has answered or died, and returns its index;
// std::nullopt when no worker holds a page.
inline std::optional<std::size_t> next_with_news(const std::vector<Worker>& pool) {
    std::vector<pollfd> watched;  // poll(2) skips the descriptor -1
    for (const Worker& worker : pool)
        watched.push_back({worker.page == none ? -1 : worker.socket, POLLIN, 0});
    if (std::all_of(watched.begin(), watched.end(), [](const pollfd& one) { return one.fd < 0; }))
        return std::nullopt;
    poll(watched.data(), watched.size(), -1);
    const auto news = std::find_if(watched.begin(), watched.end(),
                                   [](const pollfd& one) { return one.revents != 0; });
    return static_cast<std::size_t>(news - watched.begin());
}

// Downloads the pages 0 to `pages` - 1 in `workers` processes. The result: for each page what
// download(page) has returned in one of them.
// When a worker dies, a new one takes its place as long as there are pages to give; the others are
// left alone. The page that it held is tried again, `most_tries` times in all; then it is given up,
// and its result stays std::nullopt. In the end no process and no descriptor is left.
template <class Download>
std::vector<std::optional<int>> download_all(int pages, std::size_t workers, Download download) {
    std::vector<std::optional<int>> results(pages);
    // All of this belongs to the parent: what a worker counted would die with it.
    std::vector<int> tries(pages);
    std::deque<int> waiting(pages);
    std::iota(waiting.begin(), waiting.end(), 0);

    const auto give_next = [&](Worker& worker) {
        if (waiting.empty()) {
            end_worker(worker);
            return;
        }
        const int page = waiting.front();
        waiting.pop_front();
        ++tries[page];
        give(worker, page);
    };
    std::vector<Worker> pool;
    while (pool.size() < workers)
        pool.push_back(start_worker(download, pool));
    for (Worker& worker : pool)
        give_next(worker);
    while (const auto number = next_with_news(pool)) {
        Worker& worker = pool[*number];  // stays where it is: the pool does not grow any more
        const int page = worker.page;    // a worker holds one page, so this is the one that is lost
        if (const auto answer = take_answer(worker)) {
            results[page] = answer;
            give_next(worker);
            continue;
        }
        end_worker(worker);  // reaps it
        waiting.push_back(page);
        if (!waiting.empty()) {
            worker = start_worker(download, pool);
            give_next(worker);
        }
    }
    return results;
}
