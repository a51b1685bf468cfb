// Every fault, in every model, has the right outcome and costs no other page.
#include "faults/faults.hpp"

#include <doctest/doctest.h>

namespace {

void check_group(const char* group) {
    const faults::Sites sites;
    int cells = 0;
    for (const faults::Fault& fault : sites.faults()) {
        if (fault.group != group)
            continue;
        for (const faults::Program& program : faults::programs()) {
            CAPTURE(fault.name);
            CAPTURE(program.model);
            CHECK(faults::check(program, fault, sites) == "");
            ++cells;
        }
    }
    CHECK(cells > 0);
}

TEST_SUITE_BEGIN("faults");  // the label: ctest -L faults

TEST_CASE("faults before the request are told apart") {
    check_group("before the request");
}
TEST_CASE("faults in the header are told apart") {
    check_group("in the header");
}
TEST_CASE("faults in the body are told apart") {
    check_group("in the body");
}
TEST_CASE("what stands behind a response is not the next page's") {
    check_group("behind the response");
}
TEST_CASE("redirects are followed or refused") {
    check_group("redirects");
}
TEST_CASE("a status other than 2xx is no page") {
    check_group("status");
}

TEST_SUITE_END();

}  // namespace
