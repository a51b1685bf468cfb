// What a download is asked for.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace common {

// What the command line decides for all models. A value; copied freely.
struct Options {
    std::size_t workers = 1;
    std::chrono::milliseconds timeout{30'000};  // for one whole page, redirects included
    std::uint64_t max_bytes = std::uint64_t{64} << 20U;
    std::string ca_file = {};         // PEM; empty: the system's certificates
    std::string save_directory = {};  // existing directory; empty: pages are not written
    unsigned work_mib = 0;            // MiB to hash after each download: CPU-bound work

    static constexpr int max_redirects = 10;
};

}  // namespace common
