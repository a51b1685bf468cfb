// A mistake, on purpose: the parent does not wait for its child. The child has ended, but its entry
// in the process table stays until the parent asks for its exit status (waitpid(2)): a zombie.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

namespace {

// "Z (zombie)", from /proc (proc(5)); "gone" for no such process.
std::string state_of(pid_t process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("State:"))
            return line.substr(7);
    return "gone";
}

}  // namespace

int main() {
    const pid_t child = fork();
    if (child == 0)
        _exit(0);
    usleep(100'000);  // long enough for the child to end
    std::printf("child that nobody waited for: %s\n", state_of(child).c_str());
    waitpid(child, nullptr, 0);
    std::printf("child after waitpid: %s\n", state_of(child).c_str());
}
