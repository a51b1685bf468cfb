#include "shell.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>
#include <system_error>
#include <thread>
#include <vector>

#include "support/processes.hpp"

extern char** environ;

namespace documentation {
namespace {

using Clock = std::chrono::steady_clock;

// Commands come through descriptor 3, which they do not inherit. With job control each has its
// own process group, so that `kill %1` ends all of a pipeline.
const char* const command_loop = R"(
set -m
while IFS= read -r -d '' -u 3 command; do
    eval "$command" 3>&-
    printf '%s\n' "$?" >&3
done
for job in $(jobs -p); do kill -TERM -- "-$job"; done 2>/dev/null
)";

[[noreturn]] void fail(const char* call) {
    throw std::system_error(errno, std::generic_category(), call);
}

// Above the descriptors that the shell's own are put on: dup2 must not overwrite one of them.
int out_of_the_way(int descriptor) {
    const int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 10);
    if (moved < 0)
        fail("fcntl");
    close(descriptor);
    return moved;
}

struct Ends {
    int ours;
    int theirs;
};

Ends make_channel() {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        fail("socketpair");
    return {out_of_the_way(ends[0]), out_of_the_way(ends[1])};
}

Ends make_pipe(bool we_read) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        fail("pipe2");
    const int read_end = out_of_the_way(ends[0]);
    const int write_end = out_of_the_way(ends[1]);
    return we_read ? Ends{read_end, write_end} : Ends{write_end, read_end};
}

std::vector<std::string> shell_command(Shell::Network network) {
    // What a reader's terminal does not have either: settings of the build that runs this test.
    std::vector<std::string> command = {
        "env", "-u", "MAKEFLAGS", "-u", "MAKELEVEL", "LC_ALL=C.UTF-8", "TERM=dumb"};
    if (network == Shell::Network::own)
        for (const char* word : {"unshare", "--net", "--map-root-user", "sh", "-c",
                                 "ip link set lo up && exec \"$@\"", "sh"})
            command.emplace_back(word);
    for (const char* word : {"bash", "-c", command_loop})
        command.emplace_back(word);
    return command;
}

// A session of its own: no terminal that a job could be stopped by, and a mark on everything that
// the commands start.
pid_t start(const std::vector<std::string>& command, const std::string& folder, int input,
            int output, int channel) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&actions, channel, 3);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    std::vector<char*> arguments;
    for (const std::string& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    pid_t process = -1;
    const int error =
        posix_spawnp(&process, arguments[0], &actions, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        throw std::system_error(error, std::generic_category(), command[0]);
    return process;
}

// The sixth field of /proc/PID/stat (proc(5)), counted from the end of the name.
pid_t session_of(const std::filesystem::path& process) {
    std::ifstream file(process / "stat");
    std::string line;
    std::getline(file, line);
    const std::size_t name_end = line.rfind(')');
    if (name_end == std::string::npos)
        return -1;
    char state = 0;
    int parent = 0;
    int group = 0;
    int session = -1;
    std::sscanf(line.c_str() + name_end + 1, " %c %d %d %d", &state, &parent, &group, &session);
    return state == 'Z' ? -1 : session;
}

std::vector<pid_t> processes_of_session(pid_t session) {
    std::vector<pid_t> processes;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const std::string name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") == std::string::npos &&
            session_of(entry.path()) == session)
            processes.push_back(std::stoi(name));
    }
    return processes;
}

void wait_until_gone(pid_t session, std::chrono::milliseconds patience) {
    const Clock::time_point deadline = Clock::now() + patience;
    while (!processes_of_session(session).empty() && Clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

// The shell itself is not reaped before, so nobody else's session can have its number.
void end_session(pid_t session, std::chrono::milliseconds patience) {
    wait_until_gone(session, patience);
    for (const pid_t process : processes_of_session(session))
        kill(process, SIGKILL);
    wait_until_gone(session, patience);
}

// "[1]+  Exit 1    command &" is the shell's, and interactive shells print it at another time.
bool is_notice_of_job(const std::string& line) {
    static const std::regex notice(
        R"(\[[0-9]+\][-+ ] +(Done|Exit [0-9]+|Stopped|Terminated|Killed)( .*)?)");
    return std::regex_match(line, notice);
}

Lines without_notices(Lines lines) {
    std::erase_if(lines, is_notice_of_job);
    return lines;
}

int milliseconds_until(Clock::time_point deadline) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    return static_cast<int>(std::max<long long>(left.count(), 0));
}

}  // namespace

bool network_namespaces_are_permitted() {
    try {
        return test_support::run(
                   {"unshare", "--net", "--map-root-user", "ip", "link", "set", "lo", "up"})
                   .exit_status == 0;
    } catch (const std::system_error&) {
        return false;  // there is no unshare
    }
}

Shell::Shell(const std::string& folder, Network network) {
    const Ends input = make_pipe(false);
    const Ends output = make_pipe(true);
    const Ends channel = make_channel();
    input_ = input.ours;
    output_ = output.ours;
    channel_ = channel.ours;
    fcntl(output_, F_SETFL, O_NONBLOCK);
    process_id_ =
        start(shell_command(network), folder, input.theirs, output.theirs, channel.theirs);
    close(input.theirs);
    close(output.theirs);
    close(channel.theirs);
}

Shell::~Shell() {
    close(channel_);  // the loop ends, and ends its jobs
    close(input_);
    end_session(process_id_, std::chrono::seconds(2));
    waitpid(process_id_, nullptr, 0);
    close(output_);
}

void Shell::read_output() {
    std::array<char, 4096> buffer;
    for (ssize_t size = 0; (size = read(output_, buffer.data(), buffer.size())) > 0;)
        read_.append(buffer.data(), static_cast<std::size_t>(size));
}

std::optional<int> Shell::run(const std::string& command, std::chrono::milliseconds limit) {
    const Clock::time_point deadline = Clock::now() + limit;
    if (send(channel_, command.c_str(), command.size() + 1, MSG_NOSIGNAL) < 0)
        return std::nullopt;
    std::string status;
    while (!status.ends_with("\n")) {
        std::array<pollfd, 2> watched{{{channel_, POLLIN, 0}, {output_, POLLIN, 0}}};
        if (poll(watched.data(), watched.size(), milliseconds_until(deadline)) == 0)
            return std::nullopt;
        read_output();
        std::array<char, 16> buffer;
        if (watched[0].revents == 0)
            continue;
        const ssize_t size = recv(channel_, buffer.data(), buffer.size(), 0);
        if (size <= 0)
            return std::nullopt;
        status.append(buffer.data(), static_cast<std::size_t>(size));
    }
    read_output();  // the command wrote all of it before the shell wrote the status
    return std::stoi(status);
}

bool Shell::wait_for_output(const std::function<bool(const Lines&)>& as_wanted,
                            std::chrono::milliseconds limit) {
    const Clock::time_point deadline = Clock::now() + limit;
    read_output();
    while (!as_wanted(without_notices(lines_of(read_)))) {
        pollfd watched{output_, POLLIN, 0};
        if (Clock::now() >= deadline || poll(&watched, 1, milliseconds_until(deadline)) == 0)
            return false;
        read_output();
    }
    return true;
}

Lines Shell::take_output() {
    Lines lines = without_notices(lines_of(read_));
    read_.clear();
    return lines;
}

}  // namespace documentation
