#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <functional>
#include <latch>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include EXERCISE_FILE
#include "workshop/kit/check.hpp"
#include "workshop/kit/threads.hpp"

namespace {

constexpr int producers = 4;
constexpr int workers = 4;

// Counts those that live: of a page that was moved, only where it is now.
class Page {
  public:
    explicit Page(int number) : number_(number) { count(); }
    Page(Page&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Page& operator=(Page&& other) noexcept {
        if (this != &other) {
            end();
            number_ = std::exchange(other.number_, -1);
        }
        return *this;
    }
    ~Page() { end(); }

    int number() const { return number_; }

    static int most_alive() { return most_; }

  private:
    static void count() {
        const int now = ++alive_;
        int most = most_;
        while (most < now && !most_.compare_exchange_weak(most, now)) {
        }
    }
    void end() {
        if (number_ >= 0)
            --alive_;
    }

    int number_;
    static inline std::atomic<int> alive_ = 0;
    static inline std::atomic<int> most_ = 0;
};

using PageQueue = Queue<Page>;

using Threads = std::vector<std::jthread>;

Threads start(int count, const std::function<void(int)>& body) {
    Threads threads;
    for (int i = 0; i < count; ++i)
        threads.emplace_back(body, i);
    return threads;
}

// Each page's number once: from a first on, every `producers`-th.
void push_all(PageQueue& queue, int first, int pages) {
    for (int number = first; number < pages; number += producers)
        queue.push(Page(number));
}

// Ends the case when all pages are through: closing is another case's.
void each_page_once() {
    constexpr int pages = 20'000;
    const check::NewThreads threads;
    PageQueue queue(1);
    std::vector<std::atomic<int>> computed(pages);
    std::atomic<int> total = 0;
    check::waiting_for({"the last of {} pages", "a última de {} páginas"}, pages);
    const Threads working = start(workers, [&](int) {
        work(queue, [&](Page& page) {
            ++computed.at(static_cast<std::size_t>(page.number()));
            ++total;
        });
    });
    const Threads pushing = start(producers, [&](int i) { push_all(queue, i, pages); });
    const bool through = threads.reach([&] { return total >= pages; });
    check::require(through,
                   {"{} of {} pages came out, and now all threads sleep",
                    "{} de {} páginas saíram, e agora todas as threads dormem"},
                   total.load(), pages);
    int once = 0;
    for (const auto& times : computed)
        once += times == 1;
    check::require(
        once == pages,
        {"{} of {} pages were computed once", "{} de {} páginas foram processadas uma vez"}, once,
        pages);
    check::counted({"{} of {}", "{} de {}"}, pages, pages);
    check::end_passed();
}

// The system does not let this thread push another aside when it is woken. So whoever has woken it
// goes on first, and can take away what it was woken for.
void wake_politely() {
    const sched_param any{};
    pthread_setschedparam(pthread_self(), SCHED_BATCH, &any);
}

// For somebody else to come, and sleep; of a solution that never sleeps, long enough.
void let_it_sleep(const check::NewThreads& threads) {
    for (int looks = 0; !threads.are_asleep() && looks < 10; ++looks)
        check::look_again();
}

// A page is gone again before the thread runs that was woken for it. There is nothing to take then,
// and it must go back to sleep. If it was quicker all the same, it gives the page back and waits
// for the next round.
void woken_too_late() {
    constexpr int rounds = 200;
    const check::NewThreads threads;
    PageQueue queue(2);
    std::atomic<int> round = 0;
    check::waiting_for({"a page that two threads take from each other",
                        "uma página que duas threads tiram uma da outra"});
    const auto pop = [&] {
        auto page = queue.pop();
        check::require(page.has_value(),
                       {"pop() returned std::nullopt although the queue was not closed",
                        "pop() devolveu std::nullopt, embora a fila não estivesse fechada"});
        return std::move(*page);
    };
    const Threads other = start(1, [&](int) {
        wake_politely();
        for (;;) {
            Page page = pop();
            const int now = round;
            queue.push(std::move(page));
            round.wait(now);
        }
    });
    for (; round < rounds; ++round, round.notify_one()) {
        let_it_sleep(threads);
        queue.push(Page(round));
        pop();
    }
    check::end_passed();
}

// The same when the room is gone before the thread runs that was woken for it.
void room_too_late() {
    constexpr int rounds = 200;
    constexpr int capacity = 1;
    const check::NewThreads threads;
    PageQueue queue(capacity);
    std::atomic<int> round = 0;
    // At least this many are inside: what was put in, less what somebody has begun to take out.
    std::atomic<int> inside = 0;
    const auto push = [&](Page page) {
        const bool taken = queue.push(std::move(page));
        check::require(taken, {"push() refused a page although the queue was not closed",
                               "push() recusou uma página, embora a fila não estivesse fechada"});
        const int now = ++inside;
        check::require(now <= capacity,
                       {"a queue of {} held {} pages", "uma fila de {} guardou {} páginas"},
                       capacity, now);
    };
    const auto pop = [&] {
        --inside;
        return queue.pop();
    };
    check::waiting_for({"two threads that fill a queue of {} in turn",
                        "duas threads que enchem uma fila de {} por vez"},
                       capacity);
    push(Page(0));
    const Threads other = start(1, [&](int) {
        wake_politely();
        for (;;) {
            push(Page(rounds));
            const int now = round;
            pop();
            round.wait(now);
        }
    });
    for (; round < rounds; ++round, round.notify_one()) {
        let_it_sleep(threads);
        pop();
        push(Page(round));
    }
    check::end_passed();
}

// With nobody who takes a page out, the queue fills, and every producer waits.
void never_more_than_fit() {
    constexpr int capacity = 4;
    constexpr int pages = 2000;
    const check::NewThreads threads;
    PageQueue queue(capacity);
    std::atomic<int> inside = 0;
    check::waiting_for(
        {"{} producers to fill a queue of {}", "{} produtores encherem uma fila de {}"}, producers,
        capacity);
    const Threads pushing = start(producers, [&](int i) {
        for (int number = i; number < pages; number += producers)
            if (queue.push(Page(number)))
                ++inside;
    });
    const bool full = threads.reach([&] { return inside >= capacity; });
    check::require(full,
                   {"allowed {}, but push() waits at {} (pages in the queue)",
                    "permitidas {}, mas push() já espera com {} (páginas na fila)"},
                   capacity, inside.load());
    for (int unchanged = 0; unchanged < 50; check::look_again()) {
        check::require(inside <= capacity,
                       {"allowed {}, counted {} (pages in the queue)",
                        "permitidas {}, contadas {} (páginas na fila)"},
                       capacity, inside.load());
        unchanged = inside == capacity ? unchanged + 1 : 0;
    }
    check::waiting_for({"the rest of the pages", "o resto das páginas"});
    std::atomic<int> computed = 0;
    const Threads working = start(workers, [&](int) { work(queue, [&](Page&) { ++computed; }); });
    const bool through = threads.reach([&] { return computed >= pages; });
    check::require(through,
                   {"{} of {} pages came out, and now all threads sleep",
                    "{} de {} páginas saíram, e agora todas as threads dormem"},
                   computed.load(), pages);
    constexpr int allowed = capacity + producers + workers;
    check::require(Page::most_alive() <= allowed,
                   {"pages alive at once: allowed {} in the queue + {} in the threads, counted {}",
                    "páginas na memória: permitidas {}+{} (fila + uma por thread), contadas {}"},
                   capacity, producers + workers, Page::most_alive());
    check::counted({"at most {} alive, {} allowed", "{} na memória, {} permitidas"},
                   Page::most_alive(), allowed);
    check::end_passed();
}

void empty_sleeps() {
    const check::NewThreads threads;
    PageQueue queue(4);
    const Threads working = start(workers, [&](int) { work(queue, [](Page&) {}); });
    check::require_sleep(threads, workers);
}

void full_sleeps() {
    const check::NewThreads threads;
    PageQueue queue(1);
    queue.push(Page(0));
    const Threads pushing = start(producers, [&](int i) { queue.push(Page(i)); });
    check::require_sleep(threads, producers);
}

// All are in the queue's functions, and as good as asleep.
void let_them_wait(const check::NewThreads& threads) {
    for (int looks = 0; !threads.are_asleep() && looks < 200; ++looks)
        check::look_again();
}

void close_wakes_workers() {
    const check::NewThreads threads;
    PageQueue queue(4);
    const Threads working = start(workers, [&](int) { work(queue, [](Page&) {}); });
    let_them_wait(threads);
    check::waiting_for(
        {"{} workers to end after close()", "{} workers terminarem depois de close()"}, workers);
    queue.close();
    const bool all = threads.reach([&] { return threads.count() == 0; });
    check::require(all,
                   {"{} of {} workers sleep on after close()",
                    "{} de {} workers continuam dormindo depois de close()"},
                   threads.count(), workers);
    check::counted({"{} of {}", "{} de {}"}, workers, workers);
}

void close_wakes_producers() {
    const check::NewThreads threads;
    PageQueue queue(1);
    queue.push(Page(0));
    std::atomic<int> refused = 0;
    const Threads pushing = start(producers, [&](int i) { refused += !queue.push(Page(i)); });
    let_them_wait(threads);
    check::waiting_for(
        {"{} producers to go on after close()", "{} produtores continuarem depois de close()"},
        producers);
    queue.close();
    const bool all = threads.reach([&] { return threads.count() == 0; });
    check::require(all,
                   {"{} of {} producers sleep on after close()",
                    "{} de {} produtores continuam dormindo depois de close()"},
                   threads.count(), producers);
    check::require(
        refused == producers,
        {"push() into a full queue that is closed must return false: it did so {} of {} times",
         "push() em uma fila cheia e fechada tem que devolver false: devolveu {} de {} vezes"},
        refused.load(), producers);
    check::counted({"{} of {}", "{} de {}"}, producers, producers);
}

// What is inside when the queue is closed comes out, and nothing else goes in.
void close_keeps_pages() {
    constexpr int pages = 3;
    const check::NewThreads threads;
    PageQueue queue(pages + 1);
    for (int number = 0; number < pages; ++number)
        queue.push(Page(number));
    queue.close();
    check::require(!queue.push(Page(pages)), {"push() put a page into a closed queue",
                                              "push() pôs uma página em uma fila fechada"});
    std::atomic<int> computed = 0;
    check::waiting_for({"the pages in a closed queue", "as páginas de uma fila fechada"});
    const Threads working = start(workers, [&](int) { work(queue, [&](Page&) { ++computed; }); });
    threads.reach([&] { return threads.count() == 0; });
    check::require(computed == pages,
                   {"{} of {} pages came out that were inside when the queue was closed",
                    "das {1} páginas que estavam na fila quando ela foi fechada, saíram {0}"},
                   computed.load(), pages);
    check::counted({"{} of {}", "{} de {}"}, computed.load(), pages);
    check::end_passed();
}

void two_at_once() {
    const check::NewThreads threads;
    PageQueue queue(4);
    std::atomic<int> computing = 0;
    std::latch both(2);
    check::waiting_for(
        {"two pages being computed at once", "duas páginas sendo processadas ao mesmo tempo"});
    queue.push(Page(1));
    queue.push(Page(2));
    const Threads working = start(2, [&](int) {
        work(queue, [&](Page&) {
            ++computing;
            both.arrive_and_wait();
        });
    });
    const bool two = threads.reach([&] { return computing == 2; });
    check::require(two,
                   {"pages being computed at once: {} of 2; the other worker sleeps",
                    "páginas sendo processadas ao mesmo tempo: {} de 2; o outro worker dorme"},
                   computing.load());
    check::end_passed();
}

constexpr check::Case cases[] = {
    {"each_page_once",
     {"each page is computed once", "cada página é processada uma vez"},
     each_page_once},
    {"never_more_than_fit",
     {"never more inside than fit", "nunca há mais páginas do que cabem"},
     never_more_than_fit},
    {"empty_sleeps",
     {"an empty queue lets its workers sleep", "fila vazia deixa os workers dormirem"},
     empty_sleeps},
    {"full_sleeps",
     {"a full queue lets its producers sleep", "fila cheia deixa os produtores dormirem"},
     full_sleeps},
    {"woken_too_late",
     {"a page that is gone already: sleep again", "a página já se foi: voltar a dormir"},
     woken_too_late},
    {"room_too_late",
     {"room that is gone already: sleep again", "a vaga já se foi: voltar a dormir"},
     room_too_late},
    {"close_wakes_workers",
     {"closing wakes every worker", "fechar acorda todos os workers"},
     close_wakes_workers},
    {"close_wakes_producers",
     {"closing wakes every producer", "fechar acorda todos os produtores"},
     close_wakes_producers},
    {"close_keeps_pages",
     {"what is inside comes out after close()", "o que está dentro sai depois de close()"},
     close_keeps_pages},
    {"two_at_once",
     {"two pages are computed at once", "duas páginas são processadas ao mesmo tempo"},
     two_at_once},
};

}  // namespace

int main(int argc, char** argv) {
    return check::run(cases, argc, argv);
}
