// A name server that knows five names, and never answers for one of them.
#pragma once

#include <atomic>
#include <thread>

namespace names {

// Port 53 of 127.0.0.1 (RFC 1035). fine.test and localhost are 127.0.0.1; twin.test is ::1 and
// 127.0.0.1, and pair.test 127.0.0.1 and 127.0.0.2; late.test has no address when it is first
// asked for, and afterwards 127.0.0.1; whatever begins with "dead" gets no answer. In
// a thread, which ends with this object.
class NameServer {
  public:
    // Throws std::system_error when the port is taken.
    NameServer();
    ~NameServer();
    NameServer(const NameServer&) = delete;
    NameServer& operator=(const NameServer&) = delete;

    // Questions that got no answer.
    int dead_questions() const { return dead_questions_; }

  private:
    void serve();

    const int socket_;
    std::atomic<int> dead_questions_ = 0;
    int late_questions_ = 0;  // of the thread
    std::jthread thread_;
};

}  // namespace names
