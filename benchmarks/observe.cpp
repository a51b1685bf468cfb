#include "observe.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string_view>
#include <system_error>

#include "common/net/descriptor.hpp"

namespace benchmarks {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// `opened`, or an exception that says what could not be done.
common::Descriptor checked(int opened, const char* doing) {
    if (opened < 0)
        throw std::system_error(errno, std::generic_category(), doing);
    return common::Descriptor(opened);
}

[[noreturn]] void execute(std::vector<char*>& arguments, int errors) {
    // Its own group, so that the time limit finds its children too; and a Ctrl-C that ends us must
    // not leave it behind.
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    execv(arguments[0], arguments.data());
    dprintf(STDERR_FILENO, "cannot run %s: %s\n", arguments[0], std::strerror(errno));
    _exit(127);
}

// fork, not posix_spawn: that lends the child our memory until exec, and the kernel would count our
// own peak as the child's (ru_maxrss, getrusage(2)).
pid_t start(const std::vector<std::string>& command, int errors) {
    std::vector<char*> arguments;
    for (const std::string& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    const pid_t child = fork();
    if (child < 0)
        throw std::system_error(errno, std::generic_category(), "cannot fork");
    if (child == 0)
        execute(arguments, errors);
    setpgid(child, child);  // whoever comes first; after its exec this fails, and it has done so
    return child;
}

bool has_ended(int handle, int wait_ms = 0) {
    pollfd end{handle, POLLIN, 0};
    return poll(&end, 1, wait_ms) > 0;
}

// The program and its descendants, parents first. Children that a thread other than the first has
// made are not seen: no chapter does that.
std::vector<pid_t> tree_of(pid_t root, int handle) {
    std::vector<pid_t> tree = {root};
    for (std::size_t i = 0; i < tree.size() && !has_ended(handle); ++i)
        for (const pid_t child : children_of(tree[i]))
            tree.push_back(child);
    return tree;
}

// The numbers after `names` in a file of lines such as "Threads:\t5"; 0 when the process is gone.
template <std::size_t count>
std::array<std::uint64_t, count> numbers_in(const std::string& file,
                                            const std::array<std::string_view, count>& names) {
    std::array<std::uint64_t, count> numbers{};
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);)
        for (std::size_t i = 0; i < count; ++i)
            if (line.starts_with(names.at(i)))
                numbers.at(i) = std::strtoull(line.c_str() + names.at(i).size(), nullptr, 10);
    return numbers;
}

// Stops when the program ends: its wall time must not wait for a look at a thousand processes.
// Returns how many it saw.
std::size_t take_sample(pid_t root, int handle, Usage& usage) {
    const std::vector<pid_t> tree = tree_of(root, handle);
    std::uint64_t all_threads = 0;
    std::uint64_t all_own = 0;
    std::uint64_t most_files = 0;
    std::size_t seen = 0;
    for (const pid_t process : tree) {
        if (has_ended(handle))
            break;
        ++seen;
        const auto [threads, files] =
            numbers_in<2>(fmt::format("/proc/{}/status", process), {"Threads:", "RssFile:"});
        all_threads += threads;
        if (tree.size() == 1)
            break;  // the kernel keeps the peak of a single process
        const auto [anonymous, shared] = numbers_in<2>(
            fmt::format("/proc/{}/smaps_rollup", process), {"Pss_Anon:", "Pss_Shmem:"});
        all_own += anonymous + shared;
        most_files = std::max(most_files, files);
    }
    usage.threads = std::max<std::size_t>(usage.threads, all_threads);
    usage.processes = std::max(usage.processes, tree.size());
    if (tree.size() > 1)
        usage.peak_memory_bytes = std::max(usage.peak_memory_bytes, (all_own + most_files) * 1024);
    return seen;
}

// When to look. Counting children is cheap; a whole look at 10,000 processes takes more than a
// second, so it waits until their number no longer grows.
class Sampler {
  public:
    Sampler(pid_t program, int handle, Looks looks)
        : program_(program), handle_(handle), share_(looks == Looks::sparing ? 20 : 2) {}

