#include "faults/faults.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/programs.hpp"

namespace faults {
namespace {

namespace programs = test_support::programs;

constexpr double timeout_seconds = 1;
constexpr std::uint64_t max_bytes = 100'000;
constexpr std::uint64_t good_bytes = 3000;
constexpr std::uint64_t fine_bytes = 700;
constexpr int fine_page = 77;

std::string host_of(const std::string& origin) {
    return origin.substr(origin.find("//") + 2);
}

}  // namespace

std::string Sites::good_page(int number) const {
    return fmt::format("{}/delay/20/bytes/{}/page/{}", secure_.origin(), good_bytes, number);
}

std::string Sites::good_hash(int number) {
    return test_support::hash_of_page(static_cast<std::uint64_t>(number), good_bytes);
}

std::vector<Fault> Sites::faults() const {
    std::vector<Fault> all;
    std::string group;
    const auto add = [&](const std::string& name, const std::string& url, const std::string& kind,
                         const std::string& mention) {
        all.push_back({group, name, url, kind, mention});
    };
    // A fault of a page of the secure site.
    const std::string host = host_of(secure_.origin());
    const auto page = [&](const std::string& name, const std::string& path,
                          const std::string& kind) {
        add(name, secure_.origin() + path, kind, host);
    };
    const auto raw = [&](const std::string& name, const std::string& reply, const std::string& kind,
                         const std::string& then = "close") {
        page(name, "/raw/" + test_support::segment(reply) + "/then/" + then, kind);
    };
    const auto https = [](const common::PracticeSite& site) {
        return "https://" + host_of(site.origin()) + "/page/1";
    };
    const std::string fine = fmt::format("/bytes/{}/page/{}", fine_bytes, fine_page);

    group = "before the request";
    add("name not found", "https://no-such-host.invalid/", "resolve", "no-such-host.invalid");
    add("connection refused", "http://127.0.0.1:1/", "connect", "127.0.0.1:1");
    const std::string deaf = fmt::format("127.0.0.1:{}", deaf_port_.port());
    add("connection never answered", "http://" + deaf + "/", "timeout", deaf);
    add("server closes at once", closing_.origin() + "/", "truncated", host_of(closing_.origin()));
    add("unknown authority", https(other_authority_), "tls", host_of(other_authority_.origin()));
    add("self-signed certificate", https(self_signed_), "tls", host_of(self_signed_.origin()));
    add("expired certificate", https(expired_), "tls", host_of(expired_.origin()));
    add("certificate not yet valid", https(not_yet_valid_), "tls",
        host_of(not_yet_valid_.origin()));
    add("certificate for another name", https(wrong_name_), "tls", host_of(wrong_name_.origin()));
    add("plain HTTP on an https URL", https(plain_), "tls", host_of(plain_.origin()));
    add("handshake that goes silent", https(silent_), "timeout", host_of(silent_.origin()));

    group = "in the header";
    page("silence", "/silence", "timeout");
    page("one byte a second", "/drip-header/1000/page/1", "timeout");
    raw("reset before the header", "", "reset", "reset");
    raw("reset within the header", "HTTP/1.1 200 OK\r\nContent-", "reset", "reset");
    raw("closed before the header", "", "truncated");
    raw("closed within the header", "HTTP/1.1 200 OK\r\nContent-", "truncated");
    // Of what is no HTTP, one of each kind: the reader's own tests have the rest.
    page("garbage", "/garbage", "protocol");
    page("header of 1 MiB", "/header-bytes/1048576/page/1", "protocol");
    page("10,000 header lines", "/header-lines/10000/page/1", "protocol");
    raw("bytes that are no text",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + std::string(300, '\xff') + "\r\n\r\n",
        "protocol");
    raw("1xx before the final answer",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "");
    page("204 has no body", "/status/204", "");
    page("304 has no body", "/status/304", "http_status");

    group = "in the body";
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
    page("reset half way", "/reset/1000/bytes/2000", "reset");
    page("shorter than its Content-Length", "/truncate/1000/bytes/2000", "truncated");
    raw("chunked without its end", chunked + "5\r\nhello\r\n", "truncated");
    raw("broken chunk size", chunked + "xyz\r\nhello\r\n0\r\n\r\n", "protocol");
    raw("conflicting lengths", ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "protocol");
    page("one byte a second in the body", "/drip/1000/bytes/100", "timeout");
    page("endless", "/endless", "too_large");
    page("larger than the limit", fmt::format("/bytes/{}", max_bytes + 1), "too_large");
    page("larger than the limit in chunks", fmt::format("/chunked/bytes/{}", max_bytes + 1),
         "too_large");
    page("until the connection ends", "/until-close" + fine, "");

    group = "behind the response";
    const std::string empty = ok + "Content-Length: 0\r\n\r\n";
    const std::string evil = ok + "Content-Length: 4\r\n\r\nEVIL";
    raw("a second response", empty + evil, "", "keep");
    raw("a line end too many", empty + "\r\n", "", "keep");
    raw("a line end too many after chunks", chunked + "0\r\n\r\n\r\n", "", "keep");
    raw("a body after 204", "HTTP/1.1 204 -\r\n\r\nhi", "", "keep");
    raw("junk after a 404", "HTTP/1.1 404 -\r\nContent-Length: 0\r\n\r\njunk", "http_status",
        "keep");
    raw("408 and the end",
        empty + "HTTP/1.1 408 -\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "");

    group = "redirects";
    const auto redirect = [&](const std::string& name, const std::string& location,
                              const std::string& kind) {
        page(name, "/redirect-to/" + test_support::segment(location), kind);
    };
    page("loop", "/redirect-loop", "too_many_redirects");
    page("10 hops", "/redirect/10" + fine, "");
    page("11 hops", "/redirect/11" + fine, "too_many_redirects");
    raw("no Location", "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "http_status");
    redirect("relative", fine, "");
    redirect("to a percent-encoded slash", "/page%2F1", "http_status");
    redirect("to another site", https(other_authority_), "tls");
    all.back().mention = host_of(other_authority_.origin());
    add("http to https",
        plain_.origin() + "/redirect-to/" + test_support::segment(secure_.origin() + fine), "", "");
    redirect("https to http", plain_.origin() + fine, "bad_url");
    redirect("to a file", "file:///etc/passwd", "bad_url");
    redirect("to FTP", "ftp://127.0.0.1/", "bad_url");

    group = "status";
    for (const int status : {404, 410, 418, 429, 500, 503})
        page(fmt::format("{}", status), fmt::format("/status/{}", status), "http_status");
    return all;
}

std::vector<Program> programs() {
    return {{"01_sync", programs::sync},
            {"02_threads 1", std::string(programs::threads) + " --workers 1"},
            {"02_threads 50", std::string(programs::threads) + " --workers 50"},
            {"03_multiprocess", std::string(programs::multiprocess) + " --workers 3"},
            {"04_async", programs::async}};
}

std::string check(const Program& program, const Fault& fault, const Sites& sites) {
    const test_support::TemporaryDirectory directory;
    const std::string list =
        fmt::format("{}\n{}\n{}\n", sites.good_page(1), fault.url, sites.good_page(2));
    const std::string report_file = directory.file("report.json");
    const auto finished = test_support::run(
        {"sh", "-c",
         fmt::format(
             "exec {} --quiet --input - --timeout {} --max-bytes {} --ca-file {} --report {}",
             program.path, timeout_seconds, max_bytes, sites.ca_file(), report_file)},
        list);

    const bool fine = fault.kind.empty();
    if (finished.exit_status != (fine ? 0 : 1))
        return fmt::format("exit status {}: {}", finished.exit_status, finished.errors);
    const auto report = nlohmann::json::parse(test_support::read_text(report_file));
    if (report.at("seconds") > 10 * timeout_seconds)  // what drips would take 100
        return fmt::format("took {} s", report.at("seconds").get<double>());
    const auto& pages = report.at("pages");
    if (pages.size() != 3)
        return fmt::format("{} results for 3 pages", pages.size());
    for (const int good : {0, 2})
        if (pages[static_cast<std::size_t>(good)].value("sha256", "") !=
            Sites::good_hash(good / 2 + 1))
            return "spoils another page: " + pages[static_cast<std::size_t>(good)].dump();

    const std::string dump = pages[1].dump();
    if (pages[1].at("ok") != fine)
        return "wrong outcome: " + dump;
    if (fine) {
        const bool empty = pages[1].at("bytes") == 0;
        return empty || pages[1].at("sha256") == test_support::hash_of_page(fine_page, fine_bytes)
                   ? ""
                   : "wrong content: " + dump;
    }
    if (pages[1].at("kind") != fault.kind)
        return fmt::format("not {}: {}", fault.kind, dump);
    if (pages[1].at("error").get<std::string>().find(fault.mention) == std::string::npos)
        return fmt::format("does not name {}: {}", fault.mention, dump);
    return "";
}

}  // namespace faults
