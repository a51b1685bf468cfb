#include "common/run/run_chapter.hpp"
#include "download_all.hpp"

int main(int argc, char** argv) {
    return common::run_chapter(
        argc, argv,
        {.model = "async", .default_workers = 100, .download_all = async_model::download_all});
}