    // Returns how long to wait before the next time.
    Clock::duration look(Usage& usage) {
        const auto begin = Clock::now();
        const std::size_t children = children_of(program_).size();
        const auto counted = Clock::now();
        usage.processes = std::max(usage.processes, children + 1);
        if (children <= children_ && spent_ * share_ <= counted - begin_) {
            most_seen_ = std::max(most_seen_, take_sample(program_, handle_, usage));
            spent_ += Clock::now() - counted;
        }
        children_ = children;
        return std::max<Clock::duration>(milliseconds(10), (counted - begin) * share_);
    }

    // Whether the memory that it found is that of nearly all processes that there were.
    bool saw_most(const Usage& usage) const { return most_seen_ * 10 >= usage.processes * 9; }

  private:
    const pid_t program_;
    const int handle_;
    const int share_;  // one part of so many
    const Clock::time_point begin_ = Clock::now();
    Clock::duration spent_{};  // on whole looks
    std::size_t most_seen_ = 0;
    std::size_t children_ = 0;
};

// Looks at the program until it ends or has been killed at the deadline. Returns whether it was.
bool watch(pid_t program, Clock::time_point deadline, Looks looks, Usage& usage) {
    const auto handle =
        checked(static_cast<int>(syscall(SYS_pidfd_open, program, 0)), "pidfd_open");
    Sampler sampler(program, handle.get(), looks);
    bool killed = false;
    for (;;) {
        Clock::duration pause = sampler.look(usage);
        if (!killed)
            pause = std::clamp(deadline - Clock::now(), Clock::duration::zero(), pause);
        const auto wait = std::chrono::ceil<milliseconds>(pause).count();
        if (has_ended(handle.get(), static_cast<int>(wait))) {
            usage.memory_known = usage.processes == 1 || sampler.saw_most(usage);
            return killed;
        }
        if (!killed && Clock::now() >= deadline) {
            kill(-program, SIGKILL);
            killed = true;
        }
    }
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// Adds what the kernel has counted, and makes the program's process disappear.
int reap(pid_t program, Usage& usage) {
    int status = 0;
    rusage counted{};
    while (wait4(program, &status, 0, &counted) < 0 && errno == EINTR) {
    }
    usage.cpu_seconds = seconds(counted.ru_utime) + seconds(counted.ru_stime);
    usage.voluntary_switches = static_cast<std::uint64_t>(counted.ru_nvcsw);
    usage.involuntary_switches = static_cast<std::uint64_t>(counted.ru_nivcsw);
    // KiB, of the largest process: no more than all together had.
    usage.peak_memory_bytes =
        std::max(usage.peak_memory_bytes, static_cast<std::uint64_t>(counted.ru_maxrss) * 1024);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::string content_of(int file) {
    std::string text;
    std::array<char, 4096> buffer;
    ssize_t size = 0;
    while ((size = pread(file, buffer.data(), buffer.size(), static_cast<off_t>(text.size()))) > 0)
        text.append(buffer.data(), static_cast<std::size_t>(size));
    return text;
}

}  // namespace

std::vector<pid_t> children_of(pid_t process) {
    std::vector<pid_t> children;
    std::ifstream list(fmt::format("/proc/{0}/task/{0}/children", process));
    for (pid_t child = 0; list >> child;)
        children.push_back(child);
    return children;
}

Ended observe(const std::vector<std::string>& command, std::chrono::milliseconds time_limit,
              Looks looks) {
    const auto errors = checked(memfd_create("errors", MFD_CLOEXEC), "memfd_create");
    Ended ended;
    const auto begin = Clock::now();
    const pid_t program = start(command, errors.get());
    try {
        ended.timed_out = watch(program, begin + time_limit, looks, ended.usage);
    } catch (...) {
        kill(-program, SIGKILL);
        reap(program, ended.usage);
        throw;
    }
    ended.usage.wall_seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    kill(-program, SIGKILL);  // children that it may have left; its own number is still taken
    ended.exit_status = reap(program, ended.usage);
    ended.errors = content_of(errors.get());
    return ended;
}

}  // namespace benchmarks
