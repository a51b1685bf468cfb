// The download helper of the chapters that block: 01, 02 and 03.
#pragma once

#include <poll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "common/net/blocking_stream.hpp"
#include "common/net/kept_connections.hpp"
#include "common/page/options.hpp"
#include "common/page/page_download.hpp"
#include "common/page/result.hpp"

namespace common {

// Downloads pages one after another and keeps its connections for the next ones.
// Not thread-safe, since a connection carries one request at a time: each worker has its own.
class BlockingClient {
  public:
    // `options` outlives the client; `worker` is noted in the times of each result.
    explicit BlockingClient(const Options& options, std::uint32_t worker = 0);

    // Blocks until the page has arrived, has failed or its deadline has passed. Follows
    // redirects. `index`: of the page in the list. Whatever happens is the result: an exception
    // costs the page, and does not leave.
    Result download(const std::string& url, std::size_t index);

  private:
    using Connection = std::unique_ptr<BlockingStream>;

    void fetch(PageDownload& page);
    void exchange(BlockingStream& connection, bool kept, const Url& url, PageDownload& page);
    Connection open(const Url& url, PageDownload& page);
    Descriptor connect(const Url& url, PageDownload& page);
    bool wait(pollfd watched, Clock::time_point until = Clock::time_point::max());
    bool interrupted() const;

    const Options& options_;
    const Timestamps own_times_;    // what is the same for all pages: the worker and its ids
    Clock::time_point deadline_{};  // of the page under way
    KeptConnections<BlockingStream> kept_;
    std::array<char, 16 * 1024> read_buffer_;
};

}  // namespace common
