#include "common/net/wait.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "common/run/stop.hpp"

namespace common {
namespace {

// For poll(2), rounded up so that it does not return just before the time.
int milliseconds_until(Clock::time_point time) {
    constexpr std::chrono::milliseconds most(1'000'000'000);
    const auto left = std::min<Clock::duration>(time - Clock::now(), most);
    const auto rounded_up = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return static_cast<int>(std::max<std::int64_t>(rounded_up, 0));
}

}  // namespace

bool wait_for(pollfd watched, Clock::time_point until) {
    while (!stop_requested()) {
        std::array<pollfd, 2> both{watched, {stop_descriptor(), POLLIN, 0}};
        poll(both.data(), both.size(), milliseconds_until(until));
        if (both[0].revents != 0)
            return true;
        if (Clock::now() >= until)
            return false;
    }
    return false;
}

}  // namespace common
