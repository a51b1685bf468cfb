// Reads the head of an HTTP/1.1 response, line by line (RFC 9112). Knows nothing of sockets: both
// clients read heads alike because both ask here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/page/http_rules.hpp"

namespace common {

// Not thread-safe. One response; for the next one make another. Interim responses (1xx) before it
// are passed over (RFC 9110, 15.2).
class HeadReader {
  public:
    enum class State {
        incomplete,  // more lines
        complete,
        broken,  // not HTTP/1.1: see error()
    };

    // The next line, without its end.
    State take_line(std::string_view line);

    const std::string& error() const { return error_; }
    bool at_status_line() const { return at_status_line_; }

    // Of a complete head.
    int status() const { return status_; }
    const std::string& location() const { return location_; }  // of a redirect; as it came
    const BodyFraming& framing() const { return framing_; }
    // Whether the connection may carry another request after the body (RFC 9112, 9.3).
    bool keep_alive() const { return keep_alive_; }

  private:
    State read_status_line(std::string_view line);
    State read_field(std::string_view line);
    void take_field();
    State end_of_fields();
    State fail(std::string error);

    bool at_status_line_ = true;
    std::string error_;
    int status_ = 0;
    bool keep_alive_ = false;
    std::string location_;
    BodyFraming framing_;
    std::string name_;   // of the field that the next line may go on with; empty: none
    std::string value_;  // of the same
    std::vector<std::string> content_lengths_;
    std::vector<std::string> codings_;
};

}  // namespace common
