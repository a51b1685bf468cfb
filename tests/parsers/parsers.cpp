#include "parsers/parsers.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "common/page/http_rules.hpp"
#include "common/page/response_reader.hpp"
#include "parsers/replies.hpp"
#include "parsers/reply_server.hpp"

namespace parsers {
namespace {

std::string describe(int status, const std::string& location, const std::string& body) {
    std::string text = body.size() > 40 ? fmt::format("{} {} bytes", status, body.size())
                                        : fmt::format("{} '{}'", status, printable(body));
    if (common::is_redirect(status))
        text += fmt::format(" to {}", location.empty() ? "nowhere" : location);
    return text;
}

std::string read_in_pieces(std::string_view bytes, std::size_t size) {
    std::string body;
    common::ResponseReader reader([](const auto&, const auto&) { return true; },
                                  [&](std::string_view piece) {
                                      body += piece;
                                      return true;
                                  });
    for (std::size_t at = 0; at < bytes.size(); at += size)
        reader.feed(bytes.substr(at, size));
    if (reader.end() != common::ResponseReader::State::complete)
        return "nothing";
    return describe(reader.head().status, reader.head().location, body);
}

}  // namespace

std::string read_with_reader(const std::string& bytes) {
    const std::string whole = read_in_pieces(bytes, std::max<std::size_t>(bytes.size(), 1));
    const std::string pieces = read_in_pieces(bytes, 1);
    return whole == pieces ? whole : fmt::format("{}, but {} byte by byte", whole, pieces);
}

std::string read_with_library(const std::string& bytes) {
    const std::vector<Reply> replies{{"", bytes}};
    const ReplyServer server(replies);
    httplib::Client client(server.origin());
    client.set_decompress(false);
    const httplib::Result response = client.Get("/0");
    return response
               ? describe(response->status, response->get_header_value("Location"), response->body)
               : "nothing";
}

std::string library_version() {
    return CPPHTTPLIB_VERSION;
}

}  // namespace parsers
