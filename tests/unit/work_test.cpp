// --work, by the CPU time of this thread.
#include "common/run/work.hpp"

#include <doctest/doctest.h>

#include <ctime>

namespace {

double cpu_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double seconds_for(unsigned mebibytes) {
    const double begin = cpu_seconds();
    common::compute(mebibytes);
    return cpu_seconds() - begin;
}

TEST_CASE("eight times the work takes many times as long") {
    CHECK(seconds_for(512) > 3 * seconds_for(64));
}

}  // namespace
