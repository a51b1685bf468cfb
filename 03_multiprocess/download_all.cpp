// Worker processes, forked before the first page. Each has its own memory, so nothing is shared
// and nothing can race; pages to download go out, and results come back, as messages. A process
// costs more than a thread and can die alone. The question: what is isolation worth?
#include "download_all.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <system_error>

#include "common/blocking_client.hpp"
#include "common/stop.hpp"
#include "worker_process.hpp"

namespace multiprocess_model {
namespace {

using Worker = std::unique_ptr<WorkerProcess>;

// The parent's; a worker has its own copy from the moment of the fork and changes nothing here.
struct Parent {
    const std::vector<std::string>& urls;
    const common::Options& options;
    const common::PageDone& page_done;
    std::vector<common::Result> results;
    std::vector<Worker> workers;
    std::size_t next_index = 0;
    std::optional<common::Clock::time_point> stopped_at = {};
};

bool is_busy(const Worker& worker) {
    return worker && worker->held();
}

// What a worker does all its life. The list was copied to it by fork, so a page is just its place.
void run_worker(int socket, const Parent& parent, std::uint32_t number) {
    common::BlockingClient client(parent.options, number);
    while (const auto index = receive_task(socket)) {
        if (!send_result(socket, client.download(parent.urls.at(*index), *index)))
            return;
    }
}

Worker start_worker(const Parent& parent, std::uint32_t number) {
    std::vector<int> others;
    for (const Worker& worker : parent.workers)
        if (worker)
            others.push_back(worker->socket());
    return std::make_unique<WorkerProcess>([&](int socket) { run_worker(socket, parent, number); },
                                           others);
}

// One page at a time for each worker: no message ever waits behind another, so no buffer fills,
// and the parent knows exactly which page a dead worker takes with it.
void give_next_page(Parent& parent, std::size_t number) {
    while (parent.next_index < parent.urls.size() && !common::stop_requested()) {
        Worker& worker = parent.workers[number];
        if (worker && worker->give(parent.next_index)) {
            ++parent.next_index;
            return;
        }
        worker.reset();  // died while it held nothing: a new one takes its place
        worker = start_worker(parent, static_cast<std::uint32_t>(number));
    }
    if (parent.workers[number])
        parent.workers[number]->hang_up();  // nothing left: it exits while the others go on
}

// With fewer workers than asked for the job is slower; with none it cannot be done.
void start_workers(Parent& parent) {
    try {
        for (std::uint32_t number = 0; number < parent.options.workers; ++number)
            parent.workers.push_back(start_worker(parent, number));
    } catch (const std::system_error& error) {
        if (parent.workers.empty())
            throw;
        fmt::print(stderr, "{}: going on with {} of {} workers\n", error.what(),
                   parent.workers.size(), parent.options.workers);
    }
    for (std::size_t number = 0; number < parent.workers.size(); ++number)
        give_next_page(parent, number);
}

// When the parent stops believing in a worker. A worker keeps its page's deadline itself; one that
// does not answer in time hangs or is stopped.
common::Clock::time_point last_moment(const Parent& parent, const WorkerProcess& worker) {
    using std::chrono::milliseconds;
    if (parent.stopped_at)
        return *parent.stopped_at + milliseconds(500);
    return worker.held_since() + parent.options.timeout + milliseconds(500) +
           milliseconds(100) * parent.options.work_mib;
}

// Blocks until at least one worker has answered, died or is overdue; overdue ones are killed.
std::vector<std::size_t> wait_for_answers(Parent& parent) {
    if (common::stop_requested() && !parent.stopped_at)
        parent.stopped_at = common::Clock::now();
    std::vector<pollfd> watched;  // poll(2) skips the descriptor -1
    auto wake_up = common::Clock::time_point::max();
    for (const Worker& worker : parent.workers) {
        watched.push_back({is_busy(worker) ? worker->socket() : -1, POLLIN, 0});
        if (is_busy(worker))
            wake_up = std::min(wake_up, last_moment(parent, *worker));
    }
    // A first Ctrl-C shortens the wait. Its descriptor stays readable, so afterwards poll(2) would
    // never sleep again: it is left out.
    watched.push_back({parent.stopped_at ? -1 : common::stop_descriptor(), POLLIN, 0});

    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(wake_up - common::Clock::now());
    poll(watched.data(), watched.size(),
         static_cast<int>(std::clamp<std::int64_t>(wait.count(), 0, 1'000'000'000)));

    std::vector<std::size_t> answered;
    for (std::size_t number = 0; number < parent.workers.size(); ++number) {
        const Worker& worker = parent.workers[number];
        if (watched[number].revents != 0)
            answered.push_back(number);
        else if (is_busy(worker) && common::Clock::now() >= last_moment(parent, *worker))
            worker->kill();
    }
    return answered;
}

common::DownloadError worker_died(WorkerProcess& worker, std::size_t number,
                                  const std::string& url) {
    const pid_t process_id = worker.process_id();
    common::DownloadError error{.kind = common::ErrorKind::worker_died};
    error.times = {.begin = worker.held_since(),
                   .received = common::Clock::now(),
                   .end = common::Clock::now(),
                   .worker = static_cast<std::uint32_t>(number),
                   .process_id = process_id,
                   .thread_id = process_id};
    error.message = fmt::format("worker process {} was {} while it held {}; its page is lost",
                                process_id, worker.cause_of_death(), url);
    return error;
}

void take_answer(Parent& parent, std::size_t number) {
    Worker& worker = parent.workers[number];
    const std::size_t index = worker->held().value();
    auto result = worker->receive();
    if (!result) {
        result = worker_died(*worker, number, parent.urls[index]);
        worker.reset();
    }
    parent.results[index] = *std::move(result);
    parent.page_done(index, parent.results[index]);
    give_next_page(parent, number);
}

}  // namespace

std::vector<common::Result> download_all(const std::vector<std::string>& urls,
                                         const common::Options& options,
                                         const common::PageDone& page_done) {
    Parent parent{urls, options, page_done, std::vector<common::Result>(urls.size()), {}};
    start_workers(parent);
    while (std::any_of(parent.workers.begin(), parent.workers.end(), is_busy))
        for (const std::size_t number : wait_for_answers(parent))
            take_answer(parent, number);
    return std::move(parent.results);
}

}  // namespace multiprocess_model
