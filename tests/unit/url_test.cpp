// What a URL is taken for, which ones are refused, and where a redirect leads.
#include "common/page/url.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace {

using common::DownloadError;
using common::ErrorKind;
using common::Url;
using Answer = std::variant<DownloadError, Url>;

// The URL as the program would show it, or "refused: " and the message.
std::string describe(const Answer& answer) {
    if (const auto* error = std::get_if<DownloadError>(&answer))
        return "refused: " + error->message;
    return std::get<Url>(answer).text();
}

Url parsed(const std::string& text) {
    const Answer answer = common::parse_url(text);
    CAPTURE(text);
    CAPTURE(describe(answer));
    REQUIRE(std::holds_alternative<Url>(answer));
    return std::get<Url>(answer);
}

bool has_control_character(const std::string& text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// Refused as bad_url with a message that names the URL and is safe to print.
void check_refused(const Answer& answer, const std::string& url) {
    CAPTURE(url);
    CAPTURE(describe(answer));
    const auto* error = std::get_if<DownloadError>(&answer);
    REQUIRE(error != nullptr);
    CHECK(error->kind == ErrorKind::bad_url);
    CHECK(contains(error->message, url));
    CHECK_FALSE(has_control_character(error->message));
}

void check_refused(const std::string& url) {
    check_refused(common::parse_url(url), url);
}

std::string redirect(const std::string& from, const std::string& location) {
    return describe(common::follow_redirect(parsed(from), location));
}

TEST_CASE("an http URL is split into host and port and target") {
    const Url url = parsed("http://example.com:8080/A/b?C=d");
    CHECK_FALSE(url.https);
    CHECK(url.host == "example.com");
    CHECK(url.port == 8080);
    CHECK(url.target == "/A/b?C=d");
    CHECK(url.origin() == "http://example.com:8080");
    CHECK(url.authority() == "example.com:8080");
    CHECK(url.text() == "http://example.com:8080/A/b?C=d");
}

TEST_CASE("the default port belongs to the scheme and is not shown") {
    CHECK(parsed("http://example.com/").port == 80);
    CHECK(parsed("https://example.com/").port == 443);
    CHECK(parsed("http://example.com:80/").text() == "http://example.com/");
    CHECK(parsed("https://example.com:443/").text() == "https://example.com/");
    CHECK(parsed("http://example.com:443/").text() == "http://example.com:443/");
    CHECK(parsed("https://example.com:80/").authority() == "example.com:80");
}

TEST_CASE("an empty port is the default port") {
    CHECK(parsed("http://example.com:/x") == parsed("http://example.com/x"));
    CHECK(parsed("https://[::1]:/x") == parsed("https://[::1]/x"));
}

TEST_CASE("a port is a number from 1 to 65535") {
    CHECK(parsed("http://example.com:1/").port == 1);
    CHECK(parsed("http://example.com:65535/").port == 65535);
    CHECK(parsed("http://example.com:0080/").port == 80);
    for (const char* port : {"0", "65536", "99999999999999999999", "-1", "+80", "http", "80a",
                             "8 0", "80:80", "0x50"}) {
        check_refused(std::string("http://example.com:") + port + "/");
        check_refused(std::string("http://[::1]:") + port + "/");
    }
}

TEST_CASE("the scheme and the host name are case-insensitive") {
    CHECK(parsed("HTTPS://WWW.Example.COM/Path") == parsed("https://www.example.com/Path"));
    CHECK(parsed("hTTp://EXAMPLE.com/") == parsed("http://example.com/"));
    CHECK(parsed("http://ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789/").host ==
          "abcdefghijklmnopqrstuvwxyz-0123456789");
}

TEST_CASE("a URL without a path asks for the root") {
    CHECK(parsed("http://example.com").target == "/");
    CHECK(parsed("http://example.com?a=b").target == "/?a=b");
    CHECK(parsed("http://example.com:81").text() == "http://example.com:81/");
}

TEST_CASE("an IPv6 address stands in brackets in a URL and without them as a host") {
    const Url url = parsed("http://[2001:DB8::1]:8080/x");
    CHECK(url.host == "2001:db8::1");
    CHECK(url.port == 8080);
    CHECK(url.authority() == "[2001:db8::1]:8080");
    CHECK(parsed("https://[::1]").text() == "https://[::1]/");
    CHECK(parsed("https://[::ffff:127.0.0.1]/").host == "::ffff:127.0.0.1");
}

TEST_CASE("what is not an IPv6 address in brackets is refused") {
    for (const char* host : {"[]", "[::1", "[::1]x", "[::1]x:80", "[1::2::3]", "[example.com]",
                             "[127.0.0.1]", "[fe80::1%25eth0]", "::1", "[[::1]]", "[::1]]"})
        check_refused(std::string("http://") + host + "/");
}

TEST_CASE("IPv4 addresses and underscores and a final dot are accepted in hosts") {
    for (const char* host : {"127.0.0.1", "my_host", "example.com.", "a-b.c", "xn--nxasmq6b", "7"})
        CHECK(parsed(std::string("http://") + host + "/").host == host);
}

TEST_CASE("an empty host is refused") {
    for (const char* url :
         {"http://", "https:///path", "http://:80/", "http://?query", "https://#x"})
        check_refused(url);
}

TEST_CASE("a host that is neither a DNS name nor an address is refused") {
    for (const char* host :
         {"exa mple.com", "a\\", "a\\b", "a\\@b", "ex%61mple.com", ".example.com", "a..b", "-a",
          "a,b", "a;b", "a'b", "a\"b", "<a>", "a*b", "m\xC3\xBCnchen.de"})
        check_refused(std::string("http://") + host + "/");
}

TEST_CASE("a host name may have 253 characters and no more") {
    std::string name(253, 'a');
    for (const std::size_t dot : {60U, 120U, 180U, 240U})
        name[dot] = '.';
    CHECK(parsed("http://" + name + "/").host == name);
    const Answer longer = common::parse_url("http://" + name + "a/");
    check_refused(longer, "http://" + name.substr(0, 150));
}

TEST_CASE("user names and passwords in URLs are refused") {
    check_refused("http://user@example.com/");
    check_refused("https://user:secret@example.com:8443/");
    check_refused("http://@example.com/");
    CHECK(parsed("http://example.com/@user?a@b#c@d").target == "/@user?a@b");
}

TEST_CASE("URLs that are not http or https are refused") {
    for (const char* url :
         {"ftp://example.com/", "file:///etc/passwd", "gopher://x/", "javascript:alert(1)",
          "httpx://a/", "mailto:a@b.c", "data:,x", "httpss://a/", "ws://a/"})
        check_refused(url);
}

TEST_CASE("what is no absolute URL is refused") {
    for (const char* url : {"", "example.com", "/path", "//example.com/", "http", "http:", "http:/",
                            "http:/a", "http:example.com", "://a", " http://a/", "1http://a/",
                            "http ://a/", "http:#//a", "http:\\\\a/"})
        check_refused(url);
}

TEST_CASE("control characters in a URL are refused and shown as question marks") {
    for (int c = 0; c < 128; ++c) {
        if (c >= 0x20 && c != 0x7f)
            continue;
        const std::string inside = {'x', static_cast<char>(c), 'y'};
        check_refused(common::parse_url("http://example.com/" + inside), "http://example.com/x?y");
        check_refused(common::parse_url("http://" + inside + "/"), "http://x?y/");
        check_refused(common::parse_url("http://a/#" + inside), "http://a/#x?y");
    }
}

TEST_CASE("what must not stand in a request is percent-encoded") {
    for (const auto& [raw, encoded] : std::vector<std::pair<std::string, std::string>>{
             {"/a b", "/a%20b"},
             {"/caf\xC3\xA9", "/caf%C3%A9"},
             {"/\xFF", "/%FF"},
             {"/\"<>\\^`{|}", "/%22%3C%3E%5C%5E%60%7B%7C%7D"},
             {"/?q=\"a b\"", "/?q=%22a%20b%22"},
             {"?a b", "/?a%20b"}})
        CHECK(parsed("http://example.com" + raw).target == encoded);
}

TEST_CASE("what is percent-encoded already stays as it is") {
    for (const char* target :
         {"/a%20b", "/%c3%A9", "/%00", "/%2F%2f", "/?a=%26", "/%25", "/%aA%fF%09"})
        CHECK(parsed(std::string("http://example.com") + target).target == target);
}

TEST_CASE("a percent sign that begins no code is encoded") {
    for (const auto& [raw, encoded] :
         std::vector<std::pair<std::string, std::string>>{{"/%", "/%25"},
                                                          {"/%4", "/%254"},
                                                          {"/%zz", "/%25zz"},
                                                          {"/%4g", "/%254g"},
                                                          {"/%g4", "/%25g4"},
                                                          {"/%4G", "/%254G"},
                                                          {"/100%", "/100%25"},
                                                          {"/%%41", "/%25%41"},
                                                          {"/?%", "/?%25"}})
        CHECK(parsed("http://example.com" + raw).target == encoded);
}

TEST_CASE("characters that RFC 3986 allows in a path or query are not encoded") {
    const std::string allowed = "/aZ09-._~!$&'()*+,;=:@/?aZ09-._~!$&'()*+,;=:@/?";
    CHECK(parsed("http://example.com" + allowed).target == allowed);
}

TEST_CASE("the fragment is dropped and the query is kept") {
    CHECK(parsed("http://example.com/a?b=c#d").target == "/a?b=c");
    CHECK(parsed("http://example.com#d").target == "/");
    CHECK(parsed("http://example.com/#a#b?c/d").target == "/");
    CHECK(parsed("http://example.com/a?").target == "/a?");
    CHECK(parsed("http://example.com/?a?b/c").target == "/?a?b/c");
}

TEST_CASE("parsing the text of a parsed URL changes nothing") {
    for (const char* text :
         {"http://example.com:8080/a b?c#d", "https://[::1]:1/%41%", "HTTP://A"}) {
        const Url url = parsed(text);
        CHECK(parsed(url.text()) == url);
    }
}

// RFC 3986, 5.4.1 and 5.4.2, without the fragments, which a request does not name.
TEST_CASE("relative redirects lead where RFC 3986 says") {
    for (const auto& example :
         std::vector<std::pair<std::string, std::string>>{{"g", "/b/c/g"},
                                                          {"./g", "/b/c/g"},
                                                          {"g/", "/b/c/g/"},
                                                          {"/g", "/g"},
                                                          {"?y", "/b/c/d;p?y"},
                                                          {"g?y", "/b/c/g?y"},
                                                          {"#s", "/b/c/d;p?q"},
                                                          {"g#s", "/b/c/g"},
                                                          {"g?y#s", "/b/c/g?y"},
                                                          {";x", "/b/c/;x"},
                                                          {"g;x", "/b/c/g;x"},
                                                          {"g;x?y#s", "/b/c/g;x?y"},
                                                          {"", "/b/c/d;p?q"},
                                                          {".", "/b/c/"},
                                                          {"./", "/b/c/"},
                                                          {"..", "/b/"},
                                                          {"../", "/b/"},
                                                          {"../g", "/b/g"},
                                                          {"../..", "/"},
                                                          {"../../", "/"},
                                                          {"../../g", "/g"},
                                                          {"../../../g", "/g"},
                                                          {"../../../../g", "/g"},
                                                          {"/./g", "/g"},
                                                          {"/../g", "/g"},
                                                          {"g.", "/b/c/g."},
                                                          {".g", "/b/c/.g"},
                                                          {"g..", "/b/c/g.."},
                                                          {"..g", "/b/c/..g"},
                                                          {"./../g", "/b/g"},
                                                          {"./g/.", "/b/c/g/"},
                                                          {"g/./h", "/b/c/g/h"},
                                                          {"g/../h", "/b/c/h"},
                                                          {"g;x=1/./y", "/b/c/g;x=1/y"},
                                                          {"g;x=1/../y", "/b/c/y"},
                                                          {"g?y/./x", "/b/c/g?y/./x"},
                                                          {"g?y/../x", "/b/c/g?y/../x"},
                                                          {"g#s/./x", "/b/c/g"},
                                                          {"g#s/../x", "/b/c/g"}}) {
        CAPTURE(example.first);
        CHECK(redirect("http://a/b/c/d;p?q", example.first) == "http://a" + example.second);
    }
}

TEST_CASE("a redirect with an authority alone keeps the scheme") {
    CHECK(redirect("http://a/b/c/d;p?q", "//g") == "http://g/");
    CHECK(redirect("https://a/b", "//g:8443/x?y#z") == "https://g:8443/x?y");
    CHECK(redirect("https://a/b", "//[::1]/x") == "https://[::1]/x");
}

TEST_CASE("a relative redirect stays at its port and address") {
    CHECK(redirect("http://a:8080/b/c", "../x") == "http://a:8080/x");
    CHECK(redirect("https://[::1]:8443/b/c", "x") == "https://[::1]:8443/b/x");
    CHECK(redirect("https://a", "x") == "https://a/x");
    CHECK(redirect("https://a?q", "?r") == "https://a/?r");
}

TEST_CASE("slashes and dots in a query are no path segments") {
    CHECK(redirect("http://a/b/c?d/e/../f", "g") == "http://a/b/g");
    CHECK(redirect("http://a/b/c?d", "g?h/../i") == "http://a/b/g?h/../i");
    CHECK(redirect("http://a/b/c", "?x=http://y/../z") == "http://a/b/c?x=http://y/../z");
}

TEST_CASE("a colon behind something that no scheme has is a part of the path or the query") {
    CHECK(redirect("http://a/b/c", "d?at=12:30") == "http://a/b/d?at=12:30");
    CHECK(redirect("http://a/b/c", "d;x:y") == "http://a/b/d;x:y");
    CHECK(redirect("http://a/b/c", "d/e:f") == "http://a/b/d/e:f");
    CHECK(redirect("http://a/b/c", "12:30") == "http://a/b/12:30");
    CHECK(redirect("http://a/b/c", ":x") == "http://a/b/:x");
}

TEST_CASE("empty path segments are segments") {
    CHECK(redirect("http://a/b//c/d", "../g") == "http://a/b//g");
    CHECK(redirect("http://a/b", "/c//../g") == "http://a/c/g");
    CHECK(redirect("http://a/b", "/c/d//") == "http://a/c/d//");
}

TEST_CASE("a redirect to an absolute URL leads there") {
    CHECK(redirect("http://a/b", "http://c:81/d?e#f") == "http://c:81/d?e");
    CHECK(redirect("http://a/b", "https://c/d") == "https://c/d");
    CHECK(redirect("https://a/b", "HTTPS://C/d") == "https://c/d");
}

TEST_CASE("dot segments of an absolute redirect are removed too") {
    CHECK(redirect("http://a/b", "http://c/d/../e") == "http://c/e");
    CHECK(redirect("http://a/b", "//c/d/./e") == "http://c/d/e");
}

TEST_CASE("a redirect is percent-encoded where that is needed") {
    CHECK(redirect("http://a/b/c", "d e?f g") == "http://a/b/d%20e?f%20g");
    CHECK(redirect("http://a/b/c%20d", "?\xC3\xA9") == "http://a/b/c%20d?%C3%A9");
}

TEST_CASE("a redirect from https to http is refused") {
    const Url from = parsed("https://a/b");
    for (const char* location : {"http://a/b", "http://c/", "HTTP://a/b"}) {
        const Answer answer = common::follow_redirect(from, location);
        check_refused(answer, "https://a/b");
        CHECK(contains(describe(answer), location));
    }
}

TEST_CASE("a redirect to another scheme is refused") {
    const Url from = parsed("http://a/b");
    for (const char* location : {"ftp://a/b", "file:///etc/passwd", "g:h", "mailto:a@b.c",
                                 "svn+ssh://c/d", "z39.50s://c/d", "ms-x:d"}) {
        const Answer answer = common::follow_redirect(from, location);
        check_refused(answer, "http://a/b");
        CHECK(contains(describe(answer), location));
    }
}

TEST_CASE("a redirect to a URL that would be refused is refused") {
    const Url from = parsed("http://a/b");
    for (const char* location :
         {"http://user@c/", "http://c:0/", "//", "//c:65536/", "http:g", "//c\\d/", "http:///d"}) {
        const Answer answer = common::follow_redirect(from, location);
        check_refused(answer, "http://a/b");
        CHECK(contains(describe(answer), location));
    }
}

TEST_CASE("a refused redirect shows no control characters") {
    const Url from = parsed("http://a/b");
    for (const char* location : {"/c\x1B[31md", "ftp://c/\x1B[31md", "http://c/\x01", "\td"})
        check_refused(common::follow_redirect(from, location), "http://a/b");
}

TEST_CASE("a URL that is refused is told why") {
    for (const auto& [url, cause] : std::vector<std::pair<std::string, std::string>>{
             {"gopher://a/", "a URL begins with http:// or https://"},
             {"example.com", "a URL begins with http:// or https://"},
             {"https:/a", "'//' is missing after 'https:'"},
             {"http://u@a/",
              "user names and passwords in URLs are not supported; remove the part up to '@'"},
             {"http://[::1/", "the IPv6 address has no closing ']'"},
             {"http://[A]/", "'[a]' is not an IPv6 address"},
             {"http://[::1]x/", "only a port may follow the IPv6 address"},
             {"http://A..b/",
              "'a..b' is not a host name (names beyond ASCII: write the xn-- form)"},
             {"http://a:0/", "port '0' is not a number from 1 to 65535"}})
        CHECK(describe(common::parse_url(url)) ==
              "refused: cannot download '" + url + "': " + cause);
    CHECK(describe(common::parse_url("http://a/\n")) ==
          "refused: cannot download 'http://a/?': it contains a control character");
}

TEST_CASE("a redirect that is refused is told why") {
    const std::string refused = "refused: cannot download 'https://a/b': it redirects to ";
    CHECK(redirect("https://a/b", "ftp://c/") ==
          refused + "'ftp://c/', and only http and https are followed");
    CHECK(redirect("https://a/b", "http://c/") ==
          refused + "'http://c/', and leaving https for http would lose its protection");
    CHECK(redirect("https://a/b", "https://c:0/") ==
          refused +
              "'https://c:0/', which is refused: cannot download 'https://c:0/': "
              "port '0' is not a number from 1 to 65535");
}

TEST_CASE("what is refused is told with 200 bytes at most of what a URL or a redirect says") {
    const std::string many(10'000, '1');
    const std::string shown(200, '1');
    for (const auto& [url, cause] : std::vector<std::pair<std::string, std::string>>{
             {"http://" + many + "/", "'" + shown + "' is not a host name"},
             {"http://[" + many + "]/", "'[" + shown + "]' is not an IPv6 address"},
             {"http://a:" + many + "/", "port '" + shown + "' is not a number"}})
        CHECK(contains(describe(common::parse_url(url)),
                       "cannot download '" + url.substr(0, 200) + "': " + cause));
    CHECK(redirect("http://a/", "ftp://" + many) ==
          "refused: cannot download 'http://a/': it redirects to 'ftp://" + shown.substr(6) +
              "', and only http and https are followed");
}

TEST_CASE("a URL may have 16 KiB also when it is encoded") {
    const std::string spaces = "http://a/" + std::string(5458, ' ');
    CHECK(parsed(spaces + "x").text().size() == 16 * 1024);
    CHECK(contains(describe(common::parse_url(spaces + "xx")),
                   "': longer than 16384 bytes when encoded"));
    const std::string longest = "http://a/" + std::string(16 * 1024 - 9, 'x');
    CHECK(parsed(longest).text() == longest);
    const Answer longer = common::parse_url(longest + "x");
    check_refused(longer, longest.substr(0, 200));
    CHECK(describe(longer) ==
          "refused: cannot download '" + longest.substr(0, 200) + "': longer than 16384 bytes");
}

}  // namespace
