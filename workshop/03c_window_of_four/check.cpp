#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include EXERCISE_FILE
#include "workshop/kit/check.hpp"
#include "workshop/kit/threads.hpp"

namespace {

constexpr int most_in_flight = 4;

// How the system sees the parent; the worker looks at it. proc(5)
class Parent {
  public:
    Parent() : id_(getppid()) {}

    bool is_asleep() const { return check::is_asleep(id_); }

    // It has nothing to do until the worker acts. A parent that never sleeps has nothing to do
    // either once it has computed for so long.
    void settle() const {
        using namespace std::chrono_literals;
        const auto before = cpu_time();
        for (int looks = 0; looks < 3; check::look_again()) {
            looks = is_asleep() ? looks + 1 : 0;
            if (cpu_time() - before > 100ms)
                return;
        }
    }

    std::chrono::nanoseconds cpu_time() const {
        long nanoseconds = 0;
        std::ifstream(path("schedstat")) >> nanoseconds;
        return std::chrono::nanoseconds(nanoseconds);
    }

    // How often it has left a processor, of its own will or not.
    long switches() const {
        std::ifstream file(path("status"));
        long sum = 0;
        for (std::string word; file >> word;)
            if (long count = 0; word.ends_with("voluntary_ctxt_switches:") && file >> count)
                sum += count;
        return sum;
    }

  private:
    std::string path(const char* name) const { return fmt::format("/proc/{}/{}", id_, name); }

    pid_t id_;
};

int result_of(int page) {
    return page * 7 % 1000 + 1;
}

// The worker: it knows what is in flight, because it is the only one that answers, and it takes the
// pages out of the pipe one by one.
class Desk {
  public:
    Desk(int pages, int work, int answers) : pages_(pages), work_(work), answers_(answers) {
        fcntl(answers_, F_SETFL, O_NONBLOCK);
    }

    // Sent, and not taken out yet.
    int waiting() const {
        int bytes = 0;
        ioctl(work_, FIONREAD, &bytes);
        return bytes / static_cast<int>(sizeof(Message));
    }

    // Nothing: there will be no more.
    std::optional<Message> take() const {
        Message message;
        for (;;) {
            const ssize_t size = read(work_, &message, sizeof message);
            if (size == sizeof message)
                break;
            if (size >= 0 || errno != EAGAIN)
                return std::nullopt;
            pollfd watched{work_, POLLIN, 0};
            poll(&watched, 1, -1);
        }
        if (message.page < 0 || message.page >= pages_)
            check::end_rejected(
                {fmt::format("there are {} pages, from 0 on; page {} was sent", pages_,
                             message.page),
                 fmt::format("são {} páginas, a partir da 0; foi enviada a página {}", pages_,
                             message.page)});
        return message;
    }

    void answer(Message message) {
        message.result = result_of(message.page);
        for (int stuck = 0; write(answers_, &message, sizeof message) != sizeof message;
             check::look_again()) {
            if (errno != EAGAIN)
                _exit(1);  // nobody reads any more
            stuck = parent_.is_asleep() ? stuck + 1 : 0;
            if (stuck == 500)
                check::end_rejected(
                    {fmt::format("a deadlock: {} answers fill the way back, unread; the worker "
                                 "waits in write, and so does its parent",
                                 answered_),
                     fmt::format("um deadlock: {} respostas enchem o caminho de volta sem ninguém "
                                 "ler; o worker espera em write, e o pai também",
                                 answered_)});
        }
        ++answered_;
    }

    int left() const { return pages_ - answered_; }
    const Parent& parent() const { return parent_; }

