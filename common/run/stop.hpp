// Ctrl-C and SIGTERM as something that every wait can wait for.
#pragma once

namespace common {

// From now on the first SIGINT or SIGTERM asks everything to stop, and a second one ends the
// process at once. Call once, before any thread or process is made: both inherit it. Also ignores
// SIGPIPE and SIGXFSZ: writing to a closed connection, or more than ulimit -f allows, is an error
// that the call returns.
void install_stop_signals();

// True once a signal asked to stop. Thread-safe; a forked child sees what its parent sees.
bool stop_requested();

// A descriptor that becomes readable when stopping was asked for, for poll(2) and epoll(7); never
// read it. -1 before install_stop_signals().
int stop_descriptor();

// SIGINT or SIGTERM; 0 while nobody asked.
int stop_signal();

}  // namespace common
