#include "common/run/url_list.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "common/page/text.hpp"
#include "common/run/stop.hpp"

namespace common {
namespace {

// Some millions of URLs. What has no end (/dev/zero, a pipe) must not take all the memory.
constexpr std::size_t max_list_bytes = std::size_t{256} << 20U;

// False when a signal asks to stop: read(2) would go on waiting for a terminal or a pipe.
bool wait_for_bytes(int file) {
    std::array<pollfd, 2> watched{{{file, POLLIN, 0}, {stop_descriptor(), POLLIN, 0}}};
    while (!stop_requested())
        if (poll(watched.data(), watched.size(), -1) > 0 && watched[0].revents != 0)
            return true;
    return false;
}

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view white_space = " \t\r";

// A '#' within a URL begins its fragment; only one after white space is a comment.
std::string_view without_comment(std::string_view line) {
    if (line.starts_with(byte_order_mark))
        line.remove_prefix(byte_order_mark.size());
    std::size_t hash = line.find('#');
    while (hash != 0 && hash != std::string_view::npos &&
           white_space.find(line[hash - 1]) == std::string_view::npos)
        hash = line.find('#', hash + 1);
    return line.substr(0, hash);
}

}  // namespace

std::vector<std::string> urls_in(std::string_view text) {
    std::vector<std::string> urls;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view url = trimmed(without_comment(text.substr(0, end)), white_space);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!url.empty())
            urls.emplace_back(url);
    }
    return urls;
}

bool has_inner_byte_order_mark(std::string_view text) {
    return text.find(byte_order_mark, 1) != std::string_view::npos;
}

std::string read_file(const std::string& path) {
    const auto fail = [&] {
        throw std::system_error(errno, std::generic_category(),
                                fmt::format("cannot read '{}'", path));
    };
    const bool standard_input = path == "-";
    const int file = standard_input ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        fail();

    std::string text;
    std::array<char, 64 * 1024> buffer;
    ssize_t size = 0;
    while (text.size() <= max_list_bytes && wait_for_bytes(file) &&
           (size = read(file, buffer.data(), buffer.size())) > 0)
        text.append(buffer.data(), static_cast<std::size_t>(size));
    const int error = text.size() > max_list_bytes ? EFBIG : errno;
    if (!standard_input)
        close(file);
    errno = error;
    if (size < 0 || text.size() > max_list_bytes)
        fail();
    return text;
}

}  // namespace common
