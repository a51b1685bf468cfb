// Responses are read the same however their bytes are cut into pieces.
#include "common/page/response_reader.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace {

using common::ResponseReader;
using State = ResponseReader::State;
using Pieces = std::vector<std::string_view>;

// What the callbacks refuse.
struct Objections {
    bool head = false;
    std::size_t longest_body = std::numeric_limits<std::size_t>::max();
};

// All that a reader says of a response.
struct Outcome {
    State fed = State::incomplete;    // after the last piece
    State ended = State::incomplete;  // after the end of the connection
    std::string error = {};
    int heads = 0;  // how often the head was announced
    int status = 0;
    std::string location = {};
    std::string framing = {};
    std::string body = {};
    std::size_t leftover = 0;
    bool reusable = false;
    bool called_after_objection = false;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

std::string name_of(State state) {
    switch (state) {
        case State::incomplete:
            return "incomplete";
        case State::complete:
            return "complete";
        case State::rejected:
            return "rejected";
        case State::broken:
            return "broken";
    }
    return "unknown";
}

std::string name_of(const common::BodyFraming& framing) {
    if (const auto* length = std::get_if<common::LengthBody>(&framing))
        return fmt::format("{} bytes", length->bytes);
    if (std::holds_alternative<common::ChunkedBody>(framing))
        return "chunked";
    return std::holds_alternative<common::NoBody>(framing) ? "none" : "until close";
}

std::string describe(const Outcome& outcome) {
    return fmt::format(
        "{} then {} '{}' heads {} status {} location '{}' framing '{}' body of {} "
        "bytes, leftover {}, reusable {}, called after objection {}",
        name_of(outcome.fed), name_of(outcome.ended), outcome.error, outcome.heads, outcome.status,
        outcome.location, outcome.framing, outcome.body.size(), outcome.leftover, outcome.reusable,
        outcome.called_after_objection);
}

Outcome outcome_of(const Pieces& pieces, const Objections& objections) {
    Outcome outcome;
    bool objected = false;
    ResponseReader reader(
        [&](const ResponseReader::Head& head, const common::BodyFraming& framing) {
            ++outcome.heads;
            outcome.status = head.status;
            outcome.location = head.location;
            outcome.framing = name_of(framing);
            objected = objections.head;
            return !objected;
        },
        [&](std::string_view bytes) {
            outcome.called_after_objection = outcome.called_after_objection || objected;
            outcome.body += bytes;
            objected = outcome.body.size() > objections.longest_body;
            return !objected;
        });
    for (const std::string_view piece : pieces)
        outcome.fed = reader.feed(piece);
    outcome.ended = reader.end();
    CHECK(reader.state() == outcome.ended);
    CHECK(reader.body_bytes() == outcome.body.size());
    outcome.error = reader.error();
    outcome.reusable = reader.reusable();
    // How much was given up depends on the pieces, so only what was used is compared.
    outcome.leftover = outcome.ended == State::complete ? reader.leftover() : 0;
    if (outcome.ended == State::rejected)
        outcome.body.clear();
    return outcome;
}

// The response byte by byte, and in every two pieces (about 500 of them when it is long).
std::vector<Pieces> all_cuts(std::string_view response) {
    std::vector<Pieces> cuts(1);
    for (std::size_t i = 0; i < response.size(); ++i)
        cuts[0].push_back(response.substr(i, 1));
    for (std::size_t i = 0; i <= response.size(); i += 1 + response.size() / 500)
        cuts.push_back({response.substr(0, i), response.substr(i)});
    return cuts;
}

// The outcome of the response in one piece, which must be the same however it is cut.
Outcome read(const std::string& response, const Objections& objections = {}) {
    const Outcome whole = outcome_of({response}, objections);
    for (const Pieces& pieces : all_cuts(response)) {
        const Outcome cut = outcome_of(pieces, objections);
        if (cut == whole)
            continue;
        FAIL_CHECK(response.substr(0, 300)
                   << "\nin " << pieces.size() << " pieces, the first of " << pieces[0].size()
                   << " bytes: " << describe(cut) << "\nwhole: " << describe(whole));
        break;
    }
    return whole;
}

// Reads a response that must be complete before the connection ends.
Outcome complete(const std::string& response) {
    const Outcome outcome = read(response);
    CAPTURE(response.substr(0, 300));
    CAPTURE(describe(outcome));
    CHECK(outcome.fed == State::complete);
    CHECK(outcome.ended == State::complete);
    CHECK(outcome.heads == 1);
    return outcome;
}

// Reads what must be refused while it is read, with an error that says `cause`.
void check_broken(const std::string& response, const std::string& cause) {
    const Outcome outcome = read(response);
    CAPTURE(response.substr(0, 300));
    CAPTURE(describe(outcome));
    CHECK(outcome.fed == State::broken);
    CHECK(outcome.ended == State::broken);
    CHECK_FALSE(outcome.reusable);
    CHECK(outcome.error.find(cause) != std::string::npos);
}

const std::string ok = "HTTP/1.1 200 OK\r\n";
const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";

std::string with_length(const std::string& body) {
    return fmt::format("{}Content-Length: {}\r\n\r\n{}", ok, body.size(), body);
}

std::string every_byte() {
    std::string bytes = "\r\n\r\n0\r\n\r\nHTTP/1.1 404 No\r\n";
    for (int c = 0; c < 256; ++c)
        bytes += static_cast<char>(c);
    return bytes;
}

TEST_CASE("a body of known length ends after that many bytes") {
    const Outcome outcome = complete(with_length("hello"));
    CHECK(outcome.status == 200);
    CHECK(outcome.framing == "5 bytes");
    CHECK(outcome.body == "hello");
    CHECK(outcome.leftover == 0);
    CHECK(outcome.reusable);
}

TEST_CASE("chunk sizes are hexadecimal in both cases and may begin with zeros") {
    CHECK(complete(chunked + "A\r\n0123456789\r\n0\r\n\r\n").body == "0123456789");
    CHECK(complete(chunked + "a\r\n0123456789\r\n0\r\n\r\n").body == "0123456789");
    CHECK(complete(chunked + "1F\r\n" + std::string(31, 'x') + "\r\n0\r\n\r\n").body.size() == 31);
    CHECK(complete(chunked + "00000000000000000005\r\nhello\r\n000\r\n\r\n").body == "hello");
}

TEST_CASE("chunk extensions are passed over") {
    CHECK(complete(chunked + "5;name=value\r\nhello\r\n0;last\r\n\r\n").body == "hello");
    CHECK(complete(chunked + "5 ; name=\"v;w\"\r\nhello\r\n0 \r\n\r\n").body == "hello");
}

TEST_CASE("trailers are passed over") {
    const Outcome outcome = complete(
        chunked + "5\r\nhello\r\n0\r\nX: y\r\nContent-Length: 7\r\nConnection: close\r\n\r\n");
    CHECK(outcome.body == "hello");
    CHECK(outcome.leftover == 0);
}

TEST_CASE("a body without length or chunks ends with the connection") {
    const Outcome outcome = read(ok + "Connection: keep-alive\r\n\r\n" + every_byte());
    CHECK(outcome.fed == State::incomplete);
    CHECK(outcome.ended == State::complete);
    CHECK(outcome.framing == "until close");
    CHECK(outcome.body == every_byte());
    CHECK_FALSE(outcome.reusable);
}

TEST_CASE("bodies come through unchanged") {
    const std::string body = every_byte();
    CHECK(complete(with_length(body)).body == body);
    CHECK(complete(fmt::format("{}{:x}\r\n{}\r\n1\r\n\n\r\n0\r\n\r\n", chunked, body.size(), body))
              .body == body + "\n");
}

TEST_CASE("a body longer than any limit of the head comes through unchanged") {
    std::string body;
    for (int i = 0; i < 200'000; ++i)
        body += static_cast<char>(i * 31 % 251);
    CHECK(complete(with_length(body)).body == body);
    CHECK(complete(fmt::format("{}{:X}\r\n{}\r\n0\r\n\r\n", chunked, body.size(), body)).body ==
          body);
    CHECK(read(ok + "\r\n" + body).body == body);
}

TEST_CASE("many small chunks are one body") {
    std::string response = chunked;
    for (int i = 0; i < 20'000; ++i)  // over 64 KiB of chunk sizes and line ends
        response += "1;x\r\nx\r\n";
    CHECK(complete(response + "0\r\n\r\n").body == std::string(20'000, 'x'));
}

TEST_CASE("204 and 304 have no body whatever their fields say") {
    for (const char* status : {"204 No Content", "304 Not Modified"}) {
        const std::string line = fmt::format("HTTP/1.1 {}\r\n", status);
        for (const char* fields : {"", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n",
                                   "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"}) {
            const Outcome outcome = complete(line + fields + "\r\n");
            CHECK(outcome.framing == "none");
            CHECK(outcome.body.empty());
            CHECK(outcome.reusable);
        }
    }
}

TEST_CASE("interim responses before the final one are passed over with their fields") {
    const Outcome outcome = complete(
        "HTTP/1.1 100 Continue\r\n\r\n"
        "HTTP/1.1 103 Early Hints\r\nLocation: /x\r\nContent-Length: 9\r\n"
        "Transfer-Encoding: gzip\r\nConnection: close\r\n\r\n" +
        with_length("ok"));
    CHECK(outcome.status == 200);
    CHECK(outcome.location.empty());
    CHECK(outcome.body == "ok");
    CHECK(outcome.reusable);
}

TEST_CASE("lines may end with LF alone") {
    const Outcome outcome = complete("HTTP/1.1 200 OK\nContent-Length: 5\n\nhello");
    CHECK(outcome.body == "hello");
    CHECK(outcome.reusable);
    CHECK(complete("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\n0\nX: y\n\n").body ==
          "hello");
    CHECK(complete("HTTP/1.1 200 OK\r\nContent-Length: 5\n\r\nhello").body == "hello");
}

TEST_CASE("the text after the status may be anything or missing") {
    for (const char* text : {"", " ", " OK", " Very Good Indeed", " \xC3\xBC\xFF", " 404"}) {
        const Outcome outcome =
            complete(fmt::format("HTTP/1.1 201{}\r\nContent-Length: 0\r\n\r\n", text));
        CHECK(outcome.status == 201);
    }
}

TEST_CASE("field names are case-insensitive and values are trimmed") {
    CHECK(complete(ok + "CONTENT-length:5\r\n\r\nhello").body == "hello");
    CHECK(complete(ok + "content-length: \t 5 \t\r\n\r\nhello").body == "hello");
    CHECK(complete("HTTP/1.1 404 No\r\ntRANSFER-eNCODING:\tCHUNKED\r\n\r\n0\r\n\r\n").framing ==
          "chunked");
    CHECK(complete("HTTP/1.1 302 F\r\nLOCATION:  https://a:1/b?c d \r\nContent-Length: 0\r\n\r\n")
              .location == "https://a:1/b?c d");
}

TEST_CASE("fields with empty or odd values are passed over") {
    CHECK(complete(ok + "X:\r\nY: \r\nAZaz09: a:b\r\n!#$%&'*+-.^_`|~9: \xFF\r\n" +
                   "Content-Length: 0\r\n\r\n")
              .reusable);
}

TEST_CASE("HTTP/1.0 ends the connection after the response") {
    const Outcome outcome =
        complete("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello");
    CHECK(outcome.body == "hello");
    CHECK_FALSE(outcome.reusable);
}

TEST_CASE("later versions of HTTP/1 keep the connection like HTTP/1.1") {
    for (const char* version : {"1.1", "1.2", "1.9"})
        CHECK(
            complete(fmt::format("HTTP/{} 200 OK\r\nContent-Length: 0\r\n\r\n", version)).reusable);
}

TEST_CASE("one of several Connection fields is enough to close, and a part of a word is not") {
    CHECK_FALSE(complete(ok + "Connection: x, Close\r\nConnection: x\r\nContent-Length: 0\r\n\r\n")
                    .reusable);
    CHECK(complete(ok + "Connection: keep-alive, x-close\r\nContent-Length: 0\r\n\r\n").reusable);
}

TEST_CASE("bytes after the end of a response are counted and end the connection's use") {
    const Outcome outcome = complete(with_length("hello") + "HTTP/1.1");
    CHECK(outcome.body == "hello");
    CHECK(outcome.leftover == 8);
    CHECK_FALSE(outcome.reusable);
    CHECK(complete(chunked + "0\r\n\r\nx").leftover == 1);
    CHECK(complete("HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nhello").leftover == 5);
    CHECK(complete("HTTP/1.1 304 No\r\n\r\n\r\n").leftover == 2);
}

TEST_CASE("the same length twice is one length") {
    CHECK(complete(ok + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello").body == "hello");
    CHECK(complete(ok + "Content-Length: 5, 5\r\n\r\nhello").body == "hello");
    CHECK(complete(ok + "Content-Length: 5,5\r\nContent-Length: 05\r\n\r\nhello").body == "hello");
}

TEST_CASE("what begins with anything but a status line is no response") {
    for (const char* bytes :
         {"garbage", "garbage\r\n\r\n", " HTTP/1.1 200 OK\r\n", "http/1.1 200 OK\r\n\r\n",
          "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/2 200\r\n", "\x15\x03\x01", "HTTPS/1.1 200 OK", "x",
          "\n", "\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n", "HTT\r\n", "HTTP/\n", "<html>hello</html>\n",
          "HTTP/0.9 200 OK\r\n\r\nhello", "HTTP/1.1 100 Continue\r\n\r\ngarbage"})
        check_broken(bytes, "no status line");
    check_broken(std::string(1, '\0'), "no status line");
}

TEST_CASE("malformed status lines are errors") {
    for (const char* line :
         {"HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1200 OK", "HTTP/1.1  200 OK", "HTTP/1.1 20 OK",
          "HTTP/1.1 99 No", "HTTP/1.1 1000 No", "HTTP/1.1 2x0 OK", "HTTP/1.1 -20 OK",
          "HTTP/1.1 +20 OK", "HTTP/1.1\t200 OK", "HTTP/1.1 200OK", "HTTP/1.1 200\tOK",
          "HTTP/1.10 200 OK", "HTTP/1.x 200"})
        check_broken(std::string(line) + "\r\nContent-Length: 0\r\n\r\n", "malformed header");
}

TEST_CASE("a status below 100 or 101 is an error that names it") {
    for (const auto& [status, cause] :
         {std::pair{"000", "status 0"}, {"099", "status 99"}, {"101", "status 101"}})
        check_broken(fmt::format("HTTP/1.1 {} No\r\nContent-Length: 0\r\n\r\n", status), cause);
}

TEST_CASE("a CR within a line and a NUL are errors") {
    check_broken("HTTP/1.1 200 OK\rX: y\r\nContent-Length: 0\r\n\r\n", "malformed header");
    check_broken("HTTP/1.1 200 OK\r\r\nContent-Length: 0\r\n\r\n", "malformed header");
    check_broken(std::string("HTTP/1.1 200 O\0K\r\n\r\n", 20), "malformed header");
    check_broken(ok + "X: y\rTransfer-Encoding: chunked\r\n\r\n", "malformed header");
    check_broken(chunked + "5;\rx\r\nhello\r\n0\r\n\r\n", "broken chunk");
    check_broken(chunked + "0\r\nX: y\rz\r\n\r\n", "broken chunk");
}

TEST_CASE("a field without a colon or without a name is an error") {
    for (const char* field : {"Content-Length 5", "x", ":", ": x", "a b: c", "Content-Length : 5",
                              "a(b): c", "\xC3\xBC: x", "a\tb: c"})
        check_broken(ok + field + "\r\nContent-Length: 0\r\n\r\n", "malformed header");
    check_broken(ok + std::string("a\0b: c\r\n", 8) + "\r\n", "malformed header");
}

TEST_CASE("a head of 64 KiB is read and one byte more is an error") {
    const auto head_of = [](std::size_t size) {
        std::string head = ok + "X: \r\nContent-Length: 0\r\n\r\n";
        return head.insert(ok.size() + 3, size - head.size(), 'x');
    };
    CHECK(complete(head_of(common::max_header_bytes)).reusable);
    std::string before_chunks = ok + "X: \r\nTransfer-Encoding: chunked\r\n\r\n";
    before_chunks.insert(ok.size() + 3, common::max_header_bytes - before_chunks.size(), 'x');
    CHECK(complete(before_chunks + "5\r\nhello\r\n0\r\n\r\n").body == "hello");
    check_broken(head_of(common::max_header_bytes + 1), "header over 65536 bytes");
}

TEST_CASE("a line that never ends is an error") {
    const std::string endless(common::max_header_bytes + 1, 'x');
    check_broken("HTTP/1.1 200 " + endless, "header over");
    check_broken(ok + endless, "header over");
    check_broken(chunked + "5;" + endless, "header over");
    check_broken(chunked + "5\r\nhello" + endless, "header over");
    check_broken(chunked + "0\r\n" + endless, "header over");
}

TEST_CASE("10000 fields, interim responses or trailers are a header that is too long") {
    std::string fields;
    std::string responses;
    for (int i = 0; i < 10'000; ++i) {
        fields += fmt::format("X-{}: y\r\n", i);
        responses += "HTTP/1.1 100 Continue\r\n\r\n";
    }
    check_broken(ok + fields + "Content-Length: 0\r\n\r\n", "header over");
    check_broken(responses + with_length("ok"), "header over");
    check_broken(chunked + "0\r\n" + fields + "\r\n", "header over");
}

TEST_CASE("a length that makes no sense is an error") {
    const auto check_refused = [](const std::string& length) {
        check_broken(fmt::format("{}Content-Length: {}\r\n\r\nhello", ok, length),
                     "Content-Length");
    };
    for (const char* length : {"-1", "+5", "", "x", "5x", "0x5", "5.0", "5 5", "1e3", "5;", ",",
                               ", ,", "18446744073709551616", "99999999999999999999999999", "5, 6",
                               "5, 5, 6, 5", "x, 5", "5, x"})
        check_refused(length);
    for (const std::string other : {"6", "x", "", "5\r\nContent-Length: 6"}) {
        check_refused("5\r\nContent-Length: " + other);
        check_refused(other + "\r\nContent-Length: 5");
    }
}

TEST_CASE("a length and a coding together are an error") {
    check_broken(ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "both");
    check_broken(ok + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n", "both");
}

TEST_CASE("a coding that nobody asked for is an error that names it") {
    for (const char* coding : {"gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked",
                               "identity", "chunkedd", "chunke", "chunked;q=1", ""})
        check_broken(fmt::format("{}Transfer-Encoding: {}\r\n\r\n0\r\n\r\n", ok, coding),
                     fmt::format("Transfer-Encoding '{}'", coding));
    check_broken(ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                 "Transfer-Encoding 'chunked, chunked'");
}

TEST_CASE("the head of a broken response is not announced") {
    CHECK(read(ok + "Content-Length: -1\r\n\r\nhello").heads == 0);
    CHECK(read("HTTP/1.1 99 No\r\n\r\n").heads == 0);
}

TEST_CASE("a chunk size that is no number is an error") {
    for (const char* size : {"", "zz", "-1", "+5", "0x5", "5 5", "5g", ";x", " ", "5,5", "\""})
        check_broken(fmt::format("{}{}\r\nhello\r\n0\r\n\r\n", chunked, size), "broken chunk");
    check_broken(chunked + "5\r\nhello\r\nzz\r\n\r\n", "broken chunk");
}

TEST_CASE("a chunk size beyond 64 bits is an error") {
    check_broken(chunked + "10000000000000000\r\nhello", "broken chunk");
    check_broken(chunked + "FFFFFFFFFFFFFFFFFFFFFFFF\r\nhello", "broken chunk");
    const Outcome largest = read(chunked + "FFFFFFFFFFFFFFFF\r\nhello");
    CHECK(largest.ended == State::incomplete);
    CHECK(largest.body == "hello");
}

TEST_CASE("a chunk that no line end follows is an error") {
    check_broken(chunked + "1\r\nxyz\r\n0\r\n\r\n", "broken chunk");
    check_broken(chunked + "5\r\nhello0\r\n\r\n", "broken chunk");
    check_broken(chunked + "5\r\nhello5\r\nworld\r\n0\r\n\r\n", "broken chunk");
    check_broken(chunked + "5\r\nhello \r\n0\r\n\r\n", "broken chunk");
}

TEST_CASE("LF alone ends a chunk only when it ended the chunk's size") {
    CHECK(complete(chunked + "5\nhello\n0\r\n\r\n").body == "hello");
    CHECK(complete(chunked + "5\nhello\r\n0\r\n\r\n").body == "hello");
    check_broken(chunked + "5\r\nhello\n0\r\n\r\n", "broken chunk");
    // The CR is the sixth byte.
    check_broken(chunked + "6\r\nhello\r\n0\r\n\r\n", "broken chunk");
}

TEST_CASE("a trailer that is no field is an error") {
    for (const char* trailer : {"x", ":", ": x", "a b: c", "X : y"})
        check_broken(fmt::format("{}0\r\n{}\r\n\r\n", chunked, trailer), "broken chunk");
    CHECK(complete(chunked + "0\r\nX: y\r\n z\r\n\tw\r\n\r\n").leftover == 0);
}

TEST_CASE("every beginning of a response is incomplete") {
    for (const std::string& response :
         {with_length("hello"), chunked + "5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n",
          "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n" + std::string()}) {
        REQUIRE(complete(response).ended == State::complete);
        for (std::size_t size = 0; size < response.size(); ++size) {
            const Outcome outcome = outcome_of({std::string_view(response).substr(0, size)}, {});
            CAPTURE(response.substr(0, size));
            CHECK(outcome.fed == State::incomplete);
            CHECK(outcome.ended == State::incomplete);
            CHECK_FALSE(outcome.reusable);
        }
    }
}

TEST_CASE("a reader knows how far it has come") {
    ResponseReader reader([](const auto&, const auto&) { return true; },
                          [](std::string_view) { return true; });
    CHECK_FALSE(reader.began());
    CHECK_FALSE(reader.head_complete());
    reader.feed("");
    CHECK_FALSE(reader.began());
    reader.feed("H");
    CHECK(reader.began());
    reader.feed("TTP/1.1 100 C\r\n\r\n");
    CHECK(reader.began());
    CHECK_FALSE(reader.head_complete());
    reader.feed("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r");
    CHECK_FALSE(reader.head_complete());
    reader.feed("\n");
    CHECK(reader.head_complete());
    CHECK(reader.head().status == 200);
    CHECK(reader.body_bytes() == 0);
    CHECK(reader.feed("ab") == State::incomplete);
    CHECK(reader.body_bytes() == 2);
    CHECK(reader.feed("c") == State::complete);
    CHECK(reader.body_bytes() == 3);
    CHECK(reader.reusable());
}

TEST_CASE("a head that is objected to is rejected without its body") {
    for (const std::string& response :
         {with_length("hello"), with_length(""), chunked + "5\r\nhello\r\n0\r\n\r\n",
          ok + "\r\nhello", std::string("HTTP/1.1 204 No\r\n\r\n")}) {
        const Outcome outcome = read(response, {.head = true});
        CHECK(outcome.fed == State::rejected);
        CHECK(outcome.ended == State::rejected);
        CHECK(outcome.heads == 1);
        CHECK_FALSE(outcome.called_after_objection);
        CHECK_FALSE(outcome.reusable);
    }
}

TEST_CASE("a body that is objected to is rejected") {
    for (const std::string& response :
         {with_length("hello"), chunked + "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", ok + "\r\nhello"}) {
        for (const std::size_t longest : {0U, 1U, 2U, 4U}) {
            const Outcome outcome = read(response, {.longest_body = longest});
            CAPTURE(describe(outcome));
            CHECK(outcome.fed == State::rejected);
            CHECK(outcome.ended == State::rejected);
            CHECK_FALSE(outcome.called_after_objection);
            CHECK_FALSE(outcome.reusable);
        }
        CHECK(read(response, {.longest_body = 5}).ended == State::complete);
    }
}

TEST_CASE("a field goes on in lines that begin with white space, and the status line does not") {
    // Of two locations the first is told.
    CHECK(complete("HTTP/1.1 302 F\r\nLocation: /a\r\n \t b\t\r\n\tc\r\nLocation: /b\r\n"
                   "Content-Length: 0\r\n\r\n")
              .location == "/a b c");
    CHECK(complete(ok + "X: y\r\n Content-Length: 7\r\nContent-Length: 2\r\n\r\nok").body == "ok");
    check_broken(ok + " X: y\r\nContent-Length: 0\r\n\r\n", "malformed header");
}

}  // namespace
