// What every checker is made of: cases that say in both languages what they found. Each case runs
// in a process of its own, which ./workshop/exercise starts and ends.
#pragma once

#include <fmt/format.h>
#include <sys/types.h>

#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace check {

// The same sentence in both languages; the compiler refuses one that lacks a value.
template <class... Values>
struct Sentence {
    fmt::format_string<Values...> english;
    fmt::format_string<Values...> portuguese;
};
template <class... Values>
using SentenceFor = Sentence<std::type_identity_t<Values>...>;

struct Texts {
    std::string english;
    std::string portuguese;
};

template <class... Values>
Texts texts_of(const Sentence<Values...>& sentence, const Values&... values) {
    return {fmt::format(fmt::runtime(sentence.english), values...),
            fmt::format(fmt::runtime(sentence.portuguese), values...)};
}

struct Case {
    const char* name;  // snake_case; what hints.json and "rejected by:" call it
    Sentence<> title;  // "each page is computed once"
    void (*prove)();   // returns when the solution is right
};

// The ends of a case beside its return. They end the process at once, without destructors: threads
// of the solution may run still. Safe to call from any thread. A process that the solution has
// forked may reject it as well: that ends the case.
[[noreturn]] void end_passed();
[[noreturn]] void end_rejected(const Texts& texts);
[[noreturn]] void end_uncheckable(const Texts& texts);

// What a passed case shows beside its title: "20000 of 20000".
void tell(const Texts& texts);
// What the case would be waiting for if it never returned.
void tell_waiting(const Texts& texts);

// Rejects the solution unless `holds`.
template <class... Values>
void require(bool holds, const SentenceFor<const Values&...>& why, const Values&... values) {
    if (!holds)
        end_rejected(texts_of<const Values&...>(why, values...));
}

template <class... Values>
void counted(const SentenceFor<const Values&...>& what, const Values&... values) {
    tell(texts_of<const Values&...>(what, values...));
}

// Before each wait that a wrong solution might never leave. The fuse reports it: "still waiting
// for ...": so the sentence goes on after that.
template <class... Values>
void waiting_for(const SentenceFor<const Values&...>& what, const Values&... values) {
    tell_waiting(texts_of<const Values&...>(what, values...));
}

// Of this process, now.
std::size_t open_descriptors();
std::size_t threads();
std::size_t children();  // zombies too

// Of any process, as proc(5) tells.
std::size_t children(pid_t process);
bool is_asleep(pid_t process);  // all its threads are, until an event

// main() of a checker: `--list` names the cases, `NAME` runs one.
int run(std::span<const Case> cases, int argc, char** argv);

}  // namespace check
