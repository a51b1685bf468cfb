#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <functional>
#include <latch>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include EXERCISE_FILE
#include "workshop/kit/check.hpp"

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

// What one thread does to the queue, and how the system sees the thread.
class Thread {
  public:
    explicit Thread(std::function<void()> body)
        : thread_([this, body = std::move(body)] {
              id_ = gettid();
              body();
              ended_ = true;
          }) {}

    bool has_ended() const { return ended_; }

    // proc(5): "S" is asleep until an event.
    bool is_asleep() const { return id_ != 0 && field_of("status", "State:") == "S"; }

    // How often it has left a processor, of its own will or not: a thread that sleeps does not.
    long switches() const {
        return std::stol(field_of("status", "voluntary_ctxt_switches:")) +
               std::stol(field_of("status", "nonvoluntary_ctxt_switches:"));
    }

    // How long it has computed.
    std::chrono::nanoseconds cpu_time() const {
        if (id_ == 0)
            return {};
        std::ifstream file(path("schedstat"));
        long nanoseconds = 0;
        file >> nanoseconds;
        return std::chrono::nanoseconds(nanoseconds);
    }

  private:
    std::string path(const char* name) const {
        return fmt::format("/proc/self/task/{}/{}", id_.load(), name);
    }

    std::string field_of(const char* name, const std::string& wanted) const {
        std::ifstream file(path(name));
        for (std::string word; file >> word;)
            if (word == wanted && file >> word)
                return word;
        return "0";
    }

    std::atomic<pid_t> id_ = 0;
    std::atomic<bool> ended_ = false;
    std::jthread thread_;  // last: it uses the others
};

using Threads = std::vector<std::unique_ptr<Thread>>;

Threads start(int count, const std::function<void(int)>& body) {
    Threads threads;
    for (int i = 0; i < count; ++i)
        threads.push_back(std::make_unique<Thread>([=] { body(i); }));
    return threads;
}

