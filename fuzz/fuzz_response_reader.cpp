// A server's answer, in pieces: the input's first byte says how large they are.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "04_async/response_reader.hpp"
#include "check.hpp"

namespace {

using async_model::ResponseReader;

struct Outcome {
    ResponseReader::State state;
    std::string error;
    int status;
    std::string location;
    std::string body;
    bool reusable;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome read(std::string_view reply, std::size_t piece) {
    std::string body;
    ResponseReader reader([](const auto&, const auto&) { return true; },
                          [&](std::string_view bytes) {
                              body += bytes;
                              return body.size() <= 2000;  // as a size limit would
                          });
    for (std::size_t at = 0; at < reply.size(); at += piece)
        reader.feed(reply.substr(at, piece));
    reader.end();
    FUZZ_CHECK(reader.body_bytes() <= reply.size());
    FUZZ_CHECK(reader.leftover() <= reply.size());
    FUZZ_CHECK((reader.state() == ResponseReader::State::broken) == !reader.error().empty());
    // How much of a rejected body was handed out depends on the pieces, and says nothing.
    if (reader.state() == ResponseReader::State::rejected)
        body.clear();
    return {reader.state(),         reader.error(), reader.head().status,
            reader.head().location, body,           reader.reusable()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const std::string_view reply(reinterpret_cast<const char*>(data) + 1, size - 1);
    const Outcome whole = read(reply, std::max<std::size_t>(reply.size(), 1));
    FUZZ_CHECK(read(reply, std::size_t{1} + data[0] % 16) == whole);
    FUZZ_CHECK(read(reply, 1) == whole);
    return 0;
}
