#include "parsers/parsers.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "common/page/http_rules.hpp"
#include "common/page/response_reader.hpp"
#include "parsers/replies.hpp"

namespace parsers {
namespace {

std::string describe(int status, const std::string& location, const std::string& body,
                     std::size_t left) {
    std::string text = body.size() > 40 ? fmt::format("{} {} bytes", status, body.size())
                                        : fmt::format("{} '{}'", status, printable(body));
    if (common::is_redirect(status))
        text += fmt::format(" to {}", location.empty() ? "nowhere" : location);
    if (left > 0)
        text += fmt::format(", {} bytes left", left);
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
    return describe(reader.head().status, reader.head().location, body, reader.leftover());
}

class MemoryStream final : public httplib::Stream {
  public:
    explicit MemoryStream(std::string_view bytes) : rest_(bytes) {}

    std::size_t left() const { return rest_.size(); }

    ssize_t read(char* buffer, std::size_t size) {
        const std::size_t taken = std::min(size, rest_.size());
        std::memcpy(buffer, rest_.data(), taken);
        rest_.remove_prefix(taken);
        return static_cast<ssize_t>(taken);
    }
    ssize_t write(const char*, std::size_t size) { return static_cast<ssize_t>(size); }

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
    std::string_view rest_;
};

class Library : public httplib::ClientImpl {
  public:
    Library() : ClientImpl("127.0.0.1", 80) { set_decompress(false); }
    using ClientImpl::process_request;
};

}  // namespace

std::string read_with_reader(const std::string& bytes) {
    const std::string whole = read_in_pieces(bytes, std::max<std::size_t>(bytes.size(), 1));
    const std::string pieces = read_in_pieces(bytes, 1);
    return whole == pieces ? whole : fmt::format("{}, but {} byte by byte", whole, pieces);
}

std::string read_with_library(const std::string& bytes) {
    Library library;
    MemoryStream stream(bytes);
    httplib::Request request;
    request.method = "GET";
    request.path = std::string(1, '/');  // g++ 12 warns of the literal
    httplib::Response response;
    auto error = httplib::Error::Success;
    if (!library.process_request(stream, request, response, false, error))
        return "nothing";
    return describe(response.status, response.get_header_value("Location"), response.body,
                    stream.left());
}

std::string library_version() {
    return CPPHTTPLIB_VERSION;
}

}  // namespace parsers
