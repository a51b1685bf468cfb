#include "repository.hpp"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <sstream>

#include "support/processes.hpp"

namespace documentation {
namespace {

std::vector<std::string> files_not_built(const std::filesystem::path& root) {
    std::vector<std::string> paths;
    using Entries = std::filesystem::recursive_directory_iterator;
    for (Entries entry(root); entry != Entries(); ++entry) {
        const std::string path = entry->path().lexically_relative(root).string();
        if (path == "build" || path == ".git")
            entry.disable_recursion_pending();
        else if (entry->is_regular_file())
            paths.push_back(path);
    }
    return paths;
}

}  // namespace

std::vector<std::string> files_of(const std::string& root) {
    // Through env(1), which exits with 127 when there is no git. Above an archive that was unpacked
    // in somebody's repository git would find that one.
    const test_support::Finished list =
        test_support::run({"env", "git", "-C", root, "ls-files", "-z"});
    if (!std::filesystem::exists(root + "/.git") || list.exit_status != 0)
        return files_not_built(root);
    std::vector<std::string> paths;
    std::istringstream names(list.output);
    for (std::string path; std::getline(names, path, '\0');)
        if (std::filesystem::exists(root + "/" + path))  // not deleted since the last commit
            paths.push_back(path);
    return paths;
}

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
