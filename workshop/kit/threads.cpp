#include "workshop/kit/threads.hpp"

#include <sched.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "workshop/kit/check.hpp"

namespace check {
namespace {

using namespace std::chrono_literals;

constexpr const char* tasks = "/proc/self/task";

std::string path_of(pid_t id, const char* file) {
    return fmt::format("{}/{}/{}", tasks, id, file);
}

// Of proc(5)'s "status"; what a thread that has just ended says is "".
std::string field_of(pid_t id, const char* wanted) {
    std::ifstream file(path_of(id, "status"));
    for (std::string word; file >> word;)
        if (word == wanted && file >> word)
            return word;
    return "";
}

long number_of(pid_t id, const char* wanted) {
    const std::string text = field_of(id, wanted);
    return text.empty() ? 0 : std::stol(text);
}

std::chrono::nanoseconds cpu_time(pid_t id) {
    std::ifstream file(path_of(id, "schedstat"));
    long nanoseconds = 0;
    file >> nanoseconds;
    return std::chrono::nanoseconds(nanoseconds);
}

}  // namespace

NewThreads::NewThreads() {
    std::thread([] {}).join();  // a sanitizer starts a thread of its own together with the first
    older_ = ids();
}

std::set<pid_t> NewThreads::ids() const {
    std::set<pid_t> found;
    for (const auto& task : std::filesystem::directory_iterator(tasks))
        if (const pid_t id = std::stoi(task.path().filename()); !older_.contains(id))
            found.insert(id);
    return found;
}

std::size_t NewThreads::count() const {
    return ids().size();
}

bool NewThreads::are_asleep() const {
    const auto all = ids();
    return std::all_of(all.begin(), all.end(), [](pid_t id) {
        const std::string state = field_of(id, "State:");
        return state == "S" || state.empty();
    });
}

long NewThreads::switches() const {
    long sum = 0;
    for (const pid_t id : ids())
        sum += number_of(id, "voluntary_ctxt_switches:") +
               number_of(id, "nonvoluntary_ctxt_switches:");
    return sum;
}

std::chrono::nanoseconds NewThreads::longest_cpu_time() const {
    std::chrono::nanoseconds longest{};
    for (const pid_t id : ids())
        longest = std::max(longest, cpu_time(id));
    return longest;
}

bool NewThreads::reach(const std::function<bool()>& holds) const {
    constexpr int enough = 100;  // a thread that is about to run would have
    long before = -1;
    for (int quiet = 0; quiet < enough; look_again()) {
        if (holds())
            return true;
        const long now = switches();
        quiet = now == before && are_asleep() ? quiet + 1 : 0;
        before = now;
    }
    return holds();
}

void use_processor(std::size_t index) {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return;  // more processors than the set has room for
    index %= static_cast<std::size_t>(CPU_COUNT(&allowed));
    std::size_t processor = 0;
    while (!CPU_ISSET(processor, &allowed) || index-- > 0)
        ++processor;
    CPU_ZERO(&allowed);
    CPU_SET(processor, &allowed);
    sched_setaffinity(0, sizeof allowed, &allowed);
}

void look_again() {
    std::this_thread::sleep_for(1ms);
}

void require_sleep(const NewThreads& threads, std::size_t count) {
    const auto require_all = [&] {
        require(threads.count() == count,
                {"a thread returned instead of waiting", "uma thread retornou em vez de esperar"});
    };
    waiting_for({"{} threads to fall asleep", "{} threads adormecerem"}, count);
    for (; !threads.are_asleep(); look_again()) {
        require_all();
        const auto computed = threads.longest_cpu_time();
        require(computed < 300ms,
                {"a thread with nothing to do used {} ms of CPU time",
                 "sem nada para fazer, uma thread gastou {} ms de CPU"},
                computed / 1ms);
    }
    long woken = 0;
    for (int window = 0; window < 20; ++window) {  // the first may see them go to bed
        const long before = threads.switches();
        std::this_thread::sleep_for(300ms);
        require_all();
        woken = threads.switches() - before;
        if (woken == 0)
            end_passed();
    }
    end_rejected(texts_of<long>({"with nothing to do, the threads woke up {} times in 0.3 s",
                                 "sem nada para fazer, as threads acordaram {} vezes em 0,3 s"},
                                woken));
}

}  // namespace check
