// The four models, for the cases that are asked of each.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "01_sync/download_all.hpp"
#include "02_threads/download_all.hpp"
#include "03_multiprocess/download_all.hpp"
#include "04_async/download_all.hpp"
#include "support/programs.hpp"

namespace test_support {

// A test that uses only `program` need not link the models' libraries.
struct Sync {
    static constexpr common::DownloadAll* download_all = sync_model::download_all;
    static constexpr const char* const& program = programs::sync;
    static constexpr bool concurrent = false;
};
struct Threads {
    static constexpr common::DownloadAll* download_all = threads_model::download_all;
    static constexpr const char* const& program = programs::threads;
    static constexpr bool concurrent = true;
};
struct Multiprocess {
    static constexpr common::DownloadAll* download_all = multiprocess_model::download_all;
    static constexpr const char* const& program = programs::multiprocess;
    static constexpr bool concurrent = true;
};
struct Async {
    static constexpr common::DownloadAll* download_all = async_model::download_all;
    static constexpr const char* const& program = programs::async;
    static constexpr bool concurrent = true;
};

// A model's program with these arguments.
template <typename Model>
std::vector<std::string> command(const std::vector<std::string>& arguments) {
    std::vector<std::string> words = {Model::program};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return words;
}

}  // namespace test_support

// How CTest lists a case: one bad page does not spoil the others<02_threads>.
TYPE_TO_STRING_AS("01_sync", test_support::Sync);
TYPE_TO_STRING_AS("02_threads", test_support::Threads);
TYPE_TO_STRING_AS("03_multiprocess", test_support::Multiprocess);
TYPE_TO_STRING_AS("04_async", test_support::Async);

#define FOR_ALL_MODELS(sentence)                                                   \
    TEST_CASE_TEMPLATE(sentence, Model, test_support::Sync, test_support::Threads, \
                       test_support::Multiprocess, test_support::Async)
