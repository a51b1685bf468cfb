// Standard output and standard error: the only place that writes to them.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <exception>
#include <string_view>
#include <utility>

namespace common {

enum class StandardStream {
    output,  // every byte is checked; finish_output() tells
    errors,  // what cannot be told is not told
};

// Writes all of the text; waits where the descriptor is non-blocking. Returns 0, or the errno that
// ended it.
int write_all(int descriptor, std::string_view text) noexcept;

// Writes to the stream at once. Never throws: a full disk or a reader that is gone does not end the
// work. Not thread-safe for StandardStream::output.
void print(StandardStream stream, std::string_view text) noexcept;

// Says something on standard error, in one piece. Never throws. Thread-safe.
template <typename... Values>
void print_error(fmt::format_string<Values...> format, Values&&... values) noexcept {
    try {
        print(StandardStream::errors, fmt::format(format, std::forward<Values>(values)...));
    } catch (const std::exception&) {  // no memory for a message: not told
    }
}

// Writes to standard output. Not thread-safe.
template <typename... Values>
void print_output(fmt::format_string<Values...> format, Values&&... values) {
    print(StandardStream::output, fmt::format(format, std::forward<Values>(values)...));
}

// Throws std::system_error when anything of standard output could not be written, unless the reader
// of a pipe had closed it (`| head -1`). Not thread-safe.
void finish_output();

// The columns of the stream's terminal, 80 if it does not say; 0: it is no terminal.
std::size_t terminal_width(StandardStream stream);

// Whether the stream is a terminal that obeys escape sequences: TERM is set and not "dumb".
bool obeys_escape_sequences(StandardStream stream);

}  // namespace common
