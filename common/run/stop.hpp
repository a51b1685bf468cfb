// Ctrl-C, SIGTERM and a closed terminal as something that every wait can wait for.
#pragma once

namespace common {

// From now on the first of the stop_signals() asks everything to stop, and a second one ends the
// process at once; but not a SIGHUP, of which the kernel and the shell send one each. Call once,
// before any thread or process is made: both inherit it.
void install_stop_signals();

// True once a signal asked to stop. Thread-safe; a forked child sees what its parent sees.
bool stop_requested();

// A descriptor that becomes readable when stopping was asked for, for poll(2) and epoll(7); never
// read it. -1 before install_stop_signals().
int stop_descriptor();

// SIGINT, SIGTERM or SIGHUP; 0 while nobody asked.
int stop_signal();

}  // namespace common
