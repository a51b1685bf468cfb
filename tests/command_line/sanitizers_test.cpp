// A clean run under a sanitizer proves nothing when the sanitizer is not there.
#include <doctest/doctest.h>

#include <string>

#include "support/processes.hpp"
#include "support/programs.hpp"

namespace {

namespace programs = test_support::programs;

TEST_CASE("every program has the sanitizers compiled in that were asked for") {
    const std::string asked_for = TUTORIAL_SANITIZE;
    for (const char* program : {programs::sync, programs::threads, programs::multiprocess,
                                programs::async, programs::practice_site}) {
        CAPTURE(program);
        // A call that the compiler put into the code stands in the symbol table by its name.
        const std::string binary = test_support::read_text(program);
        const auto has_if_asked_for = [&](const char* sanitizer, const char* symbol) {
            return asked_for.find(sanitizer) == std::string::npos ||
                   binary.find(symbol) != std::string::npos;
        };
        CHECK(has_if_asked_for("thread", "__tsan_func_entry"));
        CHECK(has_if_asked_for("address", "__asan_report_load8"));
        CHECK(has_if_asked_for("undefined", "__ubsan_handle_"));
    }
}

}  // namespace
