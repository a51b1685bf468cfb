#include <unistd.h>

#include <algorithm>
#include <array>
#include <asio/this_coro.hpp>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include EXERCISE_FILE
#include "common/practice_site/practice_site_process.hpp"
#include "workshop/kit/check.hpp"
#include "workshop/kit/client.hpp"
#include "workshop/kit/numbers.hpp"

namespace {

constexpr std::size_t threads = 2;

std::atomic<int> arrived = 0;

// Of the checker's own: also tells that a page has come.
asio::awaitable<std::string> download(std::string url) {
    workshop::Client client(co_await asio::this_coro::executor);
    workshop::Answer answer = co_await client.get(std::move(url));
    if (answer.outcome != workshop::Outcome::arrived)
        throw std::runtime_error("a page of the practice site did not arrive");
    ++arrived;
    co_return std::move(answer.body);
}

std::string result_of(const std::string& body) {
    return "computed: " + body;
}

bool is_page(int number, const std::string& body) {
    return body.starts_with(fmt::format("This is page {} of", number));
}

// The pages 1 to `pages`; all but the first wait for /release/rest where `held`.
std::vector<std::string> urls(const common::PracticeSite& site, int pages, bool held = false) {
    std::vector<std::string> urls;
    for (int page = 1; page <= pages; ++page)
        urls.push_back(fmt::format("{}{}/bytes/37/page/{}", site.origin(),
                                   held && page > 1 ? "/hold/rest" : "", page));
    return urls;
}

// Threads that are not the solution's: a sanitizer has one of its own, which never rests.
std::vector<std::string> known_threads;

void note_threads() {
    std::thread([] {}).join();  // with the first thread comes the sanitizer's
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task"))
        if (task.path().filename() != std::to_string(gettid()))
            known_threads.push_back(task.path().filename());
}

Job job(std::vector<std::string> urls, std::size_t coroutines) {
    note_threads();
    return {std::move(urls), coroutines, threads,
            download,        result_of,  [](std::size_t, const std::string&) {}};
}

// Whether all threads but the caller's sleep, and how often they have run so far (proc(5)).
std::pair<bool, long> look_at_others() {
    bool asleep = true;
    long switches = 0;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        const std::string id = task.path().filename();
        if (id == std::to_string(gettid()) || std::ranges::count(known_threads, id) > 0)
            continue;
        std::ifstream file(task.path() / "status");
        for (std::string word, value; file >> word;) {
            if (word == "State:" && file >> value)
                asleep = asleep && value == "S";
            else if (word.ends_with("voluntary_ctxt_switches:") && file >> value)
                switches += std::atol(value.c_str());
        }
    }
    return {asleep, switches};
}

