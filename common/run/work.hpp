// CPU-bound work after a download, for --work.
#pragma once

namespace common {

// Hashes `mebibytes` MiB: keeps one core busy and touches nothing else. Ends early when stopping
// was asked for. Thread-safe.
void compute(unsigned mebibytes);

}  // namespace common