  private:
    int pages_;
    int work_;
    int answers_;
    int answered_ = 0;
    Parent parent_;
};

// Asks for the pages; `serve` is what the worker does with them.
template <class Serve>
void ask(int pages, Serve serve) {
    const pid_t self = getpid();
    check::waiting_for({"ask_worker() to return ({} pages)", "ask_worker() retornar ({} páginas)"},
                       pages);
    const std::vector<int> results = ask_worker(pages, [=](int work, int answers) {
        if (getpid() == self)
            check::end_rejected({"run_worker() was called in the parent's own process",
                                 "run_worker() foi chamada no próprio processo do pai"});
        Desk desk(pages, work, answers);
        serve(desk);
    });
    check::require(results.size() == static_cast<std::size_t>(pages),
                   {"{} results for {} pages", "{} resultados para {} páginas"}, results.size(),
                   pages);
    int right = 0;
    for (int page = 0; page < pages; ++page)
        right += results[static_cast<std::size_t>(page)] == result_of(page);
    check::require(right == pages,
                   {"{} of {} pages have their result", "{} de {} páginas têm o seu resultado"},
                   right, pages);
}

void answer_all(Desk& desk) {
    while (const auto message = desk.take())
        desk.answer(*message);
}

// Before each answer the worker waits until its parent has done what it can: then it looks.
template <class Look>
void answer_in_steps(Desk& desk, Look look) {
    while (desk.left() > 0) {
        desk.parent().settle();
        look(desk.waiting());
        const auto message = desk.take();
        if (!message)
            return;
        desk.answer(*message);
    }
}

void all_answered() {
    constexpr int pages = 20'000;
    ask(pages, answer_all);
    check::counted({"{} of {}", "{} de {}"}, pages, pages);
    check::end_passed();
}

constexpr int few = 12;  // pages of a case that goes step by step

void never_more() {
    ask(4000, [](Desk& desk) {  // more than fit into a pipe
        int steps = 0;
        answer_in_steps(desk, [&](int in_flight) {
            check::require(in_flight <= most_in_flight,
                           {"allowed {}, counted {} (pages sent and not answered)",
                            "permitidas {}, contadas {} (páginas enviadas e não respondidas)"},
                           most_in_flight, in_flight);
            if (++steps == few)
                answer_all(desk);
        });
    });
    check::counted({"{} at most", "no máximo {}"}, most_in_flight);
    check::end_passed();
}

void reaches_four() {
    ask(few, [](Desk& desk) {
        desk.parent().settle();
        const int in_flight = desk.waiting();
        check::require(
            in_flight >= most_in_flight,
            {"before the first answer the parent sleeps with {} pages sent, not {}",
             "antes da primeira resposta, o pai dorme com {} páginas enviadas, e não {}"},
            in_flight, most_in_flight);
        answer_all(desk);
    });
    check::counted({"{} of {}", "{} de {}"}, most_in_flight, most_in_flight);
    check::end_passed();
}

// Judged by what the parent has sent at first: whether that is enough is another case's.
void filled_again() {
    ask(few, [](Desk& desk) {
        int first = 0;
        answer_in_steps(desk, [&](int in_flight) {
            if (first == 0)
                first = in_flight;
            const int expected = std::min(first, desk.left());
            check::require(
                in_flight >= expected,
                {"after {} answers {} pages are in flight; at first there were {}",
                 "depois de {} respostas, há {} páginas em andamento; no começo eram {}"},
                few - desk.left(), in_flight, first);
        });
    });
    check::end_passed();
}

void few_pages() {
    for (const int pages : {0, 1, 3})
        ask(pages, answer_all);
    check::counted({"0, 1, 3", "0, 1, 3"});
    check::end_passed();
}

// Two by two, and the second one first, if there is a second one.
void any_order() {
    ask(few, [](Desk& desk) {
        while (desk.left() > 0) {
            desk.parent().settle();
            const bool two = desk.waiting() >= 2;
            const auto first = desk.take();
            const auto second = two ? desk.take() : std::nullopt;
            if (second)
                desk.answer(*second);
            if (first)
                desk.answer(*first);
        }
    });
    check::counted({"{} of {}", "{} de {}"}, few, few);
    check::end_passed();
}

// Judged by how much the parent computes and how often it runs while there is nothing to do.
void sleeps() {
    using namespace std::chrono_literals;
    ask(few, [](Desk& desk) {
        const Parent& parent = desk.parent();
        const auto before = parent.cpu_time();
        for (; !parent.is_asleep(); check::look_again()) {
            const auto computed = parent.cpu_time() - before;
            check::require(computed < 300ms,
                           {"the parent used {} ms of CPU time while it waited for an answer",
                            "o pai gastou {} ms de CPU enquanto esperava uma resposta"},
                           computed / 1ms);
        }
        long woken = 1;
        for (int window = 0; window < 20 && woken > 0; ++window) {
            const long switches = parent.switches();
            std::this_thread::sleep_for(100ms);
            woken = parent.switches() - switches;
        }
        check::require(woken == 0,
                       {"the parent woke up {} times in 0.1 s while it waited for an answer",
                        "o pai acordou {} vezes em 0,1 s enquanto esperava uma resposta"},
                       woken);
        answer_all(desk);
    });
    check::end_passed();
}

std::size_t threads_before = 0;

void require_alone() {
    const std::size_t more = check::threads() - threads_before;
    check::require(
        more == 0,
        {"{} more threads run when fork() is called; a lock that one of them holds stays "
         "locked in the child",
         "há {} threads a mais quando fork() é chamado; a trava que uma delas tiver fica "
         "travada no filho"},
        more);
}

void forks_alone() {
    threads_before = check::threads();
    pthread_atfork(require_alone, nullptr, nullptr);
    ask(few, answer_all);
    check::end_passed();
}

constexpr check::Case cases[] = {
    {"all_answered", {"each page has its result", "cada página tem o seu resultado"}, all_answered},
    {"never_more",
     {"never more than 4 are in flight", "nunca há mais de 4 em andamento"},
     never_more},
    {"reaches_four", {"4 are in flight at once", "4 ficam em andamento juntas"}, reaches_four},
    {"filled_again",
     {"each answer lets the next page out", "cada resposta solta a próxima página"},
     filled_again},
    {"few_pages", {"fewer pages than the window", "menos páginas do que a janela"}, few_pages},
    {"any_order", {"answers come in any order", "as respostas vêm em qualquer ordem"}, any_order},
    {"sleeps", {"the parent waits asleep", "o pai espera dormindo"}, sleeps},
    {"forks_alone",
     {"no other thread runs at the fork", "na hora do fork, nenhuma outra thread"},
     forks_alone},
};

}  // namespace

int main(int argc, char** argv) {
    return check::run(cases, argc, argv);
}
