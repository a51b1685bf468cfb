// Runs a program and says what it took, as the kernel counted it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace benchmarks {

// Of a program and all its children.
struct Usage {
    double wall_seconds = 0;  // from its start to its end
    double cpu_seconds = 0;   // user and system

    // Resident at once. The kernel keeps it for a program without children. With children it is
    // the largest sample of: the memory of their own, in which a page that parent and children
    // share counts once in all, and the program's and the libraries' pages of the one that has
    // most of them, since all run the same program.
    std::uint64_t peak_memory_bytes = 0;
    bool memory_known = true;  // false: no look saw nearly all processes at once

    std::uint64_t voluntary_switches = 0;
    std::uint64_t involuntary_switches = 0;

    // Most at once, the program itself included.
    std::size_t threads = 1;
    std::size_t processes = 1;
};

struct Ended {
    int exit_status = -1;  // 128 + n for signal n
    bool timed_out = false;
    std::string errors;  // what it wrote to standard error
    Usage usage;
};

// How much of one processor's time looking may take: a twentieth, which does not disturb; or half,
// which finds the peak of many processes but makes them slower.
enum class Looks { sparing, thorough };

// CPU time and context switches are exact: wait4(2) counts every descendant that was waited for.
// What the kernel keeps no peak of is sampled from /proc (proc(5)) about every 10 ms, less often
// where that would take too much time; what lives shorter may be missed. After `time_limit` the
// program and its children are killed. Call from a process without other threads. Throws
// std::system_error when no process can be made or watched.
Ended observe(const std::vector<std::string>& command, std::chrono::milliseconds time_limit,
              Looks looks = Looks::sparing);

// Children of the process's first thread, zombies included (proc(5)).
std::vector<pid_t> children_of(pid_t process);

}  // namespace benchmarks
