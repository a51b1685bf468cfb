#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>

#include <array>
#include <atomic>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include EXERCISE_FILE
#include "workshop/kit/check.hpp"
#include "workshop/kit/threads.hpp"

namespace {

// Whoever unlocks lets others run first: what a solution does in two steps is then interrupted.
std::atomic<bool> yields_after_unlock = false;

}  // namespace

// Sanitizers have their own.
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
extern "C" int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
    static const auto unlock =
        reinterpret_cast<int (*)(pthread_mutex_t*)>(dlsym(RTLD_NEXT, "pthread_mutex_unlock"));
    const int result = unlock(mutex);
    if (yields_after_unlock)
        sched_yield();
    return result;
}
#endif

namespace {

// `each` pages of every host, one host after the other.
std::vector<Page> pages_of(const std::vector<std::string>& hosts, int each) {
    std::vector<Page> pages;
    for (const std::string& host : hosts)
        for (int number = 0; number < each; ++number)
            pages.push_back({host, number});
    return pages;
}

// Shut until somebody opens it, then open forever.
class Gate {
  public:
    void open() {
        open_ = true;
        open_.notify_all();
    }
    void pass() { open_.wait(false); }

  private:
    std::atomic<bool> open_ = false;
};

// A call of the solution, in a thread of its own.
class Run {
  public:
    Run(std::vector<Page> pages, int threads, std::function<void(const Page&)> download)
        : thread_([this, pages = std::move(pages), threads, download = std::move(download)] {
              arrived_ = download_all(pages, threads, download);
              ended_ = true;
          }) {}

    bool has_ended() const { return ended_; }
    int arrived() const { return arrived_; }

  private:
    std::atomic<int> arrived_ = -1;
    std::atomic<bool> ended_ = false;
    std::jthread thread_;  // last: it uses the others
};

// One more in flight, as long as it lives.
class InFlight {
  public:
    explicit InFlight(std::atomic<int>& count) : count_(count), now_(++count) {}
    ~InFlight() { --count_; }
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;

    int now() const { return now_; }

