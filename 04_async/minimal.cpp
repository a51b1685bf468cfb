// Many coroutines in one thread: where one waits (co_await), the event loop lets another go on.
#include <asio.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

using asio::use_awaitable;
using asio::ip::tcp;

// One GET of HTTP/1.1 on a connection that stays open for the next.
asio::awaitable<void> download(tcp::socket& socket, const std::string& host, int page) {
    const std::string request = "GET /delay/100/bytes/16384/page/" + std::to_string(page) +
                                " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    co_await asio::async_write(socket, asio::buffer(request), use_awaitable);

    std::string response;
    const auto buffer = asio::dynamic_buffer(response);
    const std::size_t head =
        co_await asio::async_read_until(socket, buffer, "\r\n\r\n", use_awaitable);
    const int status = std::stoi(response.substr(9));  // after "HTTP/1.1 "
    const std::size_t bytes = std::stoul(response.substr(response.find("Content-Length: ") + 16));
    const std::size_t rest = head + bytes - response.size();
    co_await asio::async_read(socket, buffer, asio::transfer_exactly(rest), use_awaitable);
    std::printf("page %d: %d, %zu bytes\n", page, status, bytes);
}

// All coroutines run in one thread, and never between two co_await of another: an int is enough.
asio::awaitable<void> download_pages(tcp::resolver::results_type addresses, std::string host,
                                     int& next_page, int pages) {
    tcp::socket socket(co_await asio::this_coro::executor);
    co_await asio::async_connect(socket, addresses, use_awaitable);
    while (next_page <= pages)
        co_await download(socket, host, next_page++);
}

int main(int argc, char** argv) {
    const std::string site = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
    const int pages = argc > 2 ? std::atoi(argv[2]) : 50;
    const int workers = argc > 3 ? std::atoi(argv[3]) : 50;
    const auto start = std::chrono::steady_clock::now();

    const std::string host = site.substr(7);  // after "http://"
    const std::size_t colon = host.find(':');
    asio::io_context context;
    const auto addresses =
        tcp::resolver(context).resolve(host.substr(0, colon), host.substr(colon + 1));
    int next_page = 1;
    for (int worker = 0; worker < workers; ++worker)
        asio::co_spawn(context, download_pages(addresses, host, next_page, pages),
                       [](const std::exception_ptr& error) {  // when the coroutine has ended
                           if (error)
                               std::rethrow_exception(error);
                       });
    context.run();  // the event loop; returns when the last coroutine has ended

    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::printf("%.2f s\n", seconds.count());
}

// Left out on purpose: https, chunked bodies, redirects and whatever else a server may answer; a
// deadline for each wait; Ctrl-C; and the first failure ends the program. async_client.cpp and
// download_all.cpp have all that.
