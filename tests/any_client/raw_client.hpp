// The simplest client: bytes out, bytes in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/net/descriptor.hpp"
#include "common/practice_site/practice_site_process.hpp"

namespace any_client {

// A connection to a site that speaks plain http. Everything here throws std::system_error, also
// when nothing comes for 20 s, and when the connection is reset.
class RawClient {
  public:
    explicit RawClient(const common::PracticeSite& site);

    void send(std::string_view bytes) const;
    // As many of them as the kernel takes without waiting.
    void send_what_fits(std::string_view bytes) const;
    // No more will be sent; what comes can still be read.
    void end_output() const;
    // Up to the end of the connection.
    std::string read_to_end() const;
    // One header and a body of `body` bytes.
    std::string read_response(std::size_t body) const;

    // From now on the kernel acknowledges what comes some 40 ms late (TCP_QUICKACK in tcp(7)).
    void acknowledge_late() const;
    // How many segments with data have come.
    std::uint32_t count_segments() const;

  private:
    std::string read_some(std::size_t most) const;

    common::Descriptor socket_;
};

// What comes for the request until the connection ends.
std::string answer_to(const common::PracticeSite& site, std::string_view request);

// A request of HTTP/1.1; `more` are whole lines of its header.
std::string get(const std::string& target, const std::string& more = "");
// The same, and the connection ends with the answer.
std::string closing(const std::string& target);

// A response up to its empty line, and what comes after it.
std::string header_of(const std::string& response);
std::string body_of(const std::string& response);

}  // namespace any_client
