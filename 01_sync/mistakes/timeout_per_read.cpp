// A mistake, on purpose: the timeout is for one read, not for the page. A server that sends a byte
// now and then never lets a read wait that long, so the page may take as long as the server likes.
// Arguments: port and path of a practice site that runs with --plain.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: timeout_per_read PORT PATH\n");
        return 2;
    }
    const auto begin = std::chrono::steady_clock::now();
    const int connection = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[1])));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        std::perror("connect");
        return 1;
    }
    // The mistake: recv gives up after half a second (socket(7)), but each recv anew.
    const timeval timeout{.tv_sec = 0, .tv_usec = 500'000};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);

    const std::string request =
        std::string("GET ") + argv[2] + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    send(connection, request.data(), request.size(), MSG_NOSIGNAL);
    char buffer[4096];
    ssize_t received = 0;
    long reads = 0;
    while ((received = recv(connection, buffer, sizeof buffer, 0)) > 0)
        ++reads;
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    std::printf("timeout 0.5 s; the page took %.1f s in %ld reads\n", seconds.count(), reads);
    close(connection);
}
