#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <new>
#include <optional>
#include <set>
#include <vector>

#include EXERCISE_FILE
#include "workshop/kit/check.hpp"
#include "workshop/kit/threads.hpp"

namespace {

constexpr int tries_of_one_page = 3;
constexpr int patience = 10;  // of a page that kills: then it lets its worker live

constexpr int no_page = -1;

// What has been tried, by whom: in memory that the case shares with the workers.
struct Log {
    struct Try {
        std::atomic<int> page = no_page;  // until it is written: another process may be looking
        std::atomic<pid_t> process = 0;
    };

    std::atomic<int> size = 0;
    std::array<Try, 1000> tries;

    // The number of this try, and which one it is of its page, both from 1.
    struct Numbers {
        int all;
        int of_page;
    };
    Numbers add(int page) {
        const int number = size++;
        Try& mine = tries.at(static_cast<std::size_t>(number));
        mine.page = page;
        mine.process = getpid();
        return {number + 1, tries_of(page, number + 1)};
    }

    // A page is tried by one worker at a time, so nobody else writes about it meanwhile.
    int tries_of(int page, int until) const {
        return static_cast<int>(std::count_if(tries.begin(), tries.begin() + until,
                                              [&](const Try& one) { return one.page == page; }));
    }
    int tries_of(int page) const { return tries_of(page, size); }

