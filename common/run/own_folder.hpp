// Where the programs that belong together lie.
#pragma once

#include <string>
#include <string_view>

namespace common {

// `relative`, from the folder of the program that runs: a build folder that was moved or copied
// works as before. Throws std::filesystem::filesystem_error without /proc.
std::string beside_this_program(std::string_view relative);

}  // namespace common
