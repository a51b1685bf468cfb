#include "workshop/kit/check.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>
#include <vector>

namespace check {
namespace {

constexpr int rejected = 1;
constexpr int unknown_case = 2;
constexpr int uncheckable = 4;

// Where ./workshop/exercise listens; standard error when a checker is run by hand.
int report_descriptor = STDERR_FILENO;

pid_t case_process = 0;  // as opposed to those that the solution forks

void find_report_descriptor() {
    if (const char* number = std::getenv("CHECK_REPORT_DESCRIPTOR")) {
        report_descriptor = std::atoi(number);
        fcntl(report_descriptor, F_SETFD,
              FD_CLOEXEC);  // what a solution starts does not write there
    }
}

// A line of JSON: in one write, so that lines of several threads do not mix.
void report(const char* what, const Texts& texts) {
    const nlohmann::json line = {{"what", what}, {"en", texts.english}, {"pt", texts.portuguese}};
    const std::string text = line.dump() + "\n";
    if (write(report_descriptor, text.data(), text.size()) < 0)
        _exit(uncheckable);  // nobody listens any more
}

[[noreturn]] void end(const char* what, const Texts& texts, int status) {
    const bool forked = getpid() != case_process;
    if (!forked)  // else the buffers are copies
        std::fflush(nullptr);
    report(what, texts);
    if (forked)
        kill(case_process, SIGKILL);
    _exit(status);
}

void require_not_forked() {
    if (getpid() != case_process)
        end_rejected(
            {"a child that your code forked returned from your function; it must end with _exit()",
             "um filho que o seu código criou com fork saiu da função em vez de terminar "
             "com _exit()"});
}

// The folders of the process's threads; none when it has ended, which may happen any moment.
std::vector<std::filesystem::path> tasks(pid_t process) {
    std::error_code ended;
    std::vector<std::filesystem::path> found;
    std::filesystem::directory_iterator task(fmt::format("/proc/{}/task", process), ended);
    for (; !ended && task != std::filesystem::directory_iterator(); task.increment(ended))
        found.push_back(task->path());
    return found;
}

std::size_t entries(const char* folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder),
                                                  std::filesystem::directory_iterator()));
}

void list(std::span<const Case> cases) {
    nlohmann::json names = nlohmann::json::array();
    for (const Case& one : cases)
        names.push_back({{"name", one.name},
                         {"en", texts_of(one.title).english},
                         {"pt", texts_of(one.title).portuguese}});
    std::puts(names.dump().c_str());
}

}  // namespace

void end_passed() {
    require_not_forked();
    end("passed", {}, 0);
}

void end_rejected(const Texts& texts) {
    end("rejected", texts, rejected);
}

void end_uncheckable(const Texts& texts) {
    end("uncheckable", texts, uncheckable);
}

void tell(const Texts& texts) {
    report("counted", texts);
}

void tell_waiting(const Texts& texts) {
    report("waiting", texts);
}

// The listing itself has one open.
std::size_t open_descriptors() {
    return entries("/proc/self/fd") - 1;
}

std::size_t threads() {
    return entries("/proc/self/task");
}

std::size_t children() {
    return children(getpid());
}

// proc(5): /proc/PID/task/TID/children
std::size_t children(pid_t process) {
    std::size_t count = 0;
    for (const auto& task : tasks(process)) {
        std::ifstream file(task / "children");
        count += static_cast<std::size_t>(
            std::distance(std::istream_iterator<int>(file), std::istream_iterator<int>()));
    }
    return count;
}

// The state stands behind the name, which may hold anything: "12 (a) b) S ...".
bool is_asleep(pid_t process) {
    const auto all = tasks(process);
    return !all.empty() && std::all_of(all.begin(), all.end(), [](const auto& task) {
        std::ifstream file(task / "stat");
        std::string line;
        std::getline(file, line);
        const auto end_of_name = line.rfind(") ");
        return end_of_name != std::string::npos && line[end_of_name + 2] == 'S';
    });
}

int run(std::span<const Case> cases, int argc, char** argv) {
    const std::string_view name = argc == 2 ? argv[1] : "";
    if (name == "--list") {
        list(cases);
        return 0;
    }
    const auto one = std::find_if(cases.begin(), cases.end(),
                                  [&](const Case& known) { return known.name == name; });
    if (one == cases.end()) {
        std::fprintf(stderr, "usage: %s --list | CASE\n", argv[0]);
        return unknown_case;
    }
    find_report_descriptor();
    case_process = getpid();
    try {
        one->prove();
    } catch (const std::exception& error) {
        end_rejected({fmt::format("an exception left your code: {}", error.what()),
                      fmt::format("uma exceção saiu do seu código: {}", error.what())});
    }
    require_not_forked();
    report("passed", {});
    return 0;
}

}  // namespace check
