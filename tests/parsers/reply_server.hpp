// A server that says what it is told to, and nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "parsers/replies.hpp"

namespace parsers {

// Answers the request for /N with the bytes of reply N, any other with a small page, and closes the
// connection. One connection at a time, in a thread of its own, which ends with this object.
class ReplyServer {
  public:
    // The replies must outlive the server, whose thread reads them.
    explicit ReplyServer(const std::vector<Reply>& replies);
    ~ReplyServer();
    ReplyServer(const ReplyServer&) = delete;
    ReplyServer& operator=(const ReplyServer&) = delete;

    std::string origin() const;  // "http://127.0.0.1:45007"

  private:
    void serve() const;
    std::string reply_to(const std::string& request) const;

    const std::vector<Reply>& replies_;
    const int listener_;
    std::uint16_t port_ = 0;
    std::jthread thread_;
};

}  // namespace parsers
