// What cpp-httplib sees of a response: not the bytes as they came, but as RFC 9112 has them.
#pragma once

#include <httplib.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "blocking_connection.hpp"
#include "common/head_reader.hpp"

namespace common {

// cpp-httplib passes over the lines that it cannot read, and with them over where the body ends;
// it takes "5g" for the size of a chunk, refuses trailers and lines that end in LF alone, and
// overflows the stack on a long status line. So it gets the lines of a response from here, read
// and written anew: the status, where the body ends, the sizes of chunks. Bodies pass unchanged.
// Not thread-safe. For one request and its response.
class HttpStream final : public httplib::Stream {
  public:
    explicit HttpStream(BlockingConnection& connection) : connection_(connection) {}

    // As BlockingConnection's; also -1 for what is no HTTP: see error().
    ssize_t read(char* buffer, std::size_t size);
    ssize_t write(const char* bytes, std::size_t size) { return connection_.write(bytes, size); }

    const HeadReader& head() const { return head_; }
    bool head_complete() const { return part_ != Part::head; }
    const std::string& error() const { return error_; }

    // What cpp-httplib's versions ask of a stream differs, so nothing here says "override".
    bool is_readable() const { return true; }
    bool is_writable() const { return true; }
    bool wait_readable() const { return true; }
    bool wait_writable() const { return true; }
    bool is_peer_alive() const { return true; }
    time_t duration() const { return 0; }
    void get_remote_ip_and_port(std::string&, int&) const {}
    void get_local_ip_and_port(std::string&, int&) const {}
    socket_t socket() const { return INVALID_SOCKET; }

  private:
    enum class Part {
        head,
        body,  // of known length, or until the connection ends: cpp-httplib counts
        chunk_size,
        chunk,
        chunk_end,  // the line end after a chunk
    };

    ssize_t next_lines();
    ssize_t read_line();
    ssize_t read_head();
    ssize_t read_chunk_size();
    ssize_t read_trailers();
    ssize_t read_chunk_end();
    std::string head_for_library() const;
    ssize_t fail(std::string error);

    BlockingConnection& connection_;
    Part part_ = Part::head;
    HeadReader head_;
    std::string error_;
    std::string line_;        // the line that came last, without its end
    bool crlf_ = false;       // how that line ended: with CR LF, or with LF alone
    bool size_crlf_ = false;  // the same of the last chunk's size
    std::size_t header_bytes_ = 0;
    std::uint64_t missing_ = 0;  // of the chunk
    std::string lines_;          // written anew, for cpp-httplib to read
    std::size_t lines_read_ = 0;
};

}  // namespace common