void look_again() {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

// Each page's number once: from a first on, every `producers`-th.
void push_all(PageQueue& queue, int first, int pages) {
    for (int number = first; number < pages; number += producers)
        queue.push(Page(number));
}

// Ends the case when all pages are through: closing is another case's.
void each_page_once() {
    constexpr int pages = 20'000;
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
    while (total < pages)
        look_again();
    int once = 0;
    for (const auto& times : computed)
        once += times == 1;
    check::require(
        once == pages,
        {"{} of {} pages were computed once", "{} de {} páginas foram calculadas uma vez"}, once,
        pages);
    check::counted({"{} of {}", "{} de {}"}, pages, pages);
    check::end_passed();
}

constexpr int rounds = 200;

// One thread takes each page back before the other, woken for it, runs. There is nothing to take
// then, and the other must go back to sleep.
void woken_too_late() {
    PageQueue queue(2);
    check::waiting_for({"a page that two threads take from each other",
                        "uma página que duas threads tiram uma da outra"});
    const auto pop = [&] {
        auto page = queue.pop();
        check::require(page.has_value(),
                       {"pop() came back with nothing from a queue that was not closed",
                        "pop() voltou sem nada de uma fila que não estava fechada"});
        return std::move(*page);
    };
    const Threads other = start(1, [&](int) {
        for (;;)
            queue.push(pop());
    });
    queue.push(Page(0));
    for (int round = 0; round < rounds; ++round) {
        Page page = pop();
        look_again();  // the other, woken by the push() before, finds nothing
        queue.push(std::move(page));
    }
    check::end_passed();
}

// The same when the room is gone before the thread that was woken for it runs.
void room_too_late() {
    constexpr int capacity = 1;
    PageQueue queue(capacity);
    // At least so many are inside: what has been put in, less what somebody has begun to take out.
    std::atomic<int> inside = 0;
    const auto push = [&](Page page) {
        queue.push(std::move(page));
        const int now = ++inside;
        check::require(now <= capacity,
                       {"a queue of {} held {} pages", "uma fila de {} guardou {} páginas"},
                       capacity, now);
    };
    const auto pop = [&] {
        --inside;
        return std::move(*queue.pop());
    };
    check::waiting_for({"two threads that fill a queue of {} in turn",
                        "duas threads que enchem uma fila de {} por vez"},
                       capacity);
    push(Page(0));
    const Threads other = start(1, [&](int) {
        for (Page page(1);; page = pop())
            push(std::move(page));
    });
    for (int round = 0; round < rounds; ++round) {
        push(pop());
        look_again();  // the other, woken by pop(), finds no room
    }
    check::end_passed();
}

// With nobody who takes a page out, the queue fills, and every producer waits.
void never_more_than_fit() {
    constexpr int capacity = 4;
    constexpr int pages = 2000;
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
    for (int unchanged = 0; unchanged < 50; look_again()) {
        check::require(inside <= capacity,
                       {"allowed {}, counted {} (pages in the queue)",
                        "permitidas {}, contadas {} (páginas na fila)"},
                       capacity, inside.load());
        unchanged = inside == capacity ? unchanged + 1 : 0;
    }
    check::waiting_for({"the rest of the pages", "o resto das páginas"});
    std::atomic<int> computed = 0;
    const Threads working = start(workers, [&](int) { work(queue, [&](Page&) { ++computed; }); });
    while (computed < pages)
        look_again();
    constexpr int allowed = capacity + producers + workers;
    check::require(Page::most_alive() <= allowed,
                   {"allowed {}+{}, counted {} (objects alive)",
                    "permitidos {}+{}, contados {} (objetos vivos)"},
                   capacity, producers + workers, Page::most_alive());
    check::counted({"at most {} of {}+{}", "no máximo {} de {}+{}"}, Page::most_alive(), capacity,
                   producers + workers);
    check::end_passed();
}

long switches(const Threads& threads) {
    long sum = 0;
    for (const auto& thread : threads)
        sum += thread->switches();
    return sum;
}

// With nothing to do every thread must fall asleep and stay so. Judged by how much each computes
// and by how often it runs, not by the clock: on a slow machine it only takes longer.
void require_sleep(const Threads& threads) {
    using namespace std::chrono_literals;
    check::waiting_for({"{} threads to fall asleep", "{} threads adormecerem"}, threads.size());
    for (const auto& thread : threads)
        for (; !thread->is_asleep(); look_again()) {
            check::require(!thread->has_ended(), {"a thread came back instead of waiting",
                                                  "uma thread voltou em vez de esperar"});
            check::require(thread->cpu_time() < 300ms,
                           {"with nothing to do a thread has computed for {} ms",
                            "sem nada para fazer, uma thread calculou por {} ms"},
                           thread->cpu_time() / 1ms);
        }
    long woken = 0;
    for (int window = 0; window < 20; ++window) {  // the first may see them go to bed
        const long before = switches(threads);
        std::this_thread::sleep_for(100ms);
        woken = switches(threads) - before;
        if (woken == 0)
            check::end_passed();
    }
    check::require(false,
                   {"with nothing to do the threads woke {} times in 0.1 s",
                    "sem nada para fazer, as threads acordaram {} vezes em 0,1 s"},
                   woken);
}

void empty_sleeps() {
    PageQueue queue(4);
    const Threads working = start(workers, [&](int) { work(queue, [](Page&) {}); });
    require_sleep(working);
}

void full_sleeps() {
    PageQueue queue(1);
    queue.push(Page(0));
    const Threads pushing = start(producers, [&](int i) { queue.push(Page(i)); });
    require_sleep(pushing);
}

// All are in the queue's functions, and as good as asleep.
void let_them_wait(const Threads& threads) {
    for (const auto& thread : threads)
        for (int looks = 0; !thread->is_asleep() && looks < 200; ++looks)
            look_again();
}

void close_wakes_workers() {
    PageQueue queue(4);
    Threads working = start(workers, [&](int) { work(queue, [](Page&) {}); });
    let_them_wait(working);
    check::waiting_for(
        {"{} workers to end after close()", "{} workers terminarem depois de close()"}, workers);
    queue.close();
    working.clear();
    check::counted({"{} of {}", "{} de {}"}, workers, workers);
}

void close_wakes_producers() {
    PageQueue queue(1);
    queue.push(Page(0));
    std::atomic<int> refused = 0;
    Threads pushing = start(producers, [&](int i) { refused += !queue.push(Page(i)); });
    let_them_wait(pushing);
    check::waiting_for(
        {"{} producers to go on after close()", "{} produtores continuarem depois de close()"},
        producers);
    queue.close();
    pushing.clear();
    check::require(
        refused == producers,
        {"push() into a full queue that is closed must say false: {} of {} times it did",
         "push() em uma fila cheia e fechada tem que devolver false: devolveu {} de {} vezes"},
        refused.load(), producers);
    const auto first = queue.pop();
    check::require(first && first->number() == 0 && !queue.pop(),
                   {"what was in the queue when it was closed is lost",
                    "perdeu-se o que estava na fila quando ela foi fechada"});
    check::counted({"{} of {}", "{} de {}"}, producers, producers);
}

void two_at_once() {
    PageQueue queue(4);
    std::latch both(3);
    check::waiting_for(
        {"two pages being computed at once", "duas páginas em cálculo ao mesmo tempo"});
    const Threads working =
        start(2, [&](int) { work(queue, [&](Page&) { both.arrive_and_wait(); }); });
    queue.push(Page(1));
    queue.push(Page(2));
    both.arrive_and_wait();
    check::end_passed();
}

constexpr check::Case cases[] = {
    {"each_page_once",
     {"each page is computed once", "cada página é calculada uma vez"},
     each_page_once},
    {"woken_too_late",
     {"a page that is gone already: sleep again", "a página já se foi: voltar a dormir"},
     woken_too_late},
    {"room_too_late",
     {"a slot that is gone already: sleep again", "a posição já se foi: voltar a dormir"},
     room_too_late},
    {"never_more_than_fit",
     {"never more wait than fit", "nunca esperam mais do que cabem"},
     never_more_than_fit},
    {"empty_sleeps",
     {"an empty queue lets its workers sleep", "fila vazia deixa os workers dormirem"},
     empty_sleeps},
    {"full_sleeps",
     {"a full queue lets its producers sleep", "fila cheia deixa os produtores dormirem"},
     full_sleeps},
    {"close_wakes_workers",
     {"closing wakes every worker", "fechar acorda todos os workers"},
     close_wakes_workers},
    {"close_wakes_producers",
     {"closing wakes every producer", "fechar acorda todos os produtores"},
     close_wakes_producers},
    {"two_at_once",
     {"two pages are computed at once", "duas páginas são calculadas ao mesmo tempo"},
     two_at_once},
};

}  // namespace

int main(int argc, char** argv) {
    return check::run(cases, argc, argv);
}
