#include "common/run/own_folder.hpp"

#include <filesystem>

namespace common {

std::string beside_this_program(std::string_view relative) {
    // proc(5). Once: within a chroot(2), who leaves the mount namespace sees another path.
    static const auto program = std::filesystem::read_symlink("/proc/self/exe");
    return (program.parent_path() / relative).lexically_normal();
}

}  // namespace common
