// Where requests for hold/NAME wait until somebody asks for /release/NAME.
#pragma once

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <string>

namespace practice_site {

// Not thread-safe: the site has one thread.
class Gates {
  public:
    // A timer that ends when the gate is released, or has ended if it was.
    using Gate = std::shared_ptr<asio::steady_timer>;

    explicit Gates(asio::io_context& event_loop) : event_loop_(event_loop) {}

    // Null: there are too many names.
    Gate find(const std::string& name);
    // Lets go all that wait, now and later. False: there are too many names.
    bool release(const std::string& name);
    // From now on every name is a closed gate. What waits goes on waiting.
    void close_all();

  private:
    asio::io_context& event_loop_;
    // Who waits holds its gate, too. So a release is never lost on it: a released gate stays
    // released, and close_all() only forgets it, so that the next request gets a new one.
    std::map<std::string, Gate> gates_;
};

}  // namespace practice_site
