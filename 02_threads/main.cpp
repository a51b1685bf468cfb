#include "common/run/run_chapter.hpp"
#include "download_all.hpp"

int main(int argc, char** argv) {
    return common::run_chapter(
        argc, argv,
        {.model = "threads", .default_workers = 5, .download_all = threads_model::download_all});
}
