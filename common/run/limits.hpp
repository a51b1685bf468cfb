// What the operating system allows this process.
#pragma once

#include <cstddef>

namespace common {

// Each connection is an open file, and the usual limit is 1024: raises the limit to its maximum
// (getrlimit(2)), and says how many that is.
std::size_t raise_open_file_limit();

// Processors that this process may use (sched_getaffinity(2)), at least 1.
std::size_t processor_count();

}  // namespace common
