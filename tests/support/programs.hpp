// Where the programs are that tests run.
#pragma once

namespace test_support::programs {

extern const char* const sync;
extern const char* const threads;
extern const char* const multiprocess;
extern const char* const async;
extern const char* const compare;
extern const char* const scale;
extern const char* const practice_site;

}  // namespace test_support::programs
