#include "parsers/replies.hpp"

#include <fmt/format.h>

#include <initializer_list>
#include <string_view>
#include <utility>

namespace parsers {
namespace {

using Texts = std::initializer_list<std::string>;
using Named = std::initializer_list<std::pair<const char*, std::string>>;

const std::string ok = "HTTP/1.1 200 OK\r\n";
const std::string hi = "Content-Length: 2\r\n\r\nhi";
const std::string chunked = "Transfer-Encoding: chunked\r\n\r\n";
const std::string hello = "5\r\nhello\r\n";
const std::string last_chunk = "0\r\n\r\n";

// Replies whose names begin with the same words.
class Group {
  public:
    Group(std::vector<Reply>& all, std::string name) : all_(all), name_(std::move(name)) {}

    void add(const std::string& name, const std::string& bytes) {
        all_.push_back({name_ + ": " + name, bytes});
    }

  private:
    std::vector<Reply>& all_;
    const std::string name_;
};

std::string quoted(std::string_view bytes) {
    return fmt::format("'{}'", printable(bytes));
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    return text;
}

// No long ones: from 30000 bytes on, cpp-httplib 0.11.4 overflows its stack and ends the program.
void add_status_lines(std::vector<Reply>& all) {
    Group group(all, "status line");
    for (const std::string& line : Texts{"HTTP/1.1 200 OK",
                                         "HTTP/1.1 200 ",
                                         "HTTP/1.1 200",
                                         "HTTP/1.1 200 Very Good Indeed",
                                         "HTTP/1.1 200 \xC3\xBC\xFF",
                                         "HTTP/1.1 200  OK",
                                         "HTTP/1.1 200 OK ",
                                         "HTTP/1.1 200 404",
                                         "HTTP/1.1 200\tOK",
                                         "HTTP/1.1 200OK",
                                         "HTTP/1.1  200 OK",
                                         "HTTP/1.1\t200 OK",
                                         "HTTP/1.1 20 OK",
                                         "HTTP/1.1 2000 OK",
                                         "HTTP/1.1 2x0 OK",
                                         "HTTP/1.1 -20 OK",
                                         "HTTP/1.1 +20 OK",
                                         "HTTP/1.1 OK",
                                         "HTTP/1.1 ",
                                         "HTTP/1.1",
                                         "HTTP/1.1200 OK",
                                         "HTTP/1.0 200 OK",
                                         "HTTP/1.2 200 OK",
                                         "HTTP/1.9 200 OK",
                                         "HTTP/1.10 200 OK",
                                         "HTTP/1. 200 OK",
                                         "HTTP/1.x 200 OK",
                                         "HTTP/2 200 OK",
                                         "HTTP/2.0 200 OK",
                                         "HTTP/0.9 200 OK",
                                         "http/1.1 200 OK",
                                         "Http/1.1 200 OK",
                                         "HTTPS/1.1 200 OK",
                                         " HTTP/1.1 200 OK",
                                         "ICY 200 OK",
                                         "200 OK",
                                         "garbage",
                                         "",
                                         "\xEF\xBB\xBFHTTP/1.1 200 OK",
                                         "HTTP/1.1 200 O\rK",
                                         std::string("HTTP/1.1 200 O\0K", 16),
                                         "HTTP/1.1 000 Zero",
                                         "HTTP/1.1 099 Low",
                                         "HTTP/1.1 101 Switching Protocols",
                                         "HTTP/1.1 600 High",
                                         "HTTP/1.1 999 High"})
        group.add(printable(line), line + "\r\n" + hi);
    group.add("after an empty line", "\r\n" + ok + hi);
    group.add("none, HTTP/0.9", "<html>hello</html>\n");
    group.add("nothing at all", "");
}

// Every status that has rules of its own, with every way a body can end.
void add_statuses(std::vector<Reply>& all) {
    Group group(all, "status");
    for (const int status :
         {200, 201, 202, 203, 204, 205, 206, 226, 300, 304, 400, 404, 418, 500, 503}) {
        const std::string line = fmt::format("HTTP/1.1 {} Text\r\n", status);
        group.add(fmt::format("{} with a length", status), line + hi);
        group.add(fmt::format("{} with length 0", status), line + "Content-Length: 0\r\n\r\n");
        group.add(fmt::format("{} in chunks", status), line + chunked + hello + last_chunk);
        group.add(fmt::format("{} until the end", status), line + "\r\nhi");
        group.add(fmt::format("{} without a body", status), line + "\r\n");
    }
}

void add_interim_responses(std::vector<Reply>& all) {
    Group group(all, "interim");
    const std::string final_response = ok + hi;
    for (const auto& [name, before] :
         Named{{"100", "HTTP/1.1 100 Continue\r\n\r\n"},
               {"100 twice", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"},
               {"100 with a field", "HTTP/1.1 100 Continue\r\nX: y\r\n\r\n"},
               {"100 with a length", "HTTP/1.1 100 Continue\r\nContent-Length: 9\r\n\r\n"},
               {"100 without text", "HTTP/1.1 100\r\n\r\n"},
               {"102", "HTTP/1.1 102 Processing\r\n\r\n"},
               {"103 with a field", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"},
               {"103 with a length", "HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n"},
               {"103 in chunks", "HTTP/1.1 103 Hints\r\nTransfer-Encoding: chunked\r\n\r\n"},
               {"100 and 103", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\n\r\n"},
               {"199", "HTTP/1.1 199 Unknown\r\n\r\n"}}) {
        group.add(name, before + final_response);
        group.add(std::string(name) + ", and no response", before);
    }
    group.add("100 and garbage", "HTTP/1.1 100 Continue\r\n\r\ngarbage\r\n\r\n");
}

void add_lengths(std::vector<Reply>& all) {
    Group group(all, "length");
    for (const std::string& value : Texts{"5",
                                          "05",
                                          "0000000000000000000000005",
                                          " 5 ",
                                          "\t5\t",
                                          "5, 5",
                                          "5,5",
                                          "5, 6",
                                          "5,",
                                          ",5",
                                          "",
                                          "-5",
                                          "+5",
                                          "0x5",
                                          "5.0",
                                          "5x",
                                          "x",
                                          "5 5",
                                          "5;",
                                          "\"5\"",
                                          "5e0",
                                          "0",
                                          "4",
                                          "6",
                                          "00",
                                          "-0",
                                          "18446744073709551615",
                                          "18446744073709551616",
                                          "18446744073709551621",
                                          "99999999999999999999",
                                          "%35"})
        group.add(quoted(value), ok + "Content-Length:" + value + "\r\n\r\nhello");
    for (const auto& [name, fields] :
         Named{{"twice the same", "Content-Length: 5\r\nContent-Length: 5\r\n"},
               {"twice, as 5 and 05", "Content-Length: 5\r\nContent-Length: 05\r\n"},
               {"5 and 6", "Content-Length: 5\r\nContent-Length: 6\r\n"},
               {"6 and 5", "Content-Length: 6\r\nContent-Length: 5\r\n"},
               {"5 and none", "Content-Length: 5\r\nContent-Length:\r\n"},
               {"none and 5", "Content-Length:\r\nContent-Length: 5\r\n"},
               {"in small letters", "content-length: 5\r\n"},
               {"in capitals", "CONTENT-LENGTH: 5\r\n"},
               {"a space before the colon", "Content-Length : 5\r\n"},
               {"a tab before the colon", "Content-Length\t: 5\r\n"},
               {"folded", "Content-Length:\r\n 5\r\n"},
               {"folded after the number", "Content-Length: 5\r\n \r\n"},
               {"folded into two numbers", "Content-Length: 5\r\n 5\r\n"},
               {"without a colon", "Content-Length 5\r\n"},
               {"after a fold of another", "X: y\r\n z\r\nContent-Length: 5\r\n"},
               {"as a fold of another", "X: y\r\n Content-Length: 5\r\n"},
               {"a space before the name", " Content-Length: 5\r\n"}})
        group.add(name, ok + fields + "\r\nhello");
    group.add("none", ok + "\r\nhello");
    group.add("none, and nothing follows", ok + "\r\n");
    group.add("5, and more than that", ok + "Content-Length: 5\r\n\r\nhello and more");
}

void add_codings(std::vector<Reply>& all) {
    Group group(all, "coding");
    for (const std::string& value :
         Texts{"chunked", "Chunked", "CHUNKED", " \tchunked\t ", "\"chunked\"", "xchunked",
               "chunkedx", "chunked;q=1", "chunked,", ",chunked", "chunked, chunked",
               "gzip, chunked", "chunked, gzip", "gzip", "identity", "identity, chunked", "",
               "chunked\x0b", "%63hunked"})
        group.add(quoted(value),
                  ok + "Transfer-Encoding:" + value + "\r\n\r\n" + hello + last_chunk);
    for (const auto& [name, fields] :
         Named{{"chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"},
               {"gzip and chunked", "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"},
               {"chunked and a length", "Transfer-Encoding: chunked\r\nContent-Length: 15\r\n"},
               {"a length and chunked", "Content-Length: 15\r\nTransfer-Encoding: chunked\r\n"},
               {"gzip and a length", "Transfer-Encoding: gzip\r\nContent-Length: 15\r\n"},
               {"in small letters", "transfer-encoding: chunked\r\n"},
               {"a space before the colon", "Transfer-Encoding : chunked\r\n"},
               {"folded", "Transfer-Encoding:\r\n chunked\r\n"},
               {"a space before the name", " Transfer-Encoding: chunked\r\n"}})
        group.add(name, ok + fields + "\r\n" + hello + last_chunk);
    group.add("chunked from HTTP/1.0", "HTTP/1.0 200 OK\r\n" + chunked + hello + last_chunk);
}

void add_chunk_sizes(std::vector<Reply>& all) {
    Group group(all, "chunk size");
    for (const std::string& size : Texts{"5",
                                         "05",
                                         "00000000000000000000005",
                                         "0x5",
                                         "0X5",
                                         "x5",
                                         "+5",
                                         "-5",
                                         "5g",
                                         "5 ",
                                         "5\t",
                                         " 5",
                                         "\t5",
                                         "5 5",
                                         "5,5",
                                         "\"5\"",
                                         "",
                                         " ",
                                         "zz",
                                         "g",
                                         ";x",
                                         "5;",
                                         "5;x",
                                         "5;x=y",
                                         "5;x=\"y;z\"",
                                         "5 ;x",
                                         "5; x = y",
                                         "5;;",
                                         "5x;y",
                                         "4",
                                         "6",
                                         "-0",
                                         "10000000000000005",
                                         "FFFFFFFFFFFFFFFF",
                                         "7FFFFFFFFFFFFFFF",
                                         "-1",
                                         "FFFFFFFFFFFFFFFFF",
                                         "5\r",
                                         "5\r5",
                                         std::string("5\0", 2),
                                         "5;\x01",
                                         "5h",
                                         "5.",
                                         "%35"})
        group.add(quoted(size), ok + chunked + size + "\r\nhello\r\n" + last_chunk);
    group.add("a in small letters", ok + chunked + "a\r\n0123456789\r\n" + last_chunk);
    group.add("A in capitals", ok + chunked + "A\r\n0123456789\r\n" + last_chunk);
    group.add("with an extension of 100 bytes",
              ok + chunked + "5;" + std::string(100, 'x') + "\r\nhello\r\n" + last_chunk);
}

void add_chunks(std::vector<Reply>& all) {
    Group group(all, "chunks");
    for (const auto& [name, body] :
         Named{{"none", last_chunk},
               {"two", hello + "3\r\nyou\r\n" + last_chunk},
               {"a first of size 0 and more bytes", last_chunk + hello},
               {"the last of size 000", hello + "000\r\n\r\n"},
               {"the last of size 0x0", hello + "0x0\r\n\r\n"},
               {"the last of size -0", hello + "-0\r\n\r\n"},
               {"the last of size 0g", hello + "0g\r\n\r\n"},
               {"the last with an extension", hello + "0;x=y\r\n\r\n"},
               {"no last one", hello},
               {"the last without its empty line", hello + "0\r\n"},
               {"the last and garbage", hello + "0\r\ngarbage"},
               {"without their line ends", "5\r\nhello0\r\n\r\n"},
               {"longer than their size", "4\r\nhello\r\n" + last_chunk},
               {"much longer than their size", "2\r\nhello\r\n" + last_chunk},
               {"shorter than their size", "6\r\nhello\r\n" + last_chunk},
               {"an empty line before the size", "\r\n" + hello + last_chunk},
               {"an empty line between", hello + "\r\n" + hello + last_chunk},
               {"a space before the line end", "5\r\nhello \r\n" + last_chunk},
               {"CR alone after the data", "5\r\nhello\r" + last_chunk},
               {"a trailer", hello + "0\r\nX: y\r\n\r\n"},
               {"two trailers", hello + "0\r\nX: y\r\nZ: w\r\n\r\n"},
               {"a trailer that is a length", hello + "0\r\nContent-Length: 9\r\n\r\n"},
               {"a trailer and no end", hello + "0\r\nX: y\r\n"},
               {"a trailer that is folded", hello + "0\r\nX: y\r\n z\r\n\r\n"},
               {"a trailer without a colon", hello + "0\r\ngarbage\r\n\r\n"},
               {"a trailer with a space before the colon", hello + "0\r\nX : y\r\n\r\n"},
               {"not in chunks at all", "hello"}})
        group.add(name, ok + chunked + body);
}

// One line of a response at a time, and all of them, with other ends than CR LF.
void add_line_ends(std::vector<Reply>& all) {
    Group group(all, "line end");
    const std::string with_length = ok + "X: y\r\n" + hi;
    const std::string in_chunks = ok + chunked + hello + last_chunk;
    for (const auto& [response, kind] :
         {std::pair{with_length, "length"}, std::pair{in_chunks, "chunks"}}) {
        for (const char* end : {"\n", "\r", "\r\r\n", " \r\n"}) {
            int line = 0;
            for (std::size_t at = 0; (at = response.find("\r\n", at)) != std::string::npos; ++at)
                group.add(
                    fmt::format("{} after line {} of one with {}", printable(end), ++line, kind),
                    std::string(response).replace(at, 2, end));
            group.add(fmt::format("{} after every line of one with {}", printable(end), kind),
                      replaced(response, "\r\n", end));
        }
    }
}

void add_fields(std::vector<Reply>& all) {
    Group group(all, "field");
    for (const std::string& line : Texts{"X: y",
                                         "X:y",
                                         "X:",
                                         "X: ",
                                         "X:\t y \t",
                                         "X: a:b",
                                         "X: \xFF\xC3",
                                         "X: a\tb",
                                         "no colon",
                                         ":",
                                         ": y",
                                         " : y",
                                         "X : y",
                                         "X\t: y",
                                         "a b: y",
                                         "a(b): y",
                                         "\xC3\xBC: y",
                                         "X: a\rb",
                                         "X: y\r",
                                         "\rX: y",
                                         "X\r: y",
                                         " X: y",
                                         "\tX: y",
                                         "!#$%&'*+-.^_`|~9: y",
                                         "X: y\r\n z",
                                         "X: y\r\n\tz",
                                         "X: y\r\n ",
                                         "X:\r\n y",
                                         "X: \x01\x7f",
                                         "X: %0d%0a",
                                         "[]: y",
                                         "{\"a\": 1}",
                                         "X: y\r\nX: y",
                                         "Connection: close",
                                         "Connection: keep-alive",
                                         "Connection: Close, x",
                                         "Content-Encoding: gzip",
                                         "Content-Encoding: x",
                                         "Content-Type: text/html",
                                         "Upgrade: h2c",
                                         "HTTP/1.1 200 OK",
                                         "Trailer: X",
                                         "Content-Length2: 9",
                                         "X-Content-Length: 9",
                                         "Keep-Alive: timeout=5",
                                         "Transfer-Encodings: gzip",
                                         std::string("X: a\0b", 6),
                                         std::string("X\0: y", 5),
                                         "\"X\": y"})
        group.add(printable(line), ok + line + "\r\n" + hi);
    for (const std::size_t size : {1000U, 2100U, 8000U, 9000U, 30'000U, 60'000U, 70'000U})
        group.add(fmt::format("of {} bytes", size),
                  ok + "X: " + std::string(size, 'x') + "\r\n" + hi);
    for (const int count : {100, 1000, 20'000}) {
        std::string fields;
        for (int i = 0; i < count; ++i)
            fields += fmt::format("X-{}: y\r\n", i);
        group.add(fmt::format("{} of them", count), ok + fields + hi);
    }
}

void add_redirects(std::vector<Reply>& all) {
    Group group(all, "redirect");
    for (const int status : {301, 302, 303, 307, 308})
        group.add(fmt::format("{}", status),
                  fmt::format("HTTP/1.1 {} Moved\r\nLocation: /end\r\n{}", status, hi));
    const std::string found = "HTTP/1.1 302 Found\r\n";
    for (const auto& [name, fields] : Named{{"without a Location", ""},
                                            {"an empty Location", "Location:\r\n"},
                                            {"percent-encoded", "Location: /a%2Fb%20c\r\n"},
                                            {"spaces around", "Location: \t /end \t\r\n"},
                                            {"two Locations", "Location: /end\r\nLocation: /b\r\n"},
                                            {"folded", "Location:\r\n /end\r\n"},
                                            {"in small letters", "location: /end\r\n"},
                                            {"a space before the colon", "Location : /end\r\n"}})
        group.add(name, found + fields + hi);
    group.add("in chunks", found + "Location: /end\r\n" + chunked + hello + last_chunk);
    group.add("until the end", found + "Location: /end\r\n\r\nhi");
}

// Whole responses, and what is left of them when the connection ends anywhere.
void add_cut_responses(std::vector<Reply>& all) {
    Group group(all, "cut");
    for (const auto& [name, response] :
         Named{{"length", ok + hi},
               {"chunks", ok + chunked + "5;x=y\r\nhello\r\n3\r\nyou\r\n" + last_chunk},
               {"end", "HTTP/1.0 200 OK\r\nX: y\r\n\r\nhi"},
               {"interim", "HTTP/1.1 100 Continue\r\n\r\n" + ok + hi},
               {"no body", "HTTP/1.1 204 No Content\r\nX: y\r\n\r\n"}})
        for (std::size_t size = 1; size <= response.size(); ++size)
            group.add(fmt::format("{} after {} bytes", name, size), response.substr(0, size));
}

}  // namespace

std::string printable(std::string_view bytes) {
    std::string text;
    for (const char c : bytes)
        if (c == '\r')
            text += "\\r";
        else if (c == '\n')
            text += "\\n";
        else if (c == '\t')
            text += "\\t";
        else if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e)
            text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        else
            text += c;
    return text;
}

std::vector<Reply> replies() {
    std::vector<Reply> all;
    add_status_lines(all);
    add_statuses(all);
    add_interim_responses(all);
    add_lengths(all);
    add_codings(all);
    add_chunk_sizes(all);
    add_chunks(all);
    add_line_ends(all);
    add_fields(all);
    add_redirects(all);
    add_cut_responses(all);
    return all;
}

}  // namespace parsers
