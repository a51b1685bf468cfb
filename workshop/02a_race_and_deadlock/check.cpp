#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <deque>
#include <functional>
#include <latch>
#include <thread>
#include <utility>
#include <vector>

#include EXERCISE_FILE
#include "workshop/kit/check.hpp"
#include "workshop/kit/threads.hpp"

namespace {

constexpr int threads_wanted = 4;
constexpr long page_bytes = 1000;

std::vector<std::jthread> start(int count, const std::function<void(int)>& body) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < count; ++i)
        threads.emplace_back([body, i] {
            check::use_processor(static_cast<std::size_t>(i));
            body(i);
        });
    return threads;
}

// How often threads have got in each other's way. Threads that run in step do so again and again,
// and always at the same line: what counts is in how many milliseconds they did.
class Collisions {
  public:
    void add() { number_.fetch_add(1, std::memory_order_relaxed); }

    // Asked once a millisecond, by one thread. With one processor it may take long, so there is an
    // end.
    bool are_enough() {
        const int now = number_.load(std::memory_order_relaxed);
        moments_ += std::exchange(last_, now) != now;
        return ++looks_ == 2'000 || moments_ == 100;
    }

  private:
    std::atomic<int> number_ = 0;
    int last_ = 0;
    int looks_ = 0;
    int moments_ = 0;
};

// Counted beside the solution's, without care: it tells whether threads have really met. Relaxed,
// so that it orders nothing for the solution.
class Careless {
  public:
    // Whether another thread was quicker between reading and writing.
    bool add() {
        const int before = number_.load(std::memory_order_relaxed);
        return number_.exchange(before + 1, std::memory_order_relaxed) != before;
    }

  private:
    std::atomic<int> number_ = 0;
};

// Lasts until a careless counter has lost some.
void nothing_is_lost() {
    Totals totals;
    Careless careless;
    Collisions collisions;
    std::atomic<int> counted = 0;
    std::atomic<bool> seen_enough = false;
    check::waiting_for({"{} threads that count", "{} threads que contam"}, threads_wanted);
    auto counting = start(threads_wanted, [&](int) {
        int mine = 0;
        for (; !seen_enough.load(std::memory_order_relaxed); ++mine) {
            totals.count([] { return page_bytes; });
            if (careless.add())
                collisions.add();
        }
        counted += mine;
    });
    while (!collisions.are_enough())
        check::look_again();
    seen_enough = true;
    counting.clear();
    const Numbers numbers = totals.now();
    check::require(numbers.pages == counted,
                   {"{} pages were downloaded, counted {}", "{} páginas baixadas, contadas {}"},
                   counted.load(), numbers.pages);
    check::require(numbers.bytes == page_bytes * counted,
                   {"{} bytes were downloaded, counted {}", "{} bytes baixados, contados {}"},
                   page_bytes * counted, numbers.bytes);
    check::counted({"{} of {} pages", "{} de {} páginas"}, numbers.pages, counted.load());
}

// Two numbers that are changed one after the other, beside the solution's: it tells whether a look
// has fallen in between. For one who looks.
class CarelessPair {
  public:
    void add() {
        first_.fetch_add(1, std::memory_order_relaxed);
        second_.fetch_add(1, std::memory_order_relaxed);
    }
    // Whether it did so, at another moment than the last time.
    bool is_torn() {
        const int first = first_.load(std::memory_order_relaxed);
        const int second = second_.load(std::memory_order_relaxed);
        return first != second && std::exchange(torn_, first) != first;
    }

  private:
    std::atomic<int> first_ = 0;
    std::atomic<int> second_ = 0;
    int torn_ = 0;
};

void numbers_belong_together() {
    constexpr int enough = 500;
    Totals totals;
    CarelessPair careless;
    std::atomic<bool> seen_enough = false;
    check::waiting_for(
        {"{} threads that count while another reads", "{} threads que contam enquanto outra lê"},
        threads_wanted);
    const auto counting = start(threads_wanted, [&](int) {
        while (!seen_enough.load(std::memory_order_relaxed)) {
            totals.count([] { return page_bytes; });
            careless.add();
        }
    });
    int torn = 0;
    for (int round = 0; round < 500 && torn < enough; ++round, check::look_again())
        for (int look = 0; look < 100; ++look) {
            torn += careless.is_torn();
            const Numbers numbers = totals.now();
            check::require(numbers.bytes == page_bytes * numbers.pages,
                           {"{} pages of {} bytes are {} bytes; now() said {}",
                            "{} páginas de {} bytes são {} bytes; now() disse {}"},
                           numbers.pages, page_bytes, page_bytes * numbers.pages, numbers.bytes);
        }
    seen_enough = true;
}

// A download that ends only when all others have begun.
void downloads_overlap() {
    const check::NewThreads threads;
    Totals totals;
    std::atomic<int> in_flight = 0;
    std::latch all(threads_wanted);
    check::waiting_for({"{} downloads at once", "{} downloads ao mesmo tempo"}, threads_wanted);
    const auto counting = start(threads_wanted, [&](int) {
        totals.count([&] {
            ++in_flight;
            all.arrive_and_wait();
            return page_bytes;
        });
    });
    const bool overlap = threads.reach([&] { return in_flight == threads_wanted; });
    check::require(overlap,
                   {"in flight at once: {} of {} downloads; the other threads wait for them",
                    "em andamento ao mesmo tempo: {} de {} downloads; as outras threads esperam"},
                   in_flight.load(), threads_wanted);
    check::counted({"{} of {}", "{} de {}"}, in_flight.load(), threads_wanted);
}

std::vector<int> all_of(Worker& worker) {
    std::vector<int> pages;
    while (const auto page = worker.take())
        pages.push_back(*page);
    std::sort(pages.begin(), pages.end());
    return pages;
}