  private:
    std::atomic<int>& count_;
    int now_;
};

void require_end(const Run& run, const check::NewThreads& threads) {
    const bool ended = threads.reach([&] { return run.has_ended(); });
    check::require(
        ended,
        {"all pages have arrived, but download_all() does not return: {} threads sleep on",
         "todas as páginas chegaram, mas download_all() não retorna: {} threads dormem"},
        threads.count() - 1);
}

// While the first host does not answer, all pages of the second must arrive.
void hosts_are_apart() {
    constexpr int each = 24;
    constexpr int threads_wanted = 12;
    const check::NewThreads threads;
    Gate gate;
    std::atomic<int> of_b = 0;
    check::waiting_for({"the pages of host B", "as páginas do host B"});
    const Run run(pages_of({"A", "B"}, each), threads_wanted, [&](const Page& page) {
        if (page.host == "A")
            gate.pass();
        else
            ++of_b;
    });
    const bool all = threads.reach([&] { return of_b == each; });
    check::require(
        all,
        {"while host A does not answer, {} of {} pages of host B arrive; {} threads sleep",
         "enquanto o host A não responde, chegam {} de {} páginas do host B; {} threads dormem"},
        of_b.load(), each, threads_wanted);
    check::counted({"{} of {}", "{} de {}"}, of_b.load(), each);
    check::end_passed();
}

// Host A does not answer: as many are in flight as may be, and no more.
void four_at_once() {
    const check::NewThreads threads;
    Gate gate;
    std::atomic<int> in_flight = 0;
    check::waiting_for(
        {"{} downloads of one host at once", "{} downloads de um host ao mesmo tempo"},
        most_per_host);
    const Run run(pages_of({"A"}, 12), 8, [&](const Page&) {
        const InFlight one(in_flight);
        gate.pass();
    });
    const bool reached = threads.reach([&] { return in_flight >= most_per_host; });
    check::require(reached,
                   {"in flight at once: {} of one host's pages, not {}",
                    "em andamento ao mesmo tempo: {} páginas de um host, e não {}"},
                   in_flight.load(), most_per_host);
    check::counted({"{} of {}", "{} de {}"}, in_flight.load(), most_per_host);
    check::end_passed();
}

// Downloads that end at once, so that many threads look for room at the same time.
void never_five() {
    constexpr int each = 500;
    constexpr int threads_wanted = 16;
    const check::NewThreads threads;
    std::array<std::atomic<int>, 2> in_flight = {};
    std::atomic<int> most = 0;
    check::waiting_for({"the last of {} pages", "a última de {} páginas"}, 2 * each);
    yields_after_unlock = true;
    const Run run(pages_of({"A", "B"}, each), threads_wanted, [&](const Page& page) {
        const InFlight one(in_flight.at(page.host == "A" ? 0 : 1));
        for (int seen = most; seen < one.now() && !most.compare_exchange_weak(seen, one.now());) {
        }
        check::require(one.now() <= most_per_host,
                       {"allowed {}, counted {} (pages of host {} in flight)",
                        "permitidas {}, contadas {} (páginas do host {} em andamento)"},
                       most_per_host, one.now(), page.host);
        std::this_thread::yield();
    });
    require_end(run, threads);
    check::counted({"at most {} of {}", "no máximo {} de {}"}, most.load(), most_per_host);
}

void no_more_than_threads() {
    constexpr int threads_wanted = 8;
    const check::NewThreads threads;
    Gate gate;
    std::atomic<int> in_flight = 0;
    check::waiting_for({"{} downloads at once", "{} downloads ao mesmo tempo"}, threads_wanted);
    const Run run(pages_of({"A", "B", "C", "D"}, 6), threads_wanted, [&](const Page&) {
        const InFlight one(in_flight);
        gate.pass();
    });
    threads.reach([&] { return in_flight > threads_wanted; });  // lasts until nobody else comes
    check::require(in_flight == threads_wanted,
                   {"{0} threads and four hosts: expected {0} pages in flight at once, counted {1}",
                    "{0} threads e quatro hosts: esperadas {0} páginas em andamento ao mesmo "
                    "tempo, contadas {1}"},
                   threads_wanted, in_flight.load());
    check::counted({"{} of {}", "{} de {}"}, in_flight.load(), threads_wanted);
    check::end_passed();
}

const std::vector<std::string> hosts = {"A", "B", "C", "D", "E", "F", "G", "H"};

std::size_t index_of(const Page& page, int each) {
    return static_cast<std::size_t>((page.host.front() - 'A') * each + page.number);
}

void each_page_once() {
    constexpr int each = 200;
    const check::NewThreads threads;
    const std::vector<Page> pages = pages_of(hosts, each);
    std::vector<std::atomic<int>> tried(pages.size());
    check::waiting_for({"the last of {} pages", "a última de {} páginas"}, pages.size());
    const Run run(pages, 12, [&](const Page& page) {
        ++tried.at(index_of(page, each));
        std::this_thread::yield();
    });
    threads.reach([&] { return run.has_ended(); });
    std::size_t once = 0;
    for (const auto& times : tried)
        once += times == 1;
    check::require(
        once == pages.size(),
        {"{} of {} pages were downloaded once", "{} de {} páginas foram baixadas uma vez"}, once,
        pages.size());
    require_end(run, threads);
    check::counted({"{} of {}", "{} de {}"}, once, pages.size());
}

// Most pages fail, so that a place that is not given back is soon missed.
void failures_make_room() {
    constexpr int each = 30;
    const check::NewThreads threads;
    const int wanted = each * static_cast<int>(hosts.size());
    std::atomic<int> tried = 0;
    check::waiting_for({"the last of {} pages that fail", "a última de {} páginas que falham"},
                       wanted);
    const Run run(pages_of(hosts, each), 12, [&](const Page& page) {
        ++tried;
        if (page.number % 10 != 0)
            throw std::runtime_error("503");
    });
    threads.reach([&] { return run.has_ended(); });
    check::require(
        tried == wanted,
        {"{} of {} pages were tried, then all threads sleep: nine of ten had failed",
         "{} de {} páginas foram tentadas, e todas as threads dormem: nove em dez falharam"},
        tried.load(), wanted);
    require_end(run, threads);
    check::require(run.arrived() == wanted / 10,
                   {"{} pages arrived, download_all() said {}",
                    "chegaram {} páginas, download_all() disse {}"},
                   wanted / 10, run.arrived());
    check::counted({"{} arrived, {} failed", "{} chegaram, {} falharam"}, run.arrived(),
                   wanted - run.arrived());
}

void waiting_sleeps() {
    constexpr int threads_wanted = 8;
    const check::NewThreads threads;
    Gate gate;
    std::atomic<int> in_flight = 0;
    check::waiting_for({"the first downloads", "os primeiros downloads"});
    const Run run(pages_of({"A"}, 12), threads_wanted, [&](const Page&) {
        const InFlight one(in_flight);
        gate.pass();
    });
    // The threads, and who has called download_all(); unless that one downloads, too.
    threads.reach([&] { return in_flight >= most_per_host && threads.count() > threads_wanted; });
    const std::size_t running = threads.count();
    check::require(running >= threads_wanted,
                   {"pages are left, and some of the {} threads have ended",
                    "ainda há páginas, e algumas das {} threads já terminaram"},
                   threads_wanted);
    check::require_sleep(threads, running);
}

// Twelve threads and six pages: four in flight, and eight threads sleep. So more sleep than
// downloads can end.
void all_come_back() {
    constexpr int threads_wanted = 12;
    const check::NewThreads threads;
    Gate gate;
    std::atomic<int> in_flight = 0;
    check::waiting_for({"download_all() to return", "download_all() retornar"});
    const Run run(pages_of({"A"}, 6), threads_wanted, [&](const Page&) {
        const InFlight one(in_flight);
        gate.pass();
    });
    threads.reach([&] { return in_flight == most_per_host && threads.count() > threads_wanted; });
    for (int looks = 0; !threads.are_asleep() && looks < 200; ++looks)
        check::look_again();
    gate.open();
    require_end(run, threads);
    check::counted({"{} of {}", "{} de {}"}, threads_wanted, threads_wanted);
}

constexpr check::Case cases[] = {
    {"hosts_are_apart",
     {"a slow host keeps no other waiting", "um host lento não faz os outros esperarem"},
     hosts_are_apart},
    {"four_at_once",
     {"four of one host are in flight", "quatro de um host ficam em andamento"},
     four_at_once},
    {"never_five", {"never more than four of one host", "no máximo quatro por host"}, never_five},
    {"no_more_than_threads",
     {"as many downloads as threads", "tantos downloads quantas threads"},
     no_more_than_threads},
    {"each_page_once",
     {"each page is downloaded once", "cada página é baixada uma vez"},
     each_page_once},
    {"failures_make_room",
     {"a page that fails makes room, too", "uma página que falha também abre vaga"},
     failures_make_room},
    {"waiting_sleeps",
     {"a thread that can't take a page sleeps", "a thread que não pode pegar página dorme"},
     waiting_sleeps},
    {"all_come_back",
     {"every thread ends when no page is left", "sem mais páginas, toda thread termina"},
     all_come_back},
};

}  // namespace

int main(int argc, char** argv) {
    return check::run(cases, argc, argv);
}
