// What the figures were measured on.
#pragma once

#include <string>

namespace benchmarks {

// "2 x Some Processor, Linux 6.1, g++ 12.2.0".
std::string describe_machine();

}  // namespace benchmarks
