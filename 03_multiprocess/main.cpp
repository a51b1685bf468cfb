#include "common/run/run_chapter.hpp"
#include "download_all.hpp"

int main(int argc, char** argv) {
    return common::run_chapter(argc, argv,
                               {.model = "multiprocess",
                                .default_workers = common::processor_count(),
                                .download_all = multiprocess_model::download_all});
}
