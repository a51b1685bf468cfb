#include "common/run/run_chapter.hpp"
#include "download_all.hpp"

int main(int argc, char** argv) {
    return common::run_chapter(argc, argv,
                               {.model = "sync",
                                .default_workers = std::nullopt,
                                .download_all = sync_model::download_all});
}
