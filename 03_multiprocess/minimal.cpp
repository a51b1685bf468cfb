// Several processes share nothing: each downloads its part of the list and sends what came back
// through a pipe.
#include <httplib.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

struct Result {
    int page;
    int status;
    std::size_t bytes;
    httplib::Error error;
};

Result download(httplib::Client& client, int page) {
    const auto response = client.Get("/delay/100/bytes/16384/page/" + std::to_string(page));
    if (response)
        return {page, response->status, response->body.size(), response.error()};
    return {page, 0, 0, response.error()};
}

void print(const Result& result) {
    if (result.error == httplib::Error::Success)
        std::printf("page %d: %d, %zu bytes\n", result.page, result.status, result.bytes);
    else
        std::printf("page %d: %s\n", result.page, httplib::to_string(result.error).c_str());
}

int main(int argc, char** argv) {
    const std::string site = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
    const int pages = argc > 2 ? std::atoi(argv[2]) : 50;
    const int workers = argc > 3 ? std::atoi(argv[3]) : get_nprocs();
    const auto start = std::chrono::steady_clock::now();

    int ends[2];  // of the pipe: the first is read from, the second is written to
    if (pipe(ends) != 0)
        return 1;
    for (int worker = 0; worker < workers; ++worker)
        if (fork() == 0) {  // 0: this is the new process, a copy of the one that called fork
            httplib::Client client(site);
            client.set_keep_alive(true);
            for (int page = 1 + worker; page <= pages; page += workers) {
                const Result result = download(client, page);
                if (write(ends[1], &result, sizeof result) != sizeof result)  // small: never split
                    break;
            }
            _exit(0);
        }
    close(ends[1]);  // read returns 0 when nobody has this end open any more
    Result result;
    while (read(ends[0], &result, sizeof result) == sizeof result)
        print(result);
    for (int worker = 0; worker < workers; ++worker)
        waitpid(-1, nullptr, 0);  // a process that nobody waits for stays behind as a zombie

    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::printf("%.2f s\n", seconds.count());
}

// Left out on purpose: what chapter 01 leaves out; a fork that fails; a worker that dies, whose
// pages are missing and nobody says so; more pages for a worker that is done early.
// download_all.cpp has them.