// Waits for `there`. False: there is no use in waiting, since all other threads sleep, none has run
// during 50 looks, and no page is under way. Nothing but the caller could wake them.
template <class There>
bool comes(const common::PracticeSite& site, There there) {
    long before = -1;
    for (int unchanged = 0; unchanged < 50;) {
        if (there())
            return true;
        const auto [asleep, switches] = look_at_others();
        const bool site_is_idle = check::number_in(site.get("/stats"), "in_flight") == 0;
        unchanged = asleep && site_is_idle && switches == before ? unchanged + 1 : 0;
        before = switches;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return there();
}

void pool_computes() {
    const common::PracticeSite site({"--plain"});
    constexpr int pages = 8;
    const std::thread::id loop = std::this_thread::get_id();
    std::atomic<int> in_loop = 0;
    std::atomic<int> computing_threads = 0;
    Job all = job(urls(site, pages), 4);
    all.compute = [&](const std::string& body) {
        thread_local const int number = ++computing_threads;
        in_loop += std::this_thread::get_id() == loop && number > 0;
        return result_of(body);
    };
    check::waiting_for({"{} pages", "{} páginas"}, pages);
    download_all(all);
    check::require(in_loop == 0,
                   {"{} of {} pages were computed in the loop's thread",
                    "{} de {} páginas foram processadas na thread do loop"},
                   in_loop.load(), pages);
    check::require(computing_threads <= static_cast<int>(threads),
                   {"allowed {}, counted {} (threads that computed)",
                    "permitidas {}, contadas {} (threads que fizeram cálculos)"},
                   threads, computing_threads.load());
    check::counted({"{} of {}", "{} de {}"}, pages, pages);
    check::end_passed();
}

// Page 1 is computed until the others have come: they are asked for before, and sent only then.
void loop_goes_on() {
    const common::PracticeSite site({"--plain"});
    constexpr int others = 4;
    const std::thread::id loop = std::this_thread::get_id();
    Job all = job(urls(site, 1 + others, true), 1 + others);
    all.compute = [&](const std::string& body) {
        if (!is_page(1, body))
            return result_of(body);
        check::require(std::this_thread::get_id() != loop,
                       {"page 1 is computed in the loop's thread: no other page can come",
                        "a página 1 é processada na thread do loop: nenhuma outra pode chegar"});
        site.get("/release/rest");
        check::waiting_for(
            {"{} pages, while page 1 is computed", "{} páginas, durante o cálculo da página 1"},
            others);
        const bool came = comes(site, [&] { return arrived == 1 + others; });
        check::require(came,
                       {"while page 1 is computed, only {} of {} other pages came: the loop's "
                        "thread is blocked outside loop.run()",
                        "durante o cálculo da página 1, chegaram só {} das outras {} páginas: a "
                        "thread do loop está bloqueada fora de loop.run()"},
                       arrived - 1, others);
        check::counted({"{} of {}", "{} de {}"}, others, others);
        check::end_passed();
    };
    check::waiting_for({"page 1 to be computed", "o cálculo da página 1"});
    download_all(all);
    check::require(false, {"page 1 was never computed", "a página 1 nunca foi processada"});
}

// The same. What comes before the others was said before page 1 was computed.
void done_when_computed() {
    const common::PracticeSite site({"--plain"});
    constexpr int others = 4;
    const std::thread::id loop = std::this_thread::get_id();
    std::atomic<bool> done = false;
    Job all = job(urls(site, 1 + others, true), 1 + others);
    all.page_done = [&](std::size_t index, const std::string&) {
        if (index == 0)
            done = true;
    };
    all.compute = [&](const std::string& body) {
        if (is_page(1, body)) {
            site.get("/release/rest");
            if (std::this_thread::get_id() != loop)
                comes(site, [&] { return done || arrived == 1 + others; });
            check::require(!done, {"page_done() was called for page 1 before it was computed",
                                   "page_done() foi chamada para a página 1 antes do cálculo"});
        }
        return result_of(body);
    };
    check::waiting_for({"{} pages", "{} páginas"}, 1 + others);
    download_all(all);
    check::end_passed();
}

void done_in_loop() {
    const common::PracticeSite site({"--plain"});
    constexpr int pages = 8;
    const std::thread::id loop = std::this_thread::get_id();
    std::atomic<int> elsewhere = 0;
    Job all = job(urls(site, pages), 4);
    all.page_done = [&](std::size_t, const std::string&) {
        elsewhere += std::this_thread::get_id() != loop;
    };
    check::waiting_for({"{} pages", "{} páginas"}, pages);
    download_all(all);
    check::require(elsewhere == 0,
                   {"page_done() ran outside the loop's thread for {} of {} pages",
                    "page_done() rodou fora da thread do loop para {} de {} páginas"},
                   elsewhere.load(), pages);
    check::end_passed();
}

// The last page is computed until all other threads have nothing left to do but wait for it.
void each_page_done() {
    const common::PracticeSite site({"--plain"});
    constexpr int pages = 5;
    std::array<std::atomic<int>, pages> done{};
    std::atomic<int> wrong = 0;
    Job all = job(urls(site, pages), 2);
    all.compute = [&](const std::string& body) {
        if (is_page(pages, body))
            comes(site, [] { return false; });
        return result_of(body);
    };
    all.page_done = [&](std::size_t index, const std::string& result) {
        ++done.at(index);
        const int page = static_cast<int>(index) + 1;
        wrong += result != result_of(fmt::format("This is page {} of the practice site.\n", page));
    };
    check::waiting_for({"{} pages", "{} páginas"}, pages);
    download_all(all);
    int once = 0;
    for (const auto& times : done)
        once += times == 1;
    check::require(
        once == pages,
        {"when download_all() returned, page_done() had run exactly once for {} of {} pages",
         "quando download_all() retornou, page_done() tinha rodado exatamente uma vez para {} de "
         "{} páginas"},
        once, pages);
    check::require(wrong == 0,
                   {"page_done() got something other than what compute() returned: {} of {} times",
                    "page_done() não recebeu o que compute() devolveu: {} de {} vezes"},
                   wrong.load(), pages);
    check::counted({"{} of {}", "{} de {}"}, pages, pages);
    check::end_passed();
}

void two_at_once() {
    const common::PracticeSite site({"--plain"});
    constexpr int pages = 4;
    std::atomic<int> begun = 0;
    std::latch both(2);
    Job all = job(urls(site, pages), pages);
    all.compute = [&](const std::string& body) {
        if (++begun <= 2) {
            const bool came = comes(site, [&] { return begun >= 2; });
            check::require(came,
                           {"while one page is being computed all other threads sleep, with {} of "
                            "{} pages downloaded",
                            "enquanto uma página é processada, as outras threads só dormem; "
                            "chegaram {} de {} páginas"},
                           arrived.load(), pages);
            both.arrive_and_wait();
        }
        return result_of(body);
    };
    check::waiting_for(
        {"two pages being computed at once", "duas páginas sendo processadas ao mesmo tempo"});
    download_all(all);
    check::end_passed();
}

constexpr check::Case cases[] = {
    {"pool_computes",
     {"the pool computes, not the loop's thread", "quem calcula é o pool, não a thread do loop"},
     pool_computes},
    {"loop_goes_on",
     {"pages come while page 1 is computed", "páginas chegam durante o cálculo da página 1"},
     loop_goes_on},
    {"done_when_computed",
     {"a page is done when it is computed", "a página só está pronta depois do cálculo"},
     done_when_computed},
    {"done_in_loop",
     {"page_done() only in the loop's thread", "page_done() só na thread do loop"},
     done_in_loop},
    {"each_page_done",
     {"download_all() returns when all pages are done",
      "download_all() só retorna com tudo pronto"},
     each_page_done},
    {"two_at_once",
     {"two pages are computed at once", "duas páginas são processadas ao mesmo tempo"},
     two_at_once},
};

}  // namespace

int main(int argc, char** argv) {
    return check::run(cases, argc, argv);
}
