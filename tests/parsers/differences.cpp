#include "parsers/differences.hpp"

namespace parsers {

const char* const listed_for_version = "0.11.4";

namespace {

constexpr const char* nothing = "nothing";
constexpr const char* hi = "200 'hi'";
constexpr const char* hello = "200 'hello'";
constexpr const char* raw_chunks = R"(200 '5\r\nhello\r\n0\r\n\r\n')";
constexpr const char* final_as_body = R"(HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi')";

std::vector<Difference> in_the_status_line() {
    const std::string after_102 = std::string("102 '") + final_as_body;
    const std::string after_103 = std::string("103 '") + final_as_body;
    const std::string after_199 = std::string("199 '") + final_as_body;
    const char* const interim = "a 1xx is passed over with all its fields, the response follows";
    const char* const no_final = "a 1xx is not the response";
    return {
        {"RFC 9110, 2.5",
         "a higher minor version is read as the highest that is known",
         hi,
         nothing,
         {"status line: HTTP/1.2 200 OK", "status line: HTTP/1.9 200 OK"}},
        {"RFC 9110, 15",
         "a status begins with 1 to 5",
         nothing,
         "0 'hi'",
         {"status line: HTTP/1.1 000 Zero"}},
        {"RFC 9110, 15",
         "a status begins with 1 to 5",
         nothing,
         "99 'hi'",
         {"status line: HTTP/1.1 099 Low"}},
        {"RFC 9110, 15.2.2",
         "nobody asked for another protocol",
         nothing,
         "101 'hi'",
         {"status line: HTTP/1.1 101 Switching Protocols"}},
        {"RFC 9112, 6.3",
         "a 304 has no body, whatever its fields say",
         "304 ''",
         "304 'hi'",
         {"status: 304 with a length", "status: 304 until the end"}},
        {"RFC 9112, 6.3",
         "a 304 has no body, whatever its fields say",
         "304 ''",
         "304 'hello'",
         {"status: 304 in chunks"}},
        {"RFC 9110, 15.2",
         interim,
         hi,
         nothing,
         {"interim: 100 with a field", "interim: 100 with a length", "interim: 103 in chunks"}},
        {"RFC 9110, 15.2", interim, hi, after_102, {"interim: 102"}},
        {"RFC 9110, 15.2",
         interim,
         hi,
         after_103,
         {"interim: 103 with a field", "interim: 100 and 103"}},
        {"RFC 9110, 15.2", interim, hi, "103 'HTTP/1.1 '", {"interim: 103 with a length"}},
        {"RFC 9110, 15.2", interim, hi, after_199, {"interim: 199"}},
        {"RFC 9110, 15.2", no_final, nothing, "102 ''", {"interim: 102, and no response"}},
        {"RFC 9110, 15.2",
         no_final,
         nothing,
         "103 ''",
         {"interim: 103 with a field, and no response", "interim: 100 and 103, and no response"}},
        {"RFC 9110, 15.2", no_final, nothing, "199 ''", {"interim: 199, and no response"}},
    };
}

std::vector<Difference> in_the_length() {
    const char* const digits = "a length is made of digits";
    return {
        {"RFC 9112, 6.3",
         digits,
         nothing,
         hello,
         {"length: ''", "length: '+5'", "length: '5.0'", "length: '5x'", "length: '5 5'",
          "length: '5;'", "length: '5e0'", "length: '%35'", "length: 5 and none",
          "length: none and 5", "length: folded into two numbers"}},
        {"RFC 9112, 6.3",
         digits,
         nothing,
         "200 ''",
         {"length: '0x5'", "length: 'x'", "length: '\"5\"'", "length: '-0'"}},
        {"RFC 9112, 6.3",
         "lengths that differ are an error",
         nothing,
         hello,
         {"length: '5, 6'", "length: 5 and 6"}},
        {"RFC 9110, 5.6.1.2",
         "empty elements of a list are ignored",
         hello,
         "200 ''",
         {"length: ',5'"}},
    };
}

std::vector<Difference> in_the_coding() {
    return {
        {"RFC 9112, 6.3",
         "a body is not read until the end when its coding is not known",
         nothing,
         raw_chunks,
         {"coding: '\"chunked\"'", "coding: 'xchunked'", "coding: 'chunkedx'",
          "coding: 'chunked, gzip'", "coding: 'gzip, chunked'", "coding: 'gzip'",
          "coding: 'identity'", "coding: 'identity, chunked'", "coding: ''",
          R"(coding: 'chunked\x0b')", "coding: gzip and chunked"}},
        {"RFC 9112, 7",
         "\"chunked\" has no parameters",
         nothing,
         raw_chunks,
         {"coding: 'chunked;q=1'"}},
        {"RFC 9112, 6.1",
         "chunked is not applied twice",
         nothing,
         raw_chunks,
         {"coding: 'chunked, chunked'"}},
        {"RFC 9112, 6.1",
         "chunked is not applied twice",
         nothing,
         hello,
         {"coding: chunked twice"}},
        {"RFC 9110, 5.6.1.2",
         "empty elements of a list are ignored",
         hello,
         raw_chunks,
         {"coding: 'chunked,'", "coding: ',chunked'"}},
        {"RFC 9110, 5.5",
         "values are not percent-decoded",
         nothing,
         hello,
         {"coding: '%63hunked'"}},
        {"RFC 9112, 6.3",
         "a length beside a coding is to be handled as an error",
         nothing,
         hello,
         {"coding: chunked and a length", "coding: a length and chunked"}},
        {"RFC 9112, 6.3",
         "a length beside a coding is to be handled as an error",
         nothing,
         raw_chunks,
         {"coding: gzip and a length"}},
    };
}

std::vector<Difference> in_the_chunks() {
    const char* const digits = "a size is made of hexadecimal digits";
    const char* const line_end = "a line end stands after the data, where its size says";
    return {
        {"RFC 9112, 7.1",
         digits,
         nothing,
         hello,
         {"chunk size: '0x5'", "chunk size: '0X5'", "chunk size: '+5'", "chunk size: '5g'",
          "chunk size: '5 5'", "chunk size: '5,5'", "chunk size: '5x;y'", "chunk size: '5h'",
          "chunk size: '5.'", R"(chunk size: '5\x00')", "chunks: the last of size 0x0",
          "chunks: the last of size -0", "chunks: the last of size 0g"}},
        {"RFC 9112, 7.1",
         line_end,
         nothing,
         "200 'hell'",
         {"chunk size: '4'", "chunks: longer than their size"}},
        {"RFC 9112, 7.1", line_end, nothing, "200 'he'", {"chunks: much longer than their size"}},
        {"RFC 9112, 7.1",
         line_end,
         nothing,
         R"(200 'hello\r')",
         {"chunk size: '6'", "chunks: shorter than their size"}},
        {"RFC 9112, 7.1",
         line_end,
         nothing,
         hello,
         {"chunks: without their line ends", "chunks: CR alone after the data",
          R"(line end: \r after line 5 of one with chunks)", "chunks: a space before the line end",
          R"(line end: \n after line 5 of one with chunks)",
          R"(line end: \r\r\n after line 5 of one with chunks)",
          R"(line end:  \r\n after line 5 of one with chunks)"}},
        {"RFC 9112, 8",
         "without the last chunk a body is not complete",
         nothing,
         hello,
         {"cut: chunks after 60 bytes"}},
        {"RFC 9112, 8",
         "without the last chunk a body is not complete",
         nothing,
         "200 'helloyou'",
         {"cut: chunks after 68 bytes"}},
        {"RFC 9112, 7.1.2",
         "trailers may be discarded, and are no error",
         hello,
         nothing,
         {"chunks: a trailer", "chunks: two trailers", "chunks: a trailer that is a length",
          "chunks: a trailer that is folded"}},
    };
}

std::vector<Difference> in_the_lines() {
    const char* const lf = "LF alone may end a line";
    const char* const cr = "a CR within a line is invalid";
    return {
        {"RFC 9112, 2.2",
         lf,
         hi,
         nothing,
         {R"(line end: \n after line 4 of one with length)",
          R"(line end: \n after every line of one with length)"}},
        {"RFC 9112, 2.2",
         lf,
         hello,
         nothing,
         {R"(line end: \n after line 3 of one with chunks)",
          R"(line end: \n after line 7 of one with chunks)",
          R"(line end: \n after every line of one with chunks)"}},
        {"RFC 9112, 2.2",
         lf,
         hello,
         raw_chunks,
         {R"(line end: \n after line 2 of one with chunks)"}},
        {"RFC 9112, 2.2",
         cr,
         nothing,
         hi,
         {R"(line end: \r after line 2 of one with length)",
          R"(line end: \r\r\n after line 2 of one with length)",
          R"(line end: \r\r\n after line 3 of one with length)", R"(field: X: a\rb)",
          R"(field: X: y\r)", R"(field: \rX: y)", R"(field: X\r: y)"}},
        {"RFC 9112, 2.2",
         cr,
         nothing,
         "200 ''",
         {R"(line end: \r after line 2 of one with chunks)"}},
        {"RFC 9112, 2.2",
         cr,
         nothing,
         raw_chunks,
         {R"(line end: \r\r\n after line 2 of one with chunks)"}},
        {"RFC 9112, 2.2",
         cr,
         nothing,
         hello,
         {R"(chunk size: '5\r')", R"(chunk size: '5\r5')",
          R"(line end: \r\r\n after line 4 of one with chunks)",
          R"(line end: \r\r\n after line 6 of one with chunks)"}},
    };
}

std::vector<Difference> in_the_fields() {
    const char* const space = "no white space stands between a name and its colon";
    const char* const begin = "a line that begins with white space does not follow the status line";
    return {
        {"RFC 9112, 5",
         "a field has a name, made of certain characters, and a colon",
         nothing,
         hi,
         {"field: no colon", "field: :", "field: : y", "field: a b: y", "field: a(b): y",
          R"(field: \xc3\xbc: y)", "field: []: y", "field: {\"a\": 1}", "field: HTTP/1.1 200 OK",
          "field: \"X\": y"}},
        {"RFC 9112, 5",
         "a field has a name, made of certain characters, and a colon",
         nothing,
         hello,
         {"length: without a colon"}},
        {"RFC 9112, 5.1", space, nothing, hi, {"field: X : y", R"(field: X\t: y)"}},
        {"RFC 9112, 5.1",
         space,
         nothing,
         hello,
         {"length: a space before the colon", "length: a tab before the colon"}},
        {"RFC 9112, 5.1", space, nothing, raw_chunks, {"coding: a space before the colon"}},
        {"RFC 9112, 5.1",
         space,
         nothing,
         "302 'hi' to nowhere",
         {"redirect: a space before the colon"}},
        {"RFC 9112, 2.2", begin, nothing, hi, {"field:  X: y", R"(field: \tX: y)", "field:  : y"}},
        {"RFC 9112, 2.2", begin, nothing, hello, {"length: a space before the name"}},
        {"RFC 9112, 2.2", begin, nothing, raw_chunks, {"coding: a space before the name"}},
        {"RFC 9112, 5.2",
         "a folded line goes on with the field before it",
         hello,
         raw_chunks,
         {"coding: folded"}},
        {"RFC 9112, 5.2",
         "a folded line goes on with the field before it",
         "302 'hi' to /end",
         "302 'hi' to nowhere",
         {"redirect: folded"}},
        {"RFC 9110, 5.5",
         "a NUL within a field is invalid",
         nothing,
         hi,
         {R"(field: X: a\x00b)", R"(field: X\x00: y)"}},
        {"RFC 9110, 5.4",
         "lines are not limited, a head is (64 KiB); cpp-httplib: a line, 8 KiB",
         hi,
         nothing,
         {"field: of 9000 bytes", "field: of 30000 bytes", "field: of 60000 bytes"}},
        {"RFC 9110, 5.4",
         "lines are not limited, a head is (64 KiB); cpp-httplib: a line, 8 KiB",
         nothing,
         hi,
         {"field: 20000 of them"}},
        {"RFC 9110, 10.2.2",
         "a Location is followed as it came, not percent-decoded",
         "302 'hi' to /a%2Fb%20c",
         "302 'hi' to /a/b c",
         {"redirect: percent-encoded"}},
    };
}

}  // namespace

const std::vector<Difference>& known_differences() {
    static const std::vector<Difference> all = [] {
        std::vector<Difference> list;
        for (auto* part : {in_the_status_line, in_the_length, in_the_coding, in_the_chunks,
                           in_the_lines, in_the_fields})
            for (Difference& difference : part())
                list.push_back(difference);
        return list;
    }();
    return all;
}

}  // namespace parsers
