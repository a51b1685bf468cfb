#include "support/processes.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

extern char** environ;

namespace test_support {
namespace {

std::size_t count_entries(const std::string& directory) {
    const std::filesystem::directory_iterator entries(directory);
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        throw std::system_error(errno, std::generic_category(), "pipe2");
    return ends;
}

// A file that is already unlinked, holding the text: no pipe that could fill.
int file_with(const std::string& text) {
    const int file = memfd_create("input", MFD_CLOEXEC);
    if (file < 0 || write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        lseek(file, 0, SEEK_SET) != 0)
        throw std::system_error(errno, std::generic_category(), "memfd_create");
    return file;
}

}  // namespace

std::size_t count_threads() {
    return count_entries("/proc/self/task");
}

std::size_t count_open_descriptors(pid_t process) {
    return count_entries("/proc/" + std::to_string(process) + "/fd");
}

std::vector<pid_t> descendants_of(pid_t process) {
    std::vector<pid_t> all = children_of(process);
    for (std::size_t i = 0; i < all.size(); ++i)
        for (const pid_t child : children_of(all[i]))
            all.push_back(child);
    return all;
}

// A line of /proc/PID/status after its name; empty for a process that is gone.
std::string status_of(pid_t process, const std::string& name) {
    std::ifstream lines("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(name + ":\t"))
            return line.substr(name.size() + 2);
    return "";
}
bool is_in(const std::string& mask, int signal) {
    return !mask.empty() && (std::stoull(mask, nullptr, 16) >> (signal - 1) & 1U) != 0;
}
bool is_pending(pid_t process, int signal) {
    return is_in(status_of(process, "ShdPnd"), signal);
}
bool is_caught(pid_t process, int signal) {
    return is_in(status_of(process, "SigCgt"), signal);
}
long peak_kib_of(pid_t process) {
    return std::stol(status_of(process, "VmHWM"));
}
bool is_running(pid_t process) {
    const std::string state = status_of(process, "State");
    if (state.empty() || state[0] != 'Z')
        return !state.empty();
    // The first thread may be a zombie while others have the files open still.
    const std::string threads = status_of(process, "Threads");
    return !threads.empty() && std::stoi(threads) > 1;
}

bool is_asleep(pid_t process) {
    return status_of(process, "State").starts_with("S");
}

bool exists(pid_t process) {
    return std::filesystem::exists("/proc/" + std::to_string(process));
}

std::vector<std::string> as_nobody_else(const std::vector<std::string>& command,
                                        const std::vector<std::string>& limits) {
    std::vector<std::string> words = {"prlimit"};
    words.insert(words.end(), limits.begin(), limits.end());
    // Last, because setpriv loses root's rights only with the program that it starts: it can still
    // reach one in a home that nobody else may enter. Another user for each test: a user's limits
    // are for all processes of theirs together.
    for (const std::string& word : {std::string("setpriv"), std::string("--clear-groups"),
                                    "--reuid=" + std::to_string(100'000 + getpid())})
        words.push_back(word);
    words.insert(words.end(), command.begin(), command.end());
    return words;
}

bool may_become_nobody_else() {
    return run(as_nobody_else({"true"})).exit_status == 0;
}

Program::Program(const std::vector<std::string>& command, const std::string& input,
                 int standard_output) {
    const int input_file = file_with(input);
    const auto output = make_pipe();
    const auto errors = make_pipe();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input_file, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, standard_output >= 0 ? standard_output : output[1],
                                     STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors[1], STDERR_FILENO);
    std::vector<char*> arguments;
    for (const std::string& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    const int error =
        posix_spawnp(&process_id_, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(input_file);
    close(output[1]);
    close(errors[1]);
    output_ = output[0];
    errors_ = errors[0];
    if (error != 0)
        throw std::system_error(error, std::generic_category(), command[0]);
}

Program::~Program() {
    if (process_id_ > 0) {
        kill(process_id_, SIGKILL);
        waitpid(process_id_, nullptr, 0);
    }
    if (output_ >= 0)
        close(output_);
    if (errors_ >= 0)
        close(errors_);
}

Finished Program::finish() {
    Finished finished;
    std::array<pollfd, 2> watched{{{output_, POLLIN, 0}, {errors_, POLLIN, 0}}};
    std::array<std::string*, 2> texts{&finished.output, &finished.errors};
    while (watched[0].fd >= 0 || watched[1].fd >= 0) {
        poll(watched.data(), watched.size(), -1);
        for (std::size_t i = 0; i < watched.size(); ++i) {
            std::array<char, 4096> buffer;
            if (watched.at(i).revents == 0)
                continue;
            const ssize_t size = read(watched.at(i).fd, buffer.data(), buffer.size());
            if (size > 0)
                texts.at(i)->append(buffer.data(), static_cast<std::size_t>(size));
            else
                watched.at(i).fd = -1;
        }
    }
    int status = 0;
    rusage usage{};
    wait4(process_id_, &status, 0, &usage);
    process_id_ = -1;
    finished.peak_kib = usage.ru_maxrss;
    finished.exit_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return finished;
}

Finished run(const std::vector<std::string>& command, const std::string& input) {
    return Program(command, input).finish();
}

TemporaryDirectory::TemporaryDirectory() {
    path_ = (std::filesystem::temp_directory_path() / "tutorial-test-XXXXXX").string();
    if (!mkdtemp(path_.data()))
        throw std::system_error(errno, std::generic_category(), path_);
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::vector<std::string> TemporaryDirectory::names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

std::string read_to_end(int descriptor) {
    std::string text;
    std::array<char, 4096> buffer;
    ssize_t size = 0;
    while ((size = read(descriptor, buffer.data(), buffer.size())) > 0)
        text.append(buffer.data(), static_cast<std::size_t>(size));
    return text;
}

void write_text(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

std::string read_text(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

}  // namespace test_support
