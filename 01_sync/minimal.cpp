// One page after another: the program waits for an answer before it asks for the next page.
#include <httplib.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

void download(httplib::Client& client, int page) {
    const auto response = client.Get("/delay/100/bytes/16384/page/" + std::to_string(page));
    if (response)
        std::printf("page %d: %d, %zu bytes\n", page, response->status, response->body.size());
    else
        std::printf("page %d: %s\n", page, httplib::to_string(response.error()).c_str());
}

int main(int argc, char** argv) {
    const std::string site = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
    const int pages = argc > 2 ? std::atoi(argv[2]) : 50;
    const auto start = std::chrono::steady_clock::now();

    httplib::Client client(site);
    client.set_keep_alive(true);
    for (int page = 1; page <= pages; ++page)
        download(client, page);

    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::printf("%.2f s\n", seconds.count());
}

// Left out on purpose: a deadline for a whole page (httplib has one for each read), redirects, a
// limit for the size of a page, Ctrl-C with a report of what arrived, and an exit status that tells
// whether every page arrived. download_all.cpp has them.