    // Those that have begun the tries from `first` to `last`, from 1.
    std::set<pid_t> processes(int first, int last) const {
        std::set<pid_t> found;
        for (int number = first; number <= std::min<int>(last, size); ++number)
            found.insert(tries.at(static_cast<std::size_t>(number - 1)).process);
        return found;
    }
};

Log* make_log() {
    const int shared = MAP_SHARED | MAP_ANONYMOUS;
    void* const memory = mmap(nullptr, sizeof(Log), PROT_READ | PROT_WRITE, shared, -1, 0);
    if (memory == MAP_FAILED)
        check::end_uncheckable(
            {"cannot get shared memory", "não foi possível obter memória compartilhada"});
    return new (memory) Log{};
}

Log& log_of_case() {
    static Log* const log = make_log();
    return *log;
}

[[noreturn]] void die() {
    kill(getpid(), SIGKILL);
    std::abort();
}

int bytes_of(int page) {
    return 1000 + page;
}

using Results = std::vector<std::optional<int>>;

// `fate` is what happens to the process that tries a page: it may not return.
template <class Fate>
Results run(int pages, std::size_t workers, Fate fate) {
    Log& log = log_of_case();  // before the first fork
    const pid_t parent = getpid();
    check::waiting_for({"download_all() of {} pages with {} workers",
                        "download_all() de {} páginas com {} workers"},
                       pages, workers);
    Results results = download_all(pages, workers, [&log, parent, fate](int page) {
        const Log::Numbers numbers = log.add(page);
        if (getpid() == parent)
            check::end_rejected(
                {fmt::format("page {} is downloaded in the parent: its crash would end everything",
                             page),
                 fmt::format("a página {} é baixada no pai: um crash dela derrubaria tudo", page)});
        fate(page, numbers);
        return bytes_of(page);
    });
    check::require(results.size() == static_cast<std::size_t>(pages),
                   {"{} results for {} pages", "{} resultados para {} páginas"}, results.size(),
                   pages);
    return results;
}

bool has_arrived(const Results& results, int page) {
    return results.at(static_cast<std::size_t>(page)) == bytes_of(page);
}

int arrived(const Results& results) {
    int count = 0;
    for (int page = 0; page < static_cast<int>(results.size()); ++page)
        count += has_arrived(results, page);
    return count;
}

void require_all(const Results& results) {
    check::require(arrived(results) == static_cast<int>(results.size()),
                   {"{} of {} pages have arrived", "chegaram {} de {} páginas"}, arrived(results),
                   results.size());
}

void require_tries(int page, int wanted) {
    const int tries = log_of_case().tries_of(page);
    check::require(tries == wanted,
                   {"page {} was tried {} times; expected {}",
                    "a página {} foi tentada {} vezes; o esperado era {}"},
                   page, tries, wanted);
}

// With a single worker nobody else can step in. What becomes of page 1 is another case's.
void replaced() {
    constexpr int pages = 6;
    const Results results = run(pages, 1, [](int page, Log::Numbers numbers) {
        if (page == 1 && numbers.of_page == 1)
            die();
    });
    const int others = arrived(results) - has_arrived(results, 1);
    check::require(
        others == pages - 1,
        {"the only worker died at page 1; then {} of the {} other pages arrived",
         "o único worker morreu na página 1; depois disso, chegaram {} das outras {} páginas"},
        others, pages - 1);
    check::counted({"{} of {}", "{} de {}"}, others, pages - 1);
    check::end_passed();
}

// Some pages end their worker at the first try, the last page too, when nothing else is left to do.
void require_second_tries(const std::vector<int>& deadly, const std::function<void(int)>& end) {
    constexpr int pages = 12;
    constexpr std::size_t workers = 5;  // more than die
    const auto is_deadly = [&deadly](int page) {
        return std::find(deadly.begin(), deadly.end(), page) != deadly.end();
    };
    const Results results = run(pages, workers, [&](int page, Log::Numbers numbers) {
        if (is_deadly(page) && numbers.of_page == 1)
            end(page);
    });
    require_all(results);
    for (int page = 0; page < pages; ++page)
        require_tries(page, is_deadly(page) ? 2 : 1);
    check::counted({"{} of {}", "{} de {}"}, pages, pages);
    check::end_passed();
}

void retried() {
    require_second_tries({0, 5, 11}, [](int) { die(); });
}

// No signal: some library has called exit.
void quiet_death() {
    require_second_tries({4, 11}, [](int page) { _exit(page == 4 ? 0 : 1); });
}

void given_up() {
    constexpr int pages = 12;
    constexpr int poison = 3;
    const Results results = run(pages, 3, [](int page, Log::Numbers numbers) {
        if (page == poison && numbers.of_page <= patience)
            die();
    });
    require_tries(poison, tries_of_one_page);
    check::require(!results.at(poison),
                   {"page {} has killed every worker, but has a result all the same",
                    "a página {} matou todos os workers e mesmo assim tem um resultado"},
                   poison);
    check::require(arrived(results) == pages - 1,
                   {"{} of the {} other pages have arrived", "chegaram {} das outras {} páginas"},
                   arrived(results), pages - 1);
    check::counted({"{} tries", "{} tentativas"}, tries_of_one_page);
    check::end_passed();
}

// Every page kills its first two workers: that is no reason to give up any.
void tries_apart() {
    constexpr int pages = 6;
    const Results results = run(pages, 3, [](int, Log::Numbers numbers) {
        if (numbers.of_page < tries_of_one_page)
            die();
    });
    require_all(results);
    for (int page = 0; page < pages; ++page)
        require_tries(page, tries_of_one_page);
    check::counted({"{} of {}", "{} de {}"}, pages, pages);
    check::end_passed();
}

constexpr int team = 3;

// Waits until `wanted` tries have begun. Rejects when they never will: the parent sleeps although
// it has fewer workers than it should, and so nothing will happen any more.
void rendezvous(const Log& log, int wanted) {
    for (int stuck = 0; log.size < wanted; check::look_again()) {
        const std::size_t alive = check::children(getppid());
        stuck = alive < team && check::is_asleep(getppid()) ? stuck + 1 : 0;
        if (stuck == 500)
            check::end_rejected(
                {fmt::format("one of {} workers died and pages are left, but only {} are at work",
                             team, alive),
                 fmt::format("dos {} workers, um morreu e não foi substituído: ainda há páginas, e "
                             "só {} trabalhando",
                             team, alive)});
    }
}

// Three workers hold a page each when one of them dies. Then three hold a page each again.
void one_of_three_dies() {
    constexpr int pages = 6;
    Log& log = log_of_case();
    run(pages, team, [&log](int, Log::Numbers numbers) {
        if (numbers.all <= 2 * team)
            rendezvous(log, numbers.all <= team ? team : 2 * team);
        if (numbers.all == 1)
            die();
    });
}

void all_work() {
    one_of_three_dies();
    const auto now = log_of_case().processes(team + 1, 2 * team);
    check::require(now.size() == team,
                   {"after a death {} of {} workers held a page at once",
                    "depois de uma morte, só {} de {} workers tinham uma página ao mesmo tempo"},
                   now.size(), team);
    check::counted({"{} of {}", "{} de {}"}, now.size(), team);
    check::end_passed();
}

void others_go() {
    one_of_three_dies();
    const auto before = log_of_case().processes(1, team);
    const auto now = log_of_case().processes(team + 1, 2 * team);
    const auto stayed = std::count_if(now.begin(), now.end(),
                                      [&](pid_t process) { return before.contains(process); });
    check::require(stayed == team - 1,
                   {"of {} workers one has died; of the others {} went on (by process ID)",
                    "de {} workers, um morreu; dos outros, {} continuaram (pelo PID)"},
                   team, stayed);
    check::counted({"{} of {}", "{} de {}"}, stayed, team - 1);
    check::end_passed();
}

void nothing_left() {
    constexpr int pages = 12;
    log_of_case();
    const std::size_t before = check::open_descriptors();
    run(pages, 3, [](int page, Log::Numbers numbers) {
        if (page % 3 == 0 && numbers.of_page == 1)
            die();
    });
    const std::size_t children = check::children();
    check::require(children == 0,
                   {"{} children are left, dead or alive", "sobraram {} filhos, vivos ou mortos"},
                   children);
    const std::size_t after = check::open_descriptors();
    check::require(
        after == before,
        {"open descriptors before: {}, after: {}", "descritores abertos antes: {}; depois: {}"},
        before, after);
    check::end_passed();
}

constexpr check::Case cases[] = {
    {"replaced", {"a dead worker is replaced", "um worker morto é substituído"}, replaced},
    {"retried",
     {"the page that it held is tried again", "a página que ele tinha é tentada de novo"},
     retried},
    {"quiet_death",
     {"also when it just exits", "também quando ele só termina com exit"},
     quiet_death},
    {"given_up",
     {"a page that always kills is given up", "a página que sempre mata é abandonada"},
     given_up},
    {"tries_apart",
     {"each page has tries of its own", "cada página tem as suas próprias tentativas"},
     tries_apart},
    {"all_work",
     {"after a death as many work as before", "depois da morte, trabalham tantos quantos antes"},
     all_work},
    {"others_go", {"the other workers go on", "os outros workers continuam"}, others_go},
    {"nothing_left",
     {"no zombie, no descriptor is left", "não sobra zumbi nem descritor"},
     nothing_left},
};

}  // namespace

int main(int argc, char** argv) {
    return check::run(cases, argc, argv);
}
