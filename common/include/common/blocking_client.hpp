// The download helper of the chapters that block: 01, 02 and 03.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "common/result.hpp"

namespace common {

// Downloads pages one after another and keeps its connections for the next ones.
// Not thread-safe, since a connection carries one request at a time: each worker has its own.
class BlockingClient {
  public:
    // `worker` is noted in the times of each result.
    explicit BlockingClient(const Options& options, std::uint32_t worker = 0);
    ~BlockingClient();
    BlockingClient(BlockingClient&&) noexcept;

    // Blocks until the page has arrived, has failed or its deadline has passed. Follows
    // redirects. `index` is the page's place in the list. What a page does is the result, never an
    // exception; std::runtime_error only when OpenSSL cannot work (see tls_client_context).
    Result download(const std::string& url, std::size_t index);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace common
