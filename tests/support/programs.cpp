// The only file that depends on where the build folder is: a compiler cache has the others for
// every folder.
#include "support/programs.hpp"

namespace test_support::programs {

const char* const sync = TUTORIAL_SYNC;
const char* const threads = TUTORIAL_THREADS;
const char* const multiprocess = TUTORIAL_MULTIPROCESS;
const char* const async = TUTORIAL_ASYNC;
const char* const compare = TUTORIAL_COMPARE;
const char* const scale = TUTORIAL_SCALE;
const char* const practice_site = TUTORIAL_PRACTICE_SITE;

}  // namespace test_support::programs
