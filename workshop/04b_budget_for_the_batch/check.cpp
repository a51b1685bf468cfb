#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include EXERCISE_FILE
#include "common/practice_site/practice_site_process.hpp"
#include "workshop/kit/check.hpp"
#include "workshop/kit/client.hpp"
#include "workshop/kit/numbers.hpp"
#include "workshop/kit/threads.hpp"

namespace {

using workshop::Outcome;
using namespace std::chrono_literals;

constexpr int workers = 4;
constexpr int good = 8;
constexpr int silent = 40;
constexpr auto budget = 1h;  // of a clock that only the checker moves

// A batch of pages that arrive at once, then of pages that never do, and what has become of it.
class WatchedBatch {
  public:
    WatchedBatch(int pages, int never)
        : arriving_(pages), times_(static_cast<std::size_t>(pages + never)) {
        for (int page = 1; page <= pages + never; ++page)
            batch_.urls.push_back(
                fmt::format("{}{}/page/{}", site_.origin(), page > pages ? "/silence" : "", page));
        batch_.workers = workers;
        batch_.budget = budget;
        batch_.page_done = [this](std::size_t index, const workshop::Answer& answer) {
            ++times_.at(index);
            ++outcomes_.at(static_cast<std::size_t>(answer.outcome));
            ++done_;
            workshop::move_clock(1s);  // a page that begins later ends later
        };
    }

    // Returns when download_batch() has. Once `waiting` pages wait that never come, the budget is
    // over; 0: it never is. From then on, or from the last page on, `stuck` is called whenever the
    // loop has done nothing but wait for long; before, `too_few`.
    void run(int waiting, std::function<void()> stuck,
             std::function<void()> too_few = check::end_passed) {
        const std::jthread watch([&, this] {
            if (waiting == 0) {
                while (!returned_ && done_ < pages())
                    check::look_again();
            } else {
                check::waiting_for(
                    {"{} requests in flight at once", "{} requisições em andamento ao mesmo tempo"},
                    waiting);
                call_if_idle(too_few,
                             [&](int now) { return done_ >= arriving_ && now >= waiting; });
                workshop::move_clock(budget - workshop::Clock::now().time_since_epoch());
            }
            check::waiting_for({"the end of the batch", "o fim do lote"});
            call_if_idle(stuck, [](int) { return false; });
        });
        download_batch(batch_);
        returned_ = true;
    }

    int in_flight() const { return check::number_in(site_.get("/stats"), "in_flight"); }
    int pages() const { return static_cast<int>(times_.size()); }
    int done() const { return done_; }
    int done_once() const {
        int once = 0;
        for (const auto& times : times_)
            once += times == 1;
        return once;
    }
    int count(Outcome outcome) const { return outcomes_.at(static_cast<std::size_t>(outcome)); }

  private:
    // Until `there`. Judged by the loop's own turns and by looks, not by the clock: a look asks the
    // site, which by then has said whatever it had to say before.
    template <class There>
    void call_if_idle(const std::function<void()>& stuck, There there) {
        int seen = -1;
        int looks = 0;
        for (long since = 0; !returned_ && !there(in_flight()); check::look_again()) {
            if (std::exchange(seen, done_) != done_) {
                since = workshop::idle_turns();
                looks = 0;
            }
            if (++looks > 100 && workshop::idle_turns() - since > 300) {
                seen = -1;
                stuck();
            }
        }
    }

