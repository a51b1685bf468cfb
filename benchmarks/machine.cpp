#include "machine.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <fstream>

#include "common/run/run_chapter.hpp"

namespace benchmarks {
namespace {

std::string processor_name() {
    std::ifstream information("/proc/cpuinfo");
    for (std::string line; std::getline(information, line);)
        if (line.starts_with("model name"))
            return line.substr(line.find(':') + 2);
    return "unknown processor";
}

std::string compiler_name() {
#ifdef __clang__
    return fmt::format("clang++ {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
    return fmt::format("g++ {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

}  // namespace

std::string describe_machine() {
    utsname system{};
    uname(&system);
    const std::string release = system.release;
    return fmt::format("{} x {}, Linux {}, {}", common::processor_count(), processor_name(),
                       release.substr(0, release.find('-')), compiler_name());
}

}  // namespace benchmarks
