#include "repository.hpp"

#include <algorithm>
#include <filesystem>
#include <regex>

#include "support/processes.hpp"

namespace documentation {

std::vector<std::string> readmes() {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(TUTORIAL_ROOT))
        if (entry.is_directory() && std::filesystem::exists(entry.path() / "README.md"))
            paths.push_back(entry.path().filename().string() + "/README.md");
    std::sort(paths.begin(), paths.end());
    paths.insert(paths.begin(), "README.md");
    return paths;
}

std::vector<std::string> chapter_readmes() {
    std::vector<std::string> paths = readmes();
    const std::regex chapter("[0-9][0-9]_[a-z]+/README.md");
    std::erase_if(paths, [&](const auto& path) { return !std::regex_match(path, chapter); });
    return paths;
}

std::string from_root(const std::string& path) {
    return std::string(TUTORIAL_ROOT) + "/" + path;
}

std::string read(const std::string& path) {
    return test_support::read_text(from_root(path));
}

std::string folder_of(const std::string& path) {
    return std::filesystem::path(path).parent_path().string();
}

}  // namespace documentation
