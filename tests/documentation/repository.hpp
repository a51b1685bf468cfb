// The pages that are checked, as paths from the root of the repository.
#pragma once

#include <string>
#include <vector>

namespace documentation {

// The root's, and one for each folder that has one: "README.md", "01_sync/README.md", ...
std::vector<std::string> readmes();
std::vector<std::string> chapter_readmes();  // of folders NN_word only

// The paths of a repository's files, from its root: those that git knows and that exist. Where git
// has no answer, as in a downloaded archive, all but those that a build made.
std::vector<std::string> files_of(const std::string& root);

// The absolute path of a path from the root.
std::string from_root(const std::string& path);
std::string read(const std::string& path);

// "01_sync" of "01_sync/README.md", "" of "README.md".
std::string folder_of(const std::string& path);

}  // namespace documentation
