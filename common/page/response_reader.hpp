// Reads one HTTP/1.1 response from the bytes of a connection, however they are cut into pieces
// (RFC 9112). Knows nothing of sockets or coroutines.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "common/page/head_reader.hpp"
#include "common/page/http_rules.hpp"

namespace common {

// Not thread-safe. One response; for the next one make another.
class ResponseReader {
  public:
    struct Head {
        int status = 0;
        std::string location;  // of a redirect
    };

    // Called when the head is complete, before the body: false rejects the response.
    using TakeHead = std::function<bool(const Head& head, const BodyFraming& framing)>;
    // Called for each piece of the body; the bytes are the caller's. False rejects.
    using TakeBody = std::function<bool(std::string_view bytes)>;

    ResponseReader(TakeHead take_head, TakeBody take_body);

    enum class State {
        incomplete,  // feed more
        complete,
        rejected,  // a callback returned false
        broken,    // not HTTP/1.1: see error()
    };

    // Takes the next bytes of the connection. Bytes after the end of the response are not looked
    // at: leftover() counts them.
    State feed(std::string_view bytes);
    // The connection has ended. complete if that is how this body ends; otherwise incomplete
    // (something is missing) or broken (it never was HTTP).
    State end();

    State state() const { return state_; }
    const std::string& error() const { return error_; }
    const Head& head() const { return head_; }
    std::size_t leftover() const { return leftover_; }
    bool head_complete() const { return part_ != Part::head; }
    bool began() const { return began_; }
    std::uint64_t body_bytes() const { return body_bytes_; }
    // Whether the connection may carry another request (RFC 9112, 9.3).
    bool reusable() const {
        return state_ == State::complete && lines_.keep_alive() && leftover_ == 0;
    }

  private:
    enum class Part {
        head,
        body,  // of known length, or until the connection ends
        chunk_size,
        chunk,
        chunk_end,  // the line end after a chunk
        trailers,
    };

    bool step(std::string_view& bytes);
    bool take_line(std::string_view& bytes);
    void read_line();
    void read_head_line();
    void begin_body();
    void read_chunk_size();
    void read_trailer();
    void take_body_bytes(std::string_view& bytes);
    bool garbage() const;
    void fail(std::string error);
    void finish() { state_ = State::complete; }

    TakeHead take_head_;
    TakeBody take_body_;
    State state_ = State::incomplete;
    Part part_ = Part::head;
    std::string line_;        // the line so far, without its end
    bool crlf_ = false;       // how that line ended: with CR LF, or with LF alone
    bool size_crlf_ = false;  // the same of the last chunk's size
    bool began_ = false;
    std::size_t header_bytes_ = 0;  // of lines, since the last part of another kind
    std::string error_;
    HeadReader lines_;
    Head head_;
    bool until_close_ = false;
    std::uint64_t missing_ = 0;  // of the body or the chunk; unused when until_close_
    std::uint64_t body_bytes_ = 0;
    std::size_t leftover_ = 0;
};

}  // namespace common
