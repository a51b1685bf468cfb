// What a page of the practice site does is written in its URL, so that everybody can see it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace practice_site {

enum class End { close, reset, silence, keep };

// The path is a sequence of names, some followed by a value, in any order:
// /delay/100/bytes/16384/page/7 answers after 100 ms with 16384 bytes that are page 7's own.
struct Behaviour {
    std::string who;                     // who/NAME: whom to count it for; empty: nobody
    std::optional<std::uint64_t> first;  // first/N: the URL's faults are for its first N requests

    // How the answer is sent.
    std::string hold;             // hold/NAME: wait for /release/NAME; empty: don't
    unsigned delay_ms = 0;        // delay/MS: wait before answering
    unsigned drip_header_ms = 0;  // drip-header/MS: one byte of the header every MS
    unsigned drip_ms = 0;         // drip/MS: one byte of the body every MS
    bool silence = false;         // silence: never answer

    // The answer.
    unsigned status = 200;           // status/CODE
    std::uint64_t page = 0;          // page/N: which content
    std::uint64_t bytes = 1024;      // bytes/N: how much of it
    bool chunked = false;            // chunked: chunked transfer coding
    bool until_close = false;        // until-close: no length; the end of the connection ends it
    bool close = false;              // close: close the connection afterwards
    bool hang_up = false;            // hang-up: the same, without a word before
    bool endless = false;            // endless: a body that never ends
    std::uint64_t header_lines = 0;  // header-lines/N: so many fields more
    std::uint64_t header_bytes = 0;  // header-bytes/N: fields of so many bytes more
    std::optional<std::string> raw;  // raw/BYTES: exactly these (percent-encoded), and garbage
    End raw_end = End::close;  // then/close, then/reset, then/silence, then/keep: what follows them
    std::string more;          // more/BYTES: these, too, in a write of their own after the answer
    std::optional<std::string> location;  // redirect/N, redirect-loop, redirect-to/URL
    std::string after_redirects;          // redirect/N: the page at their end

    // How it is cut short.
    std::optional<std::uint64_t> truncate;  // truncate/N: close after N bytes of the body
    std::optional<std::uint64_t> reset;     // reset/N: reset the connection after N bytes
};

// Whether it may follow hold/ and who/: 1 to 12 of a-z, 0-9 and -.
bool is_name(std::string_view text);

// Of each kind: a name costs memory, and anybody may make one up.
constexpr std::size_t max_names = 200;

// nullopt for a target that names no behaviour: a 404.
std::optional<Behaviour> parse_behaviour(std::string_view target);

// The same content without anything that goes wrong: what the URL does once first/N is over.
Behaviour healthy(Behaviour faulty);

// The line that the page's content repeats, with its end.
std::string page_line(std::uint64_t page);

// The content of a page: the same for the same number and size, different for another number.
std::string page_content(std::uint64_t page, std::uint64_t bytes);

}  // namespace practice_site
