#include "common/practice_site/practice_site_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "common/run/own_folder.hpp"

extern char** environ;

namespace common {
namespace {

struct Pipe {
    int read_end = -1;
    int write_end = -1;
};

// Close-on-exec: what the child gets, it gets through dup2.
Pipe make_pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        throw std::system_error(errno, std::generic_category(), "pipe2");
    return {ends[0], ends[1]};
}

// In a process group of its own: a Ctrl-C at the terminal is for the program that downloads, and
// the site must outlive it until the report is written.
pid_t spawn(const std::vector<std::string>& command, int standard_input, int standard_output) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, standard_input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, standard_output, STDOUT_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);

    std::vector<char*> arguments;
    for (const std::string& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    pid_t child = -1;
    const int error =
        posix_spawn(&child, command[0].c_str(), &actions, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        throw std::system_error(error, std::generic_category(),
                                "cannot start the practice site " + command[0]);
    return child;
}

// Beside the program that runs; or where CMake puts it in a chapter built alone, in the whole
// build, and for the whole build's tests.
std::string practice_site_program() {
    for (const char* place :
         {"practice_site", "common/practice_site/practice_site",
          "../common/practice_site/practice_site", "../../common/practice_site/practice_site"})
        if (std::string program = beside_this_program(place);
            std::filesystem::is_regular_file(program))
            return program;
    throw std::runtime_error("the program practice_site is missing: it belongs beside " +
                             beside_this_program("."));
}

std::string read_line(int descriptor) {
    std::string line;
    char c = 0;
    while (read(descriptor, &c, 1) == 1 && c != '\n')
        line += c;
    return line;
}

}  // namespace

PracticeSite::PracticeSite(const std::vector<std::string>& arguments) {
    std::vector<std::string> command = {practice_site_program()};
    command.insert(command.end(), arguments.begin(), arguments.end());

    const Pipe input = make_pipe();
    const Pipe output = make_pipe();
    child_ = spawn(command, input.read_end, output.write_end);
    close(input.read_end);
    close(output.write_end);
    standard_input_ = input.write_end;

    // "practice site ready: ORIGIN [CA-FILE]"
    const std::string line = read_line(output.read_end);
    close(output.read_end);
    const std::string greeting = "practice site ready: ";
    if (!line.starts_with(greeting)) {
        close(standard_input_);
        waitpid(child_, nullptr, 0);
        throw std::runtime_error("the practice site did not come up: " + command[0]);
    }
    const std::size_t space = std::min(line.find(' ', greeting.size()), line.size());
    origin_ = line.substr(greeting.size(), space - greeting.size());
    ca_file_ = line.substr(std::min(space + 1, line.size()));
}

PracticeSite::~PracticeSite() {
    close(standard_input_);
    waitpid(child_, nullptr, 0);
}

std::vector<std::string> PracticeSite::page_urls(const PracticeSiteOptions& options) const {
    std::vector<std::string> urls;
    for (std::size_t i = 1; i <= options.pages; ++i)
        urls.push_back(fmt::format("{}/delay/{}/bytes/{}/page/{}", origin_, options.latency_ms,
                                   options.page_bytes, i));
    return urls;
}

}  // namespace common
