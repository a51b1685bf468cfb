// What the pages that the practice site shows in a browser have in common.
#pragma once

#include <string_view>

namespace practice_site {

// A text in HTML.
struct Text {
    std::string_view english;
    std::string_view portuguese;
};

using Language = std::string_view Text::*;

constexpr std::string_view palette = R"(
:root { color-scheme: light dark;
  --paper: #faf9f6; --card: #fff; --line: #e5e1d8; --ink: #22252a; --soft: #5f636b;
  --content: #1c6b45; --timing: #a8460a; --ending: #5b45b0; --octets: #b02458; --own: #1d5f93 }
@media (prefers-color-scheme: dark) { :root {
  --paper: #15171b; --card: #1d2026; --line: #30343d; --ink: #e9e7e2; --soft: #a2a7b1;
  --content: #7fd4a5; --timing: #ffb27d; --ending: #bfb0ff; --octets: #ff9dbd; --own: #8fc9f5 } }
* { box-sizing: border-box }
)";

// In the page, so that a browser does not ask for one, which would be counted.
constexpr std::string_view icon =
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E"
    "%3Cpath d='M1 0h2v8H1zM5 2h2v6H5z' fill='%23d9722e'/%3E%3C/svg%3E";

}  // namespace practice_site
