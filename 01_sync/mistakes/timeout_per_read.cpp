// A mistake, on purpose: the timeout is for one read, not for the page. A server that sends a byte
// now and then never lets a read wait that long, so the page may take as long as the server likes.
// Arguments: port and path of a practice site that runs with --plain.
#include <httplib.h>

#include <chrono>
#include <cstdio>
#include <string>

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: timeout_per_read PORT PATH\n");
        return 2;
    }
    const auto begin = std::chrono::steady_clock::now();
    httplib::Client client(std::string("http://127.0.0.1:") + argv[1]);
    // The mistake: reading gives up after half a second, but each read begins a new half.
    client.set_read_timeout(std::chrono::milliseconds(500));
    const auto page = client.Get(argv[2]);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    if (!page) {
        std::fprintf(stderr, "no page: %s\n", httplib::to_string(page.error()).c_str());
        return 1;
    }
    std::printf("timeout 0.5 s; the page took %.1f s\n", seconds.count());
}
