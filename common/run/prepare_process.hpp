// What a program inherits from whoever started it, made the same for every program here.
#pragma once

#include <vector>

namespace common {

// Call first in main(), before anything is opened.
//
// A standard stream that was closed is open afterwards, so that no socket or file can become
// descriptor 0, 1 or 2 and receive what is meant for a person. It is /dev/null opened for reading
// alone: reading is at the end of the file, and writing fails as it did before (EBADF), so that
// output that nobody can have is still an error.
//
// Writing to a closed connection (SIGPIPE) and more than `ulimit -f` allows (SIGXFSZ) are error
// codes and no longer end the process. An ignored SIGCHLD is not: the kernel would reap children
// itself, and nobody would learn how they ended or what they cost (wait(2), NOTES).
void prepare_process();

// SIGINT, SIGTERM and SIGHUP, without those that the parent ignores (`program &` in a script,
// nohup(1)): they stay ignored.
std::vector<int> stop_signals();

}  // namespace common
