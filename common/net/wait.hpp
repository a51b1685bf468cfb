// The one way in which a program that blocks waits.
#pragma once

#include <poll.h>

#include "common/page/result.hpp"

namespace common {

// Blocks until the descriptor is ready or `until` has come (poll(2)); Ctrl-C ends it early. False
// when the descriptor is not ready. Thread-safe.
bool wait_for(pollfd watched, Clock::time_point until);

}  // namespace common
