#include "common/run/prepare_process.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>

namespace common {

void prepare_process() {
    // open(2) takes the lowest number that is free. Not close-on-exec: children inherit them too.
    int opened = STDIN_FILENO;
    while (opened >= 0 && opened <= STDERR_FILENO)
        opened = open("/dev/null", O_RDONLY);
    if (opened > STDERR_FILENO)
        close(opened);

    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    std::signal(SIGCHLD, SIG_DFL);
}

std::vector<int> stop_signals() {
    std::vector<int> heard;
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction inherited {};
        sigaction(number, nullptr, &inherited);
        if (inherited.sa_handler != SIG_IGN)
            heard.push_back(number);
    }
    return heard;
}

}  // namespace common