    const int arriving_;
    const common::PracticeSite site_{{"--plain"}};
    Batch batch_{};
    std::vector<std::atomic<int>> times_;
    std::array<std::atomic<int>, 4> outcomes_{};
    std::atomic<int> done_ = 0;
    std::atomic<bool> returned_ = false;
};

void workers_at_once() {
    WatchedBatch batch(good, silent);
    batch.run(workers, check::end_passed, [&] {
        check::require(false,
                       {"counted {}, expected {} (requests in flight at once)",
                        "contadas {}, esperadas {} (requisições em andamento ao mesmo tempo)"},
                       batch.in_flight(), workers);
    });
    check::counted({"{} of {}", "{} de {}"}, workers, workers);
    check::end_passed();
}

void budget_ends_batch() {
    WatchedBatch batch(good, silent);
    batch.run(workers, [&] {
        check::require(
            false,
            {"the budget is over, but download_batch() does not return: {} of {} pages "
             "are done, and {} still wait",
             "o prazo acabou, mas download_batch() não retorna: {} de {} páginas prontas, "
             "e {} ainda esperam"},
            batch.done(), batch.pages(), workshop::requests_under_way());
    });
    check::end_passed();
}

// That it never returns is another case's.
void nothing_more_asked() {
    WatchedBatch batch(good, silent);
    const auto require_few = [] {
        check::require(workshop::requests_begun() <= good + workers,
                       {"at most {}+{} requests, and none after the budget; counted {}",
                        "no máximo {}+{} requisições, e nenhuma depois do prazo; contadas {}"},
                       good, workers, workshop::requests_begun());
    };
    int hours = 0;
    batch.run(workers, [&] {
        require_few();
        if (++hours > 3)
            check::end_passed();
        workshop::move_clock(1h);
    });
    require_few();
    check::counted({"{} of {}", "{} de {}"}, workshop::requests_begun(), batch.pages());
    check::end_passed();
}

void each_page_reported() {
    WatchedBatch batch(good, silent);
    batch.run(workers, check::end_passed);
    check::require(batch.done() == batch.pages() && batch.done_once() == batch.pages(),
                   {"{} calls of page_done() for {} pages; {} pages had exactly one",
                    "{} chamadas de page_done() para {} páginas; {} tiveram exatamente uma"},
                   batch.done(), batch.pages(), batch.done_once());
    check::counted({"{} of {}", "{} de {}"}, batch.done(), batch.pages());
    check::end_passed();
}

// Of the pages that were reported: that some are missing is another case's.
void right_outcomes() {
    WatchedBatch batch(good, silent);
    batch.run(workers, check::end_passed);
    const int arrived = batch.count(Outcome::arrived);
    const int stopped = batch.count(Outcome::stopped);
    const int not_attempted = batch.count(Outcome::not_attempted);
    if (batch.done() < batch.pages())
        check::end_passed();
    check::require(arrived == good && stopped == workers && not_attempted == silent - workers,
                   {"expected {} arrived, {} stopped, {} not attempted; reported {}, {}, {}",
                    "o esperado: {} chegaram, {} interrompidas, {} nem tentadas; page_done() "
                    "recebeu {}, {} e {}"},
                   good, workers, silent - workers, arrived, stopped, not_attempted);
    check::counted({"{}+{}+{}", "{}+{}+{}"}, arrived, stopped, not_attempted);
    check::end_passed();
}

void good_batch_returns() {
    WatchedBatch batch(good, 0);
    batch.run(0, [&] {
        check::require(false,
                       {"{} of {} pages are done, but the loop still waits: for the budget",
                        "{} de {} páginas estão prontas, mas o loop ainda espera: pelo prazo"},
                       batch.done(), batch.pages());
    });
    check::counted({"{} of {}", "{} de {}"}, batch.done(), batch.pages());
    check::end_passed();
}

// Half of the workers find no page and end at once, long before the budget is over.
void few_pages() {
    constexpr int never = workers / 2;
    WatchedBatch batch(0, never);
    batch.run(never, check::end_passed);
    check::require(batch.done_once() == never,
                   {"{} of {} pages were done", "{} de {} páginas prontas"}, batch.done_once(),
                   never);
    check::counted({"{} of {}", "{} de {}"}, never, never);
}

constexpr check::Case cases[] = {
    {"workers_at_once",
     {"as many pages at once as workers", "tantas páginas de uma vez quantos workers"},
     workers_at_once},
    {"budget_ends_batch",
     {"the batch ends when its budget is over", "o lote acaba quando o prazo vence"},
     budget_ends_batch},
    {"nothing_more_asked",
     {"nothing is asked for after the budget", "depois do prazo não se pede mais nada"},
     nothing_more_asked},
    {"each_page_reported",
     {"page_done() once for each page", "page_done() uma vez para cada página"},
     each_page_reported},
    {"right_outcomes",
     {"arrived, stopped, not attempted", "chegou, foi interrompida, nem foi tentada"},
     right_outcomes},
    {"good_batch_returns",
     {"a good batch does not wait for its budget", "um lote sem problemas não espera o prazo"},
     good_batch_returns},
    {"few_pages", {"fewer pages than workers", "menos páginas do que workers"}, few_pages},
};

}  // namespace

int main(int argc, char** argv) {
    return check::run(cases, argc, argv);
}
