#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "common/run/prepare_process.hpp"
#include "common/run/stop.hpp"

int main(int argc, char** argv) {
    common::prepare_process();
    common::install_stop_signals();  // as every chapter's main() does
    return doctest::Context(argc, argv).run();
}
