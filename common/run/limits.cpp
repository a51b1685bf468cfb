#include "common/run/limits.hpp"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <limits>

namespace common {

std::size_t raise_open_file_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return std::numeric_limits<std::size_t>::max();
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

std::size_t processor_count() {
    cpu_set_t processors;
    CPU_ZERO(&processors);
    sched_getaffinity(0, sizeof processors, &processors);
    return static_cast<std::size_t>(std::max(CPU_COUNT(&processors), 1));
}

}  // namespace common
