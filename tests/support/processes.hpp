// This process and others, seen from outside: through /proc (proc(5)) and pipes.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include "benchmarks/observe.hpp"

namespace test_support {

std::size_t count_threads();
std::size_t count_open_descriptors(pid_t process = getpid());
using benchmarks::children_of;
// Those, their children, and so on.
std::vector<pid_t> descendants_of(pid_t process);
// False for a zombie that was waited for, true for one that was not.
bool exists(pid_t process);
// False for any zombie, too.
bool is_running(pid_t process);

// Waits for something, at this moment: a busy loop never does.
bool is_asleep(pid_t process);

// What /proc says of a signal (proc_pid_status(5)): whether it was sent and waits to be delivered.
bool is_pending(pid_t process, int signal);
// Whether the process has a handler for it.
bool is_caught(pid_t process, int signal);
// The most memory that it has held so far (VmHWM in proc_pid_status(5)).
long peak_kib_of(pid_t process);

// Waits until the condition holds; false when it does not within 20 s.
template <typename Condition>
bool eventually(Condition condition) {
    for (int i = 0; i < 2000; ++i) {
        if (condition())
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

// The command, run by a user who has no other processes and no rights. It takes rights to become
// that user: may_become_nobody_else(). `limits`: words for prlimit(1), as "--nproc=20".
std::vector<std::string> as_nobody_else(const std::vector<std::string>& command,
                                        const std::vector<std::string>& limits = {});
bool may_become_nobody_else();

struct Finished {
    int exit_status = -1;  // 128 + n for signal n
    long peak_kib = 0;     // the most memory that it held, or a child that it waited for (wait4(2))
    std::string output;
    std::string errors;
};

// A program that runs beside the test.
class Program {
  public:
    // `standard_output`: a descriptor to use instead of a pipe, or -1.
    explicit Program(const std::vector<std::string>& command, const std::string& input = "",
                     int standard_output = -1);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    pid_t process_id() const { return process_id_; }
    // Reads both pipes to their ends and waits. Call once.
    Finished finish();

  private:
    pid_t process_id_ = -1;
    int output_ = -1;
    int errors_ = -1;
};

// Runs the program and waits for it.
Finished run(const std::vector<std::string>& command, const std::string& input = "");

// A new directory, gone with everything in it when this ends.
class TemporaryDirectory {
  public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    const std::string& path() const { return path_; }
    std::string file(const std::string& name) const { return path_ + "/" + name; }
    // Names of the files in it, sorted.
    std::vector<std::string> names() const;

  private:
    std::string path_;
};

// All that comes out of the descriptor.
std::string read_to_end(int descriptor);
void write_text(const std::string& path, const std::string& text);
std::string read_text(const std::string& path);

}  // namespace test_support
