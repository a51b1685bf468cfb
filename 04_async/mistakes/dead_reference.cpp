// A mistake, on purpose: a coroutine takes its argument by reference and outlives it. co_spawn
// returns before the coroutine has run; by then the string that the reference names is gone.
// Without AddressSanitizer this prints whatever lies there now, and ends with 0 as if all were
// well.
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>
#include <cstdio>
#include <string>

namespace {

// The mistake is the &: the coroutine frame then holds an address; std::string would be a copy.
asio::awaitable<void> download(const std::string& url) {
    co_await asio::post(asio::use_awaitable);
    std::printf("downloading %s\n", url.c_str());
}

void start(asio::io_context& context) {
    const std::string url = "https://127.0.0.1/a/page/with/a/long/name";
    asio::co_spawn(context, download(url), asio::detached);
}  // url ends here, the coroutine has not begun

}  // namespace

int main() {
    asio::io_context context;
    start(context);
    context.run();
}
