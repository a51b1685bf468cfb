#include "common/run/own_folder.hpp"

#include <filesystem>

namespace common {

std::string beside_this_program(std::string_view relative) {
    const auto program = std::filesystem::read_symlink("/proc/self/exe");  // proc(5)
    return (program.parent_path() / relative).lexically_normal();
}

}  // namespace common
