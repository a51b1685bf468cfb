// Starts and ends the practice site, which is its own process.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

namespace common {

struct PracticeSiteOptions {
    std::size_t pages = 50;
    unsigned latency_ms = 100;
    std::size_t page_bytes = 16384;
    bool plain = false;  // http instead of https
};

// A running practice site; the destructor ends it and waits for it.
// Not thread-safe. Make it before any thread: the child is made with posix_spawn(3).
class PracticeSite {
  public:
    // Throws std::runtime_error when the site does not come up.
    explicit PracticeSite(const std::vector<std::string>& arguments = {});
    ~PracticeSite();
    PracticeSite(const PracticeSite&) = delete;
    PracticeSite& operator=(const PracticeSite&) = delete;

    const std::string& origin() const { return origin_; }    // "https://127.0.0.1:40123"
    const std::string& ca_file() const { return ca_file_; }  // "" with --plain

    // URLs of `options.pages` different pages with that latency and size.
    std::vector<std::string> page_urls(const PracticeSiteOptions& options) const;

    // The body of what the site answers, for its "/stats", "/stats/reset" and "/log". Opens a
    // connection of its own, which the site counts. Throws std::runtime_error when it does not
    // answer.
    std::string get(const std::string& path) const;

  private:
    pid_t child_ = -1;
    int standard_input_ = -1;  // the site ends when this closes
    std::string origin_;
    std::string ca_file_;
};

}  // namespace common