// What threads do one after the other, without anything that orders them but the solution's locks:
// that another has ended we read from the system. So nothing collides and no order of locks can
// hang, but ThreadSanitizer, which remembers who held what, sees what could.
class OneAfterTheOther {
  public:
    void then(std::function<bool()> take) {
        const auto& kept = takes_.emplace_back(std::move(take));
        running_.emplace_back([&] { taken_.store(kept(), std::memory_order_relaxed); });
        const bool back = threads_.reach([&] { return threads_.count() == 0; });
        check::require(back, {"take_from() waits forever, although no other thread runs",
                              "take_from() espera para sempre, sem nenhuma outra thread rodando"});
    }
    bool taken() const { return taken_.load(std::memory_order_relaxed); }

  private:
    const check::NewThreads threads_;
    std::atomic<bool> taken_ = false;
    std::deque<std::function<bool()>> takes_;  // each outlives its thread
    std::vector<std::jthread> running_;
};

void each_way_once() {
    Worker ana;
    Worker bia;
    ana.put(1);
    bia.put(2);
    OneAfterTheOther threads;
    check::waiting_for({"one thread after the other that takes a page",
                        "uma thread depois da outra, tirando uma página"});
    const auto require_page = [&] {
        check::require(threads.taken(),
                       {"take_from() found nothing although the other had a page",
                        "take_from() não achou nada, embora o outro tivesse uma página"});
    };
    threads.then([&] { return bia.take_from(ana); });
    require_page();
    threads.then([&] { return ana.take_from(bia) && ana.take_from(bia); });
    require_page();
    threads.then([&] { return bia.take_from(ana) && bia.take_from(ana); });
    require_page();
    threads.then([&] { return bia.take_from(ana); });
    check::require(!threads.taken(),
                   {"take_from() found a page although the other had none left",
                    "take_from() achou uma página, embora o outro já não tivesse nenhuma"});
    check::require(
        all_of(ana).empty() && all_of(bia) == std::vector{1, 2},
        {"the pages are not where they were taken to", "as páginas não estão com quem as tirou"});
}

// Two workers take from each other, in rounds, so that none runs out of pages. Lasts until they
// have met often.
void both_at_once() {
    constexpr int each_round = 5'000;
    constexpr int pages_each = 2 * each_round;
    const check::NewThreads threads;
    Worker ana;
    Worker bia;
    for (int page = 0; page < pages_each; ++page) {
        ana.put(page);
        bia.put(pages_each + page);
    }
    Collisions collisions;
    std::atomic<int> refused = 0;
    std::atomic<bool> seen_enough = false;
    bool go_on = true;
    std::barrier end_of_round(2, [&]() noexcept { go_on = !seen_enough; });
    std::array<std::atomic<int>, 2> begun = {};  // how many calls, by either
    std::array<std::atomic<int>, 2> ended = {};
    std::atomic<int> back = 0;
    const auto takes = [&](Worker& mine, Worker& others, std::size_t me) {
        const std::size_t other = 1 - me;
        int last_met = 0;
        for (int page = 0; page < each_round; ++page) {
            begun.at(me).fetch_add(1, std::memory_order_relaxed);
            const int now = ended.at(other).load(std::memory_order_relaxed);
            if (begun.at(other).load(std::memory_order_relaxed) > now &&
                std::exchange(last_met, now) != now)
                collisions.add();
            if (!mine.take_from(others))
                refused.fetch_add(1, std::memory_order_relaxed);
            ended.at(me).fetch_add(1, std::memory_order_relaxed);
        }
    };
    check::waiting_for(
        {"two workers that take from each other", "dois workers que tiram um do outro"});
    const auto taking = start(2, [&](int i) {
        while (go_on) {
            i == 0 ? takes(ana, bia, 0) : takes(bia, ana, 1);
            end_of_round.arrive_and_wait();
        }
        ++back;
    });
    const bool both_back = threads.reach([&] {
        seen_enough = seen_enough || collisions.are_enough();
        return back == 2;
    });
    check::require(both_back,
                   {"deadlock: two workers take from each other, and both wait forever",
                    "deadlock: dois workers tiram um do outro, e os dois esperam para sempre"});
    check::require(refused == 0,
                   {"take_from() gave up {} times although the other had pages",
                    "take_from() desistiu {} vezes, embora o outro tivesse páginas"},
                   refused.load());
    std::vector<int> pages = all_of(ana);
    const std::vector<int> others = all_of(bia);
    pages.insert(pages.end(), others.begin(), others.end());
    std::sort(pages.begin(), pages.end());
    pages.erase(std::unique(pages.begin(), pages.end()), pages.end());
    check::require(pages.size() == 2 * pages_each,
                   {"of {} pages {} are left", "de {} páginas sobraram {}"}, 2 * pages_each,
                   pages.size());
    check::counted({"{} of {} pages", "{} de {} páginas"}, pages.size(), 2 * pages_each);
}

constexpr check::Case cases[] = {
    {"nothing_is_lost", {"every page is counted", "toda página é contada"}, nothing_is_lost},
    {"numbers_belong_together",
     {"pages and bytes are of the same moment", "páginas e bytes são do mesmo instante"},
     numbers_belong_together},
    {"downloads_overlap",
     {"the downloads overlap", "os downloads acontecem ao mesmo tempo"},
     downloads_overlap},
    {"each_way_once",
     {"whoever takes a page has it", "quem tira uma página fica com ela"},
     each_way_once},
    {"both_at_once",
     {"two workers take from each other", "dois workers tiram um do outro"},
     both_at_once},
};

}  // namespace

int main(int argc, char** argv) {
    return check::run(cases, argc, argv);
}
