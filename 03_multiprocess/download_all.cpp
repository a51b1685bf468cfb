// Worker processes, forked before the first page. Each has its own memory, so nothing is shared
// and nothing can race; pages to download go out, and results come back, as messages. A process
// costs more than a thread and can die alone. The question: what is isolation worth?
#include "download_all.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <system_error>

#include "common/net/blocking_client.hpp"
#include "common/run/output.hpp"
#include "common/run/stop.hpp"
#include "worker_process.hpp"

namespace multiprocess_model {
namespace {

using Worker = std::unique_ptr<WorkerProcess>;

// Owned by the parent: fork gives each worker a private copy, which changes nothing here.
struct Pool {
    const std::vector<std::string>& urls;
    const common::Options& options;
    const common::PageDone& page_done;
    std::vector<common::Result> results;
    std::vector<Worker> workers;
    std::size_t next_index = 0;
    std::optional<common::Clock::time_point> stopped_at = {};
};

bool is_busy(const Worker& worker) {
    return worker && worker->current_page();
}

// What a worker does all its life. fork copied the list to it, so an index is enough.
void run_worker(int socket, const Pool& pool, std::uint32_t number) {
    common::BlockingClient client(pool.options, number);
    while (const auto index = receive_task(socket)) {
        if (!send_result(socket, client.download(pool.urls.at(*index), *index)))
            return;
    }
}

Worker start_worker(const Pool& pool, std::uint32_t number) {
    std::vector<int> others;
    for (const Worker& worker : pool.workers)
        if (worker)
            others.push_back(worker->socket());
    return std::make_unique<WorkerProcess>([&](int socket) { run_worker(socket, pool, number); },
                                           others);
}

// One page at a time for each worker: no message ever waits behind another, so no buffer fills,
// and the parent knows exactly which page a dead worker takes with it.
void give_next_page(Pool& pool, std::size_t number) {
    while (pool.next_index < pool.urls.size() && !common::stop_requested()) {
        Worker& worker = pool.workers[number];
        if (worker && worker->give(pool.next_index)) {
            ++pool.next_index;
            return;
        }
        worker.reset();  // died without a page: a new one takes its place
        try {
            worker = start_worker(pool, static_cast<std::uint32_t>(number));
        } catch (const std::system_error& error) {
            common::print_error("{}: going on without worker {}\n", error.what(), number + 1);
            return;
        }
    }
    if (pool.workers[number])
        pool.workers[number]->hang_up();  // nothing left: it exits while the others go on
}

// Fewer workers than asked for are merely slower; none at all is an error.
void start_workers(Pool& pool) {
    try {
        for (std::uint32_t number = 0; number < pool.options.workers; ++number)
            pool.workers.push_back(start_worker(pool, number));
    } catch (const std::system_error& error) {
        if (pool.workers.empty())
            throw;
        common::print_error("{}: going on with {} of {} workers\n", error.what(),
                            pool.workers.size(), pool.options.workers);
    }
    for (std::size_t number = 0; number < pool.workers.size(); ++number)
        give_next_page(pool, number);
}

// When the parent kills a silent worker. A worker keeps its page's deadline itself; one that does
// not answer in time hangs or is stopped (SIGSTOP).
common::Clock::time_point kill_at(const Pool& pool, const WorkerProcess& worker) {
    using std::chrono::milliseconds;
    if (pool.stopped_at)
        return *pool.stopped_at + milliseconds(500);
    const auto due =
        worker.page_since() + pool.options.timeout + milliseconds(100) * pool.options.work_mib;
    return worker.overdue_since().value_or(due) + milliseconds(500);
}

// Blocks until a worker has answered or died, one is overdue, or Ctrl-C leaves them less time.
std::vector<std::size_t> wait_for_answers(Pool& pool) {
    if (common::stop_requested() && !pool.stopped_at)
        pool.stopped_at = common::Clock::now();
    std::vector<pollfd> watched;  // poll(2) skips the descriptor -1
    auto wake_up = common::Clock::time_point::max();
    for (const Worker& worker : pool.workers) {
        watched.push_back({is_busy(worker) ? worker->socket() : -1, POLLIN, 0});
        if (is_busy(worker))
            wake_up = std::min(wake_up, kill_at(pool, *worker));
    }
    // The descriptor of a Ctrl-C stays readable: once noticed it would keep poll(2) from sleeping.
    watched.push_back({pool.stopped_at ? -1 : common::stop_descriptor(), POLLIN, 0});

    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(wake_up - common::Clock::now());
    const auto wait_ms = static_cast<int>(std::clamp<std::int64_t>(wait.count(), 0, 1'000'000'000));
    const int ready = poll(watched.data(), watched.size(), wait_ms);

    // EINVAL: somebody has lowered the limit on open files below their number (poll(2)). Then each
    // worker's answer is waited for in turn.
    const bool in_turn = ready < 0 && errno == EINVAL;
    std::vector<std::size_t> answered;
    for (std::size_t number = 0; number < pool.workers.size(); ++number)
        if (in_turn ? is_busy(pool.workers[number]) : watched[number].revents != 0)
            answered.push_back(number);
    return answered;
}

// An overdue worker gets half a second more: where the whole program slept (Ctrl-Z and fg, a paused
// container), it has just woken like its parent, and has had no time to answer.
void kill_overdue(const Pool& pool) {
    const auto now = common::Clock::now();
    for (const Worker& worker : pool.workers) {
        if (!is_busy(worker) || now < kill_at(pool, *worker))
            continue;
        if (pool.stopped_at || worker->overdue_since())
            worker->kill();
        else
            worker->remark_overdue(now);
    }
}

// What becomes of the page of a worker that gave no answer.
common::DownloadError lost_page(const Pool& pool, WorkerProcess& worker, std::size_t number) {
    const std::string& url = pool.urls[worker.current_page().value()];
    const pid_t process_id = worker.process_id();
    common::DownloadError error{.kind = common::ErrorKind::worker_died};
    error.times = {.begin = worker.page_since(),
                   .received = common::Clock::now(),
                   .end = common::Clock::now(),
                   .worker = static_cast<std::uint32_t>(number),
                   .process_id = process_id,
                   .thread_id = process_id};
    if (pool.stopped_at && worker.was_killed())
        error.kind = common::ErrorKind::stopped;
    error.message = fmt::format("worker process {} {} while it held {}; its page is lost",
                                process_id, worker.cause_of_death(), url);
    return error;
}

void take_answer(Pool& pool, std::size_t number) {
    Worker& worker = pool.workers[number];
    const std::size_t index = worker->current_page().value();
    auto result = worker->receive();
    if (!result) {
        result = lost_page(pool, *worker, number);
        worker.reset();
    }
    pool.results[index] = *std::move(result);
    pool.page_done(index, pool.results[index]);
    give_next_page(pool, number);
}

}  // namespace

std::vector<common::Result> download_all(const std::vector<std::string>& urls,
                                         const common::Options& options,
                                         const common::PageDone& page_done) {
    Pool pool{urls, options, page_done, std::vector<common::Result>(urls.size()), {}};
    start_workers(pool);
    while (std::any_of(pool.workers.begin(), pool.workers.end(), is_busy)) {
        for (const std::size_t number : wait_for_answers(pool))
            take_answer(pool, number);
        kill_overdue(pool);
    }
    return std::move(pool.results);
}

}  // namespace multiprocess_model
