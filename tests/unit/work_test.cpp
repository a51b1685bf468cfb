// --work, by the CPU time of this thread.
#include "common/run/work.hpp"

#include <doctest/doctest.h>

#include <ctime>
#include <string>

#include "common/page/page_writer.hpp"

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

// No limit of what may take how long, but a comparison: without the function there is no other
// sign.
TEST_CASE("a mebibyte of work is a mebibyte that is hashed") {
    const std::string bytes(std::size_t{64} << 20U, 'y');
    const double begin = cpu_seconds();
    common::PageWriter({}, 0, "").write(bytes);
    const double same = cpu_seconds() - begin;
    const double work = seconds_for(64);
    CHECK(work > same / 4);
    CHECK(work < same * 4);
    CHECK(seconds_for(0) < same / 4);
}

TEST_CASE("eight times the work takes many times as long") {
    CHECK(seconds_for(512) > 3 * seconds_for(64));
}

}  // namespace
