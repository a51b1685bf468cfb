// Fuzzes ResponseReader: however a response is cut into pieces, the outcome is the same as that of
// the whole. The input is a byte of options, the number of sizes, the sizes, and the response; all
// of these are counted from the character '0', so that the corpus can be read and written by hand.
//
//     0213HTTP/1.1 200 OK...     no options, two sizes: pieces of 1, 3, 1, 3... bytes
//
// The byte 1 in a response stands for 8 KiB of 'x', so that short inputs reach the header limit.
#include <sanitizer/allocator_interface.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/page/errors.hpp"
#include "common/page/response_reader.hpp"
#include "require.hpp"

namespace {

using common::ResponseReader;
using fuzz::require;
using State = ResponseReader::State;

constexpr unsigned object_to_head = 1;
constexpr unsigned object_to_long_body = 2;
constexpr std::size_t long_body = 4;
// A line, which is at most a header long, in a string that grows by doubling; two vectors of short
// values in as many bytes; an error that quotes them.
constexpr std::size_t max_memory = 16 * common::max_header_bytes;

struct Input {
    unsigned options = 0;
    std::vector<std::size_t> sizes = {};
    std::string response = {};
};

// Takes a number off the front; 0 when there is none.
unsigned take_number(std::string_view& bytes) {
    if (bytes.empty())
        return 0;
    const auto number = static_cast<unsigned char>(bytes.front() - '0');
    bytes.remove_prefix(1);
    return number;
}

std::string stretched(std::string_view bytes) {
    constexpr std::size_t most = 12;  // of the bytes that are stretched: 96 KiB are enough
    std::string response;
    std::size_t count = 0;
    for (const char c : bytes) {
        if (c == '\x01' && ++count <= most)
            response.append(8 * 1024, 'x');
        else
            response += c;
    }
    return response;
}

Input input_of(std::string_view bytes) {
    Input input{.options = take_number(bytes)};
    const unsigned count = take_number(bytes) % 16;
    for (unsigned i = 0; i < count; ++i)
        input.sizes.push_back(take_number(bytes));
    input.response = stretched(bytes);
    return input;
}

// All that a reader says of a response.
struct Outcome {
    State fed = State::incomplete;    // after the last piece
    State ended = State::incomplete;  // after the end of the connection
    std::string error = {};
    int heads = 0;
    int status = 0;
    std::string location = {};
    std::size_t framing = 0;
    std::uint64_t length = 0;
    std::string body = {};
    std::size_t leftover = 0;
    bool reusable = false;
    bool head_complete = false;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

// Feeds one response and watches the invariants that hold at every moment.
class Feeder {
  public:
    explicit Feeder(unsigned options) : options_(options), memory_(allocated()) {}

    void feed(std::string_view piece) {
        const State before = reader_.state();
        outcome_.fed = reader_.feed(piece);
        require(reader_.state() == outcome_.fed, "feed() returns the state");
        require(before == State::incomplete || before == outcome_.fed, "a decision is final");
        fed_ += piece.size();
        require(outcome_.fed != State::incomplete || reader_.head_complete() ||
                    fed_ <= common::max_header_bytes,
                "a header that is too long is an error at once");
        require(allocated() <= memory_ + outcome_.body.capacity() + max_memory,
                "a reader's memory does not grow with the response");
    }

    Outcome end() {
        outcome_.ended = reader_.end();
        require(reader_.state() == outcome_.ended, "end() returns the state");
        require(reader_.end() == outcome_.ended, "a second end() changes nothing");
        check_counts();
        check_error();
        outcome_.error = reader_.error();
        outcome_.reusable = reader_.reusable();
        outcome_.head_complete = reader_.head_complete();
        // How much was given up depends on the pieces, so only what was used is compared.
        if (outcome_.ended == State::complete)
            outcome_.leftover = reader_.leftover();
        if (outcome_.ended == State::rejected)
            outcome_.body.clear();
        return outcome_;
    }

  private:
    static std::size_t allocated() { return __sanitizer_get_current_allocated_bytes(); }

    void check_counts() const {
        require(reader_.body_bytes() == outcome_.body.size(), "body_bytes() counts the body");
        require(outcome_.body.size() + reader_.leftover() <= fed_,
                "a body has no more bytes than came, and what is left over is not of it");
        require(outcome_.heads <= 1, "a head is announced once");
        require(outcome_.ended != State::complete || outcome_.heads == 1,
                "what is complete had a head");
    }

    void check_error() const {
        require((outcome_.ended == State::broken) == !reader_.error().empty(),
                "what is broken says why, and nothing else does");
        require(!reader_.error().starts_with("header over") || fed_ > common::max_header_bytes,
                "a header within the limit is not too long");
        // What the user sees may quote the server.
        const auto error = common::protocol_error(
            {.https = false, .host = "a.example", .port = 80, .target = "/"}, reader_.error());
        require(!fuzz::has_control_characters(error.message), "a message is one harmless line");
        require(error.message.size() < 1024, "a message is a short line");
    }

    bool take_head(const ResponseReader::Head& head, const common::BodyFraming& framing) {
        require(!objected_, "nothing is announced after an objection");
        require(fed_ <= common::max_header_bytes, "a head that is announced is within the limit");
        ++outcome_.heads;
        outcome_.status = head.status;
        outcome_.location = head.location;
        outcome_.framing = framing.index();
        if (const auto* length = std::get_if<common::LengthBody>(&framing))
            outcome_.length = length->bytes;
        objected_ = (options_ & object_to_head) != 0;
        return !objected_;
    }

    bool take_body(std::string_view bytes) {
        require(!objected_, "no body comes after an objection");
        require(outcome_.heads == 1, "a body comes after its head");
        outcome_.body += bytes;
        objected_ = (options_ & object_to_long_body) != 0 && outcome_.body.size() > long_body;
        return !objected_;
    }

    const unsigned options_;
    const std::size_t memory_;  // in use before
    std::size_t fed_ = 0;       // whole pieces
    bool objected_ = false;
    Outcome outcome_;
    ResponseReader reader_{
        [this](const auto& head, const auto& framing) { return take_head(head, framing); },
        [this](std::string_view bytes) { return take_body(bytes); }};
};

// In pieces of these sizes, over and over; 0 is all that is left.
Outcome read(const Input& input, const std::vector<std::size_t>& sizes) {
    Feeder feeder(input.options);
    std::string_view rest = input.response;
    for (std::size_t i = 0; !rest.empty(); ++i) {
        const std::size_t size = sizes.empty() ? 0 : sizes[i % sizes.size()];
        const std::string_view piece = rest.substr(0, size == 0 ? rest.npos : size);
        feeder.feed(piece);
        rest.remove_prefix(piece.size());
    }
    return feeder.end();
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Input input = input_of({reinterpret_cast<const char*>(data), size});
    const Outcome whole = read(input, {});
    require(whole.body.size() <= input.response.size(), "a body has no more bytes than came");
    require(read(input, input.sizes) == whole, "pieces are read like the whole");
    if (input.response.size() < 1024)
        require(read(input, {1}) == whole, "single bytes are read like the whole");
    return 0;
}
