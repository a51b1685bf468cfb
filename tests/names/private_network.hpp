// A network of this process's own, whose name server the test is.
#pragma once

namespace names {

// Moves this process into a network namespace with nothing but a loopback interface, and makes
// 127.0.0.1 its name server (resolv.conf(5)): also for the programs that it starts. False where
// that is not allowed (unshare(2)). Call before any thread is made; only the first call does
// anything.
bool enter_private_network();

}  // namespace names
