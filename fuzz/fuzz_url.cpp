// The input's first line is a URL, the rest a Location header that redirects from it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "check.hpp"
#include "common/url.hpp"

namespace {

bool is_visible_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool has_control_character(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

void check(const std::variant<common::DownloadError, common::Url>& parsed) {
    if (const auto* error = std::get_if<common::DownloadError>(&parsed)) {
        FUZZ_CHECK(error->kind == common::ErrorKind::bad_url);
        FUZZ_CHECK(!error->message.empty() && !has_control_character(error->message));
        return;
    }
    const auto& url = std::get<common::Url>(parsed);
    FUZZ_CHECK(!url.host.empty() && url.port != 0);
    FUZZ_CHECK(url.target.starts_with('/') && is_visible_ascii(url.target));
    // What a redirect adds can make a URL longer than parse_url accepts.
    const auto again = common::parse_url(url.text());
    FUZZ_CHECK(url.text().size() > 16 * 1024 ||
               (std::holds_alternative<common::Url>(again) && std::get<common::Url>(again) == url));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t line_end = std::min(input.find('\n'), input.size());
    const auto parsed = common::parse_url(input.substr(0, line_end));
    check(parsed);
    const auto* url = std::get_if<common::Url>(&parsed);
    if (!url || line_end == input.size())
        return 0;
    const auto target = common::follow_redirect(*url, input.substr(line_end + 1));
    check(target);
    if (const auto* next = std::get_if<common::Url>(&target))
        FUZZ_CHECK(next->https || !url->https);
    return 0;
}
