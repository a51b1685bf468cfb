#include "common/run/output.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace common {
namespace {

int descriptor_of(StandardStream stream) {
    return stream == StandardStream::output ? STDOUT_FILENO : STDERR_FILENO;
}

// The first errno of standard output. Its users hold a lock or are the only thread.
int output_error = 0;

}  // namespace

// Who made a pipe non-blocking may be somebody else: the flag belongs to the open file, which all
// that have inherited it share (fcntl(2), F_SETFL).
int write_all(int descriptor, std::string_view text) noexcept {
    while (!text.empty()) {
        const ssize_t size = write(descriptor, text.data(), text.size());
        if (size >= 0) {
            text.remove_prefix(static_cast<std::size_t>(size));
        } else if (errno == EAGAIN) {
            pollfd ready{descriptor, POLLOUT, 0};
            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

void print(StandardStream stream, std::string_view text) noexcept {
    if (stream == StandardStream::errors)
        write_all(STDERR_FILENO, text);
    else if (output_error == 0)  // what follows a gap would be read as if nothing were missing
        output_error = write_all(STDOUT_FILENO, text);
}

void finish_output() {
    if (output_error != 0 && output_error != EPIPE)
        throw std::system_error(output_error, std::generic_category(),
                                "cannot write to standard output");
}

std::size_t terminal_width(StandardStream stream) {
    winsize size{};
    if (isatty(descriptor_of(stream)) == 0)
        return 0;
    return ioctl(descriptor_of(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
                                                                                   : 80;
}

bool obeys_escape_sequences(StandardStream stream) {
    const char* name = std::getenv("TERM");
    const std::string_view terminal = name ? name : "";
    return isatty(descriptor_of(stream)) != 0 && !terminal.empty() && terminal != "dumb";
}

}  // namespace common
