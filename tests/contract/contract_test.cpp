// The one contract of all models: the same job, whatever the concurrency.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/net/tls.hpp"
#include "common/practice_site/practice_site_process.hpp"
#include "common/run/stop.hpp"
#include "support/models.hpp"
#include "support/practice_site_client.hpp"
#include "support/processes.hpp"
#include "support/standard_error.hpp"
#include "support/text.hpp"

namespace {

using common::ErrorKind;
using common::Options;
using common::PracticeSite;
using common::Result;
using std::chrono::milliseconds;
using test_support::contains;

using Strings = std::vector<std::string>;

Options options_for(const PracticeSite& site, std::size_t workers = 5) {
    Options options;
    options.ca_file = site.ca_file();
    options.workers = workers;
    options.timeout = milliseconds(10'000);
    return options;
}

template <typename Model>
std::vector<Result> download(const Strings& urls, const Options& options) {
    return Model::download_all(urls, options, [](std::size_t, const Result&) {});
}

std::string describe(const Result& result) {
    if (const auto* error = std::get_if<common::DownloadError>(&result))
        return fmt::format("{}: {}", name_of(error->kind), error->message);
    const auto& page = std::get<common::Page>(result);
    return fmt::format("{} bytes {}", page.bytes, common::to_hex(page.sha256));
}

Strings describe_all(const std::vector<Result>& results) {
    Strings texts;
    for (const Result& result : results)
        texts.push_back(describe(result));
    return texts;
}

std::string page_text(std::uint64_t page, std::uint64_t bytes) {
    return fmt::format("{} bytes {}", bytes, test_support::hash_of_page(page, bytes));
}

bool failed_as(ErrorKind kind, const Result& result) {
    const auto* error = std::get_if<common::DownloadError>(&result);
    return error && error->kind == kind;
}

// The answer to one URL alone.
template <typename Model>
Result download_one(const PracticeSite& site, const std::string& url,
                    milliseconds timeout = milliseconds(10'000)) {
    Options options = options_for(site, 1);
    options.timeout = timeout;
    return download<Model>({url}, options).at(0);
}

// Downloads that many pages, all held until each worker has asked for one, however late it starts.
template <typename Model>
std::vector<Result> download_held(const PracticeSite& site, int pages, std::uint32_t workers) {
    Strings urls;
    for (int page = 1; page <= pages; ++page)
        urls.push_back(fmt::format("{}/hold/door/delay/50/page/{}", site.origin(), page));
    const test_support::Gatekeeper gatekeeper(site,
                                              Model::concurrent ? static_cast<int>(workers) : 1);
    return download<Model>(urls, options_for(site, workers));
}

FOR_ALL_MODELS("one bad page does not spoil the others") {
    const PracticeSite site;
    Strings urls = site.page_urls({.pages = 9, .latency_ms = 10, .page_bytes = 2000});
    urls[4] = site.origin() + "/status/404";
    const auto results = download<Model>(urls, options_for(site));
    REQUIRE(results.size() == 9);
    for (std::size_t i = 0; i < results.size(); ++i) {
        CAPTURE(describe(results[i]));
        CHECK(arrived(results[i]) == (i != 4));
    }
    REQUIRE(failed_as(ErrorKind::http_status, results[4]));
    CHECK(std::get<common::DownloadError>(results[4]).status == 404);
}

FOR_ALL_MODELS("a refused port, a silent server and a bad URL fail beside pages that arrive") {
    const PracticeSite site;
    const Strings urls = {site.origin() + "/bytes/100/page/1", "http://127.0.0.1:1/",
                          site.origin() + "/silence", "gopher://127.0.0.1/",
                          site.origin() + "/bytes/200/page/2"};
    Options options = options_for(site);
    options.timeout = milliseconds(2000);
    const auto results = download<Model>(urls, options);
    CHECK(describe(results.at(0)) == page_text(1, 100));
    CHECK(failed_as(ErrorKind::connect, results.at(1)));
    CHECK(failed_as(ErrorKind::timeout, results.at(2)));
    CHECK(failed_as(ErrorKind::bad_url, results.at(3)));
    CHECK(describe(results.at(4)) == page_text(2, 200));
    CHECK(contains(describe(results.at(1)), "127.0.0.1:1: Connection refused"));
    CHECK(contains(describe(results.at(2)), urls[2] + " was not complete after 2 s"));
    CHECK(describe(results.at(3)).find(urls[3]) != std::string::npos);
}

FOR_ALL_MODELS("each of 200 pages is asked for exactly once, and an empty list has no results") {
    const PracticeSite site;
    const Strings urls = site.page_urls({.pages = 200, .latency_ms = 0, .page_bytes = 100});
    const auto results = download<Model>(urls, options_for(site, 10));
    CHECK(download<Model>({}, options_for(site, 10)).empty());
    const auto log = test_support::log_of(site);
    CHECK(log.size() == 200);
    for (std::size_t i = 0; i < urls.size(); ++i) {
        CHECK(describe(results[i]) == page_text(i + 1, 100));
        CHECK(log.value(urls[i].substr(site.origin().size()), 0) == 1);
    }
}

FOR_ALL_MODELS("page_done is called once for each page with its result") {
    const PracticeSite site;
    Strings urls = site.page_urls({.pages = 20, .latency_ms = 5, .page_bytes = 100});
    urls[7] = "http://127.0.0.1:1/";
    std::mutex mutex;
    std::multiset<std::size_t> seen;
    Strings reported(urls.size());
    const auto results =
        Model::download_all(urls, options_for(site), [&](std::size_t index, const Result& result) {
            const std::lock_guard lock(mutex);
            seen.insert(index);
            reported.at(index) = describe(result);
        });
    CHECK(seen.size() == 20);
    CHECK(std::set<std::size_t>(seen.begin(), seen.end()).size() == 20);
    CHECK(reported == describe_all(results));
}

FOR_ALL_MODELS("several large bodies at once arrive whole") {
    const PracticeSite site;
    const Strings urls = site.page_urls({.pages = 8, .latency_ms = 20, .page_bytes = 1'000'000});
    const auto results = download<Model>(urls, options_for(site, 8));
    for (std::size_t i = 0; i < urls.size(); ++i)
        CHECK(describe(results[i]) == page_text(i + 1, 1'000'000));
}

// Without TLS's records in between a read fills its whole buffer.
FOR_ALL_MODELS("a large body arrives whole over http too") {
    const PracticeSite site({"--plain"});
    const Result result = download_one<Model>(site, site.origin() + "/bytes/8000000/page/1");
    CHECK(describe(result) == page_text(1, 8'000'000));
    CHECK(times_of(result).connected > common::Clock::time_point());
    CHECK(times_of(result).secured == common::Clock::time_point());
}

FOR_ALL_MODELS("long results of many pages fill no pipe for ever") {
    const PracticeSite site;
    Strings urls;
    for (int i = 0; i < 300; ++i)
        urls.push_back(
            fmt::format("{}/status/404/{}?{}", site.origin(), i, std::string(4000, 'x')));
    const auto results = download<Model>(urls, options_for(site, 4));
    for (std::size_t i = 0; i < urls.size(); ++i) {
        REQUIRE(failed_as(ErrorKind::http_status, results[i]));
        CHECK(std::get<common::DownloadError>(results[i]).message.find(urls[i]) !=
              std::string::npos);
    }
}

FOR_ALL_MODELS("all workers have a page in flight at once, each over its one connection") {
    const PracticeSite site;
    download_held<Model>(site, 24, 8);
    constexpr int workers = Model::concurrent ? 8 : 1;
    const auto stats = test_support::stats_of(site);
    CHECK(stats["most_in_flight"] == workers);
    // One more is the gatekeeper's, and one the test's own, which asks for the number.
    CHECK(stats["connections"] == workers + 1 + 1);
}

FOR_ALL_MODELS("no thread, process or descriptor is left afterwards") {
    const PracticeSite site;
    const Strings urls = {site.origin() + "/page/1", site.origin() + "/status/500",
                          "http://127.0.0.1:1/", site.origin() + "/truncate/5/page/2"};
    download<Model>(urls, options_for(site));  // what is made once per process is made now
    const auto threads = test_support::count_threads();
    const auto descriptors = test_support::count_open_descriptors();
    const auto children = test_support::children_of(getpid());
    download<Model>(urls, options_for(site));
    CHECK(test_support::count_threads() == threads);
    CHECK(test_support::count_open_descriptors() == descriptors);
    CHECK(test_support::children_of(getpid()) == children);
}

FOR_ALL_MODELS("a certificate for another name is refused") {
    const PracticeSite site({"--host", "0.0.0.0"});
    const std::string port = ":" + test_support::port_of(site);
    const Result result = download_one<Model>(site, "https://127.0.0.2" + port + "/page/1");
    CAPTURE(describe(result));
    CHECK(failed_as(ErrorKind::tls, result));
    CHECK(describe(result).find("127.0.0.2") != std::string::npos);
    CHECK(contains(describe(result), "its certificate is not trusted: "));
    CHECK(arrived(download_one<Model>(site, "https://localhost" + port + "/page/1")));
}

FOR_ALL_MODELS("a server that does not speak TLS is refused on https") {
    const PracticeSite site;
    const PracticeSite plain({"--plain"});
    const std::string url = "https" + plain.origin().substr(4) + "/page/1";
    const Result result = download_one<Model>(site, url);
    CAPTURE(describe(result));
    CHECK(failed_as(ErrorKind::tls, result));
    CHECK(contains(describe(result), "does it speak TLS?"));
    // It was the handshake that failed, and not the connection.
    CHECK(times_of(result).connected > common::Clock::time_point());
    CHECK(times_of(result).secured == common::Clock::time_point());
    CHECK(times_of(result).requested == common::Clock::time_point());
}

FOR_ALL_MODELS("a server that drips cannot stretch the deadline") {
    const PracticeSite site;
    Options options = options_for(site, 3);
    options.timeout = milliseconds(1500);
    const auto begin = common::Clock::now();
    const auto results = download<Model>(
        {site.origin() + "/drip-header/50/page/1", site.origin() + "/drip/50/bytes/1000/page/2",
         site.origin() + "/bytes/500/page/3"},
        options);
    const auto elapsed = common::Clock::now() - begin;
    CHECK(failed_as(ErrorKind::timeout, results.at(0)));
    CHECK(failed_as(ErrorKind::timeout, results.at(1)));
    CHECK(describe(results.at(2)) == page_text(3, 500));
    CHECK(elapsed >= options.timeout);
    CHECK(elapsed < milliseconds(20'000));  // the second alone would take 50 s
}

FOR_ALL_MODELS("a body that never stops cannot stretch the deadline") {
    const PracticeSite site({"--plain"});
    // Of so many at once the site always has more bytes ready than the program can take.
    constexpr std::size_t pages = Model::concurrent ? 8 : 1;
    Options options = options_for(site, pages);
    options.timeout = milliseconds(300);
    options.max_bytes = std::uint64_t{10} << 30U;  // seconds at any speed
    for (const Result& result :
         download<Model>(Strings(pages, site.origin() + "/endless"), options))
        CHECK(failed_as(ErrorKind::timeout, result));
}

FOR_ALL_MODELS("the deadline holds over a kept connection too") {
    const PracticeSite site;
    Options options = options_for(site, 1);
    options.timeout = milliseconds(1000);
    const auto results =
        download<Model>({site.origin() + "/page/1", site.origin() + "/silence",
                         site.origin() + "/page/3", site.origin() + "/delay/700/status/408"},
                        options);
    CHECK(arrived(results.at(0)));
    CHECK(failed_as(ErrorKind::timeout, results.at(1)));
    CHECK(arrived(results.at(2)));  // each page has a deadline of its own
    // 408 has the request repeated, over a new connection, but gives it no more time.
    CHECK(failed_as(ErrorKind::timeout, results.at(3)));
}

FOR_ALL_MODELS("what a page is worked on comes after it was received") {
    const PracticeSite site;
    Options options = options_for(site, 1);
    options.work_mib = 100;
    const common::Timestamps times =
        times_of(download<Model>({site.origin() + "/page/1"}, options).at(0));
    CHECK(times.end - times.received >= milliseconds(5));
}

FOR_ALL_MODELS("the deadline holds for all redirects together") {
    const PracticeSite site;
    // Each hop begins a new exchange, and the first of them is over at once.
    const std::string slow = "/delay/800/page/1";
    const std::string hop = site.origin() + "/delay/800/redirect-to/" + test_support::segment(slow);
    CHECK(arrived(download_one<Model>(site, site.origin() + slow, milliseconds(1500))));
    CHECK(failed_as(ErrorKind::timeout, download_one<Model>(site, hop, milliseconds(1500))));
}

FOR_ALL_MODELS("a page of exactly the limit arrives and a larger one does not") {
    const PracticeSite site;
    Options options = options_for(site);
    options.max_bytes = 1000;
    const auto results =
        download<Model>({site.origin() + "/bytes/1000/page/1", site.origin() + "/bytes/1001/page/2",
                         site.origin() + "/chunked/bytes/1000/page/3",
                         site.origin() + "/chunked/bytes/1001/page/4", site.origin() + "/endless"},
                        options);
    CHECK(describe(results.at(0)) == page_text(1, 1000));
    CHECK(failed_as(ErrorKind::too_large, results.at(1)));
    CHECK(describe(results.at(2)) == page_text(3, 1000));
    CHECK(failed_as(ErrorKind::too_large, results.at(3)));
    CHECK(failed_as(ErrorKind::too_large, results.at(4)));
}

FOR_ALL_MODELS("a redirect leads to other sites and from http to https but never back") {
    const PracticeSite secure;
    const PracticeSite plain({"--plain"});
    const auto redirect = [](const PracticeSite& from, const std::string& to) {
        return from.origin() + "/redirect-to/" + test_support::segment(to);
    };
    const std::string page = "/bytes/80/page/8";
    CHECK(describe(download_one<Model>(secure, redirect(plain, secure.origin() + page))) ==
          page_text(8, 80));
    // At its own port the plain site speaks no TLS: what was kept to it is not used for https.
    const std::string same_port = "https" + plain.origin().substr(4) + page;
    CHECK(failed_as(ErrorKind::tls, download_one<Model>(secure, redirect(plain, same_port))));
    CHECK_FALSE(test_support::log_of(plain).contains(page));
    for (const std::string& target : {plain.origin() + page, std::string("file:///etc/passwd"),
                                      std::string("ftp://127.0.0.1/")}) {
        const Result result = download_one<Model>(secure, redirect(secure, target));
        CHECK(failed_as(ErrorKind::bad_url, result));
        CHECK(describe(result).find(target) != std::string::npos);
    }
}

FOR_ALL_MODELS("a kept connection that the server closed is replaced once") {
    const PracticeSite site;
    const auto results = download<Model>(
        {site.origin() + "/hang-up/bytes/90/page/1", site.origin() + "/bytes/90/page/2"},
        options_for(site, 1));
    CHECK(describe(results.at(0)) == page_text(1, 90));
    CHECK(describe(results.at(1)) == page_text(2, 90));
    CHECK(test_support::stats_of(site)["connections"] == 2 + 1);
}

// What a response must not have behind it, one of each kind.
const Strings unasked_bytes = {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL", "\r\n", "junk",
                               "HTTP/1.1 408 -\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"};

FOR_ALL_MODELS("bytes behind a response in the same write are not the next page's") {
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    for (const PracticeSite& site : {PracticeSite(), PracticeSite({"--plain"})}) {
        for (const std::string& response :
             {ok + "Content-Length: 0\r\n\r\n", ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
              std::string("HTTP/1.1 204 -\r\n\r\n")}) {
            for (const std::string& more : unasked_bytes) {
                const Strings urls = {
                    site.origin() + "/raw/" + test_support::segment(response + more) + "/then/keep",
                    site.origin() + "/bytes/10/page/2", site.origin() + "/bytes/20/page/3"};
                CAPTURE(response + more);
                CHECK(describe_all(download<Model>(urls, options_for(site, 1))) ==
                      Strings{page_text(0, 0), page_text(2, 10), page_text(3, 20)});
            }
        }
    }
}

FOR_ALL_MODELS("bytes that come while a kept connection is idle are not the next page's") {
    for (const PracticeSite& site : {PracticeSite(), PracticeSite({"--plain"})}) {
        for (const std::string& more : unasked_bytes) {
            const Strings urls = {
                site.origin() + "/bytes/10/page/1/hang-up/more/" + test_support::segment(more),
                site.origin() + "/bytes/10/page/2/more/" + test_support::segment(more),
                site.origin() + "/bytes/20/page/3"};
            CAPTURE(more);
            // The site, which has one thread, answers here after it has sent everything.
            const auto results = Model::download_all(
                urls, options_for(site, 1),
                [&](std::size_t, const Result&) { test_support::stats_of(site); });
            CHECK(describe_all(results) ==
                  Strings{page_text(1, 10), page_text(2, 10), page_text(3, 20)});
        }
        const auto log = test_support::log_of(site);
        CHECK(log["/bytes/20/page/3"] == unasked_bytes.size());
    }
}

FOR_ALL_MODELS("an exception costs one page, as internal, and no other") {
    const PracticeSite secure;
    const PracticeSite plain({"--plain"});
    Options options = options_for(plain, 2);
    options.ca_file = "/nonexistent/authority.pem";  // read when the first https page needs it
    const auto results =
        download<Model>({plain.origin() + "/bytes/10/page/1", secure.origin() + "/page/2",
                         plain.origin() + "/bytes/10/page/3", plain.origin() + "/bytes/10/page/4"},
                        options);
    CHECK(failed_as(ErrorKind::internal, results.at(1)));
    const std::string text = describe(results.at(1));
    CHECK(text.starts_with("internal: " + secure.origin() + "/page/2 was given up: "));
    CHECK(contains(text, "/nonexistent/authority.pem"));
    for (const std::size_t good : {0U, 2U, 3U})
        CHECK(describe(results.at(good)) == page_text(good + 1, 10));
}

FOR_ALL_MODELS("a client keeps eight connections, and asks the ninth site anew") {
    std::vector<std::unique_ptr<PracticeSite>> sites;
    Strings urls;
    for (int i = 0; i < 9; ++i) {
        sites.push_back(std::make_unique<PracticeSite>(Strings{"--plain"}));
        urls.push_back(sites.back()->origin() + "/bytes/10/page/1");
    }
    // The last one and the second keep their places, the first one has lost it.
    urls.push_back(sites.back()->origin() + "/bytes/10/page/1");
    urls.push_back(sites.at(1)->origin() + "/bytes/10/page/1");
    urls.push_back(sites.front()->origin() + "/bytes/10/page/1");
    for (const Result& result : download<Model>(urls, options_for(*sites.front(), 1)))
        CHECK(describe(result) == page_text(1, 10));
    CHECK(test_support::stats_of(*sites.back())["connections"] == 1 + 1);
    CHECK(test_support::stats_of(*sites.at(1))["connections"] == 1 + 1);
    CHECK(test_support::stats_of(*sites.front())["connections"] == 2 + 1);
}

FOR_ALL_MODELS("bodies end by length, by chunks, by the end of the connection, or do not exist") {
    const PracticeSite site;
    const Strings expected = {page_text(1, 5000), page_text(2, 70'000), page_text(3, 5000),
                              page_text(4, 0), page_text(5, 0)};
    CHECK(describe_all(download<Model>(
              {site.origin() + "/bytes/5000/page/1", site.origin() + "/chunked/bytes/70000/page/2",
               site.origin() + "/until-close/bytes/5000/page/3", site.origin() + "/bytes/0/page/4",
               site.origin() + "/status/204/page/5"},
              options_for(site, 1))) == expected);
}

FOR_ALL_MODELS("a body that is cut short is no page") {
    const PracticeSite site;
    const PracticeSite plain({"--plain"});
    for (const PracticeSite* from : {&site, &plain}) {
        CHECK(failed_as(ErrorKind::truncated,
                        download_one<Model>(*from, from->origin() + "/truncate/10/bytes/500")));
        CHECK(failed_as(
            ErrorKind::truncated,
            download_one<Model>(*from, from->origin() + "/truncate/10/chunked/bytes/5000")));
        CHECK(failed_as(ErrorKind::reset,
                        download_one<Model>(*from, from->origin() + "/reset/10/bytes/500")));
    }
}

FOR_ALL_MODELS("pages are saved as they came, in files that sort like the list") {
    const PracticeSite site;
    const test_support::TemporaryDirectory directory;
    Options options = options_for(site);
    options.save_directory = directory.path();
    const auto results = download<Model>(
        {site.origin() + "/bytes/40/page/1", site.origin() + "/status/404",
         site.origin() + "/truncate/9/bytes/40/page/3", site.origin() + "/bytes/10/page/4"},
        options);
    const Strings names = directory.names();
    REQUIRE(names.size() == 2);
    CHECK(names[0].starts_with("000001_"));
    CHECK(names[1].starts_with("000004_"));
    CHECK(test_support::read_text(directory.file(names[0])) ==
          std::string("This is page 1 of the practice site.\nThis is page 1").substr(0, 40));
    CHECK(test_support::read_text(directory.file(names[1])) == "This is pa");
}

// No name server is asked: a label has 63 characters at most (RFC 1035, 2.3.4).
FOR_ALL_MODELS("a name without an address has no mark that it was resolved") {
    const std::string url = "http://" + std::string(64, 'a') + "/";
    const Result result = download<Model>({url}, Options{.workers = 1}).at(0);
    CHECK(failed_as(ErrorKind::resolve, result));
    CHECK(times_of(result).resolved == common::Clock::time_point());
}

// Ctrl-C comes within the first read of an answer (SSL_CTX_set_msg_callback(3)). By then all of it
// is there, but for what that read takes: less than 18,000 bytes.
void stop_within_answer(int sent, int /*version*/, int part, const void* /*bytes*/,
                        std::size_t /*size*/, SSL* ssl, void* /*ours*/) {
    if (sent != 0 || part != SSL3_RT_HEADER || SSL_is_init_finished(ssl) == 0 ||
        common::stop_requested())
        return;
    test_support::eventually([&] {
        int unread = 0;
        ioctl(SSL_get_fd(ssl), FIONREAD, &unread);
        return unread >= 48'000 - 18'000;
    });
    raise(SIGINT);
}

// In a process of its own, which alone is asked to stop. Nobody has to wait for the bytes: a stop
// that only a wait looks at would not be noticed.
FOR_ALL_MODELS("Ctrl-C ends a page whose bytes are all there") {
    const PracticeSite site;
    const pid_t child = fork();
    if (child == 0) {
        common::install_stop_signals();
        SSL_CTX_set_msg_callback(common::tls_client_context(site.ca_file()), stop_within_answer);
        const Result result =
            download_one<Model>(site, site.origin() + "/bytes/48000/page/1", milliseconds(60'000));
        _exit(failed_as(ErrorKind::stopped, result) ? 0 : 1);
    }
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
}

FOR_ALL_MODELS("times say which worker, process and thread had a page, and when") {
    const PracticeSite site;
    const auto before = common::Clock::now();
    const auto results = download_held<Model>(site, 8, 4);
    const auto after = common::Clock::now();
    std::set<std::uint32_t> workers;
    std::set<std::int32_t> processes;
    std::set<std::int32_t> threads;
    for (const Result& result : results) {
        const common::Timestamps& times = times_of(result);
        CHECK(before <= times.begin);
        CHECK(times.begin + milliseconds(50) <= times.received);
        CHECK(times.received <= times.end);
        CHECK(times.end <= after);
        workers.insert(times.worker);
        processes.insert(times.process_id);
        threads.insert(times.thread_id);
    }
    CHECK(workers ==
          (Model::concurrent ? std::set<std::uint32_t>{0, 1, 2, 3} : std::set<std::uint32_t>{0}));
    constexpr bool forks = std::is_same_v<Model, test_support::Multiprocess>;
    constexpr bool has_threads = forks || std::is_same_v<Model, test_support::Threads>;
    CHECK(processes.size() == (forks ? 4 : 1));
    CHECK(processes.contains(getpid()) == !forks);
    CHECK(threads.size() == (has_threads ? 4 : 1));
}

// ThreadSanitizer cannot see an index that is read and written in two steps, each of them atomic.
TEST_CASE("each of 300,000 pages is one thread's") {
    std::atomic<std::size_t> done = 0;
    const Strings urls(300'000, "no URL");
    test_support::Threads::download_all(urls, {.workers = 8},
                                        [&](std::size_t, const Result&) { ++done; });
    CHECK(done == urls.size());
}

TEST_CASE("whatever exception ends a thread, the others download its pages") {
    const PracticeSite site;
    const Strings urls(12, site.origin() + "/page/1");
    const auto results = test_support::Threads::download_all(
        urls, options_for(site, 3), [](std::size_t index, const Result&) {
            if (index == 0)
                throw std::bad_alloc();
            if (index == 1)
                throw std::logic_error("a bug");
        });
    CHECK(std::all_of(results.begin(), results.end(), common::arrived));
}

TEST_CASE_TEMPLATE("an exception that page_done throws ends the run, and no worker stays", Model,
                   test_support::Sync, test_support::Multiprocess, test_support::Async) {
    const PracticeSite site;
    const Strings urls = {site.origin() + "/page/1"};
    const auto children = test_support::children_of(getpid());
    const auto run = [&] {
        Model::download_all(urls, options_for(site, 1),
                            [](std::size_t, const Result&) { throw std::logic_error("a bug"); });
    };
    CHECK_THROWS_WITH(run(), "a bug");
    CHECK(test_support::children_of(getpid()) == children);
}

TEST_CASE("a thread that ends early says which it is, and why") {
    const PracticeSite site;
    const Strings urls(3, site.origin() + "/page/1");
    const std::string errors = test_support::standard_error_of([&] {
        test_support::Threads::download_all(
            urls, options_for(site, 3),
            [](std::size_t, const Result&) { throw std::logic_error("a bug"); });
    });
    for (int thread = 1; thread <= 3; ++thread)
        CHECK(errors.find(fmt::format("thread {} ended early: a bug\n", thread)) !=
              std::string::npos);
}

// Early pages, and their connections, are then done before late workers need any. The kernel makes
// a connection whatever the site has to do.
TEST_CASE("the first page is connected before the last worker begins") {
    const PracticeSite site;
    const Strings urls = site.page_urls({.pages = 100, .latency_ms = 0, .page_bytes = 100});
    const auto results = download<test_support::Async>(urls, options_for(site, 100));
    CHECK(times_of(results.front()).connected < times_of(results.back()).begin);
}

FOR_ALL_MODELS("times mark each step, and a kept connection is not made once more") {
    const PracticeSite site;
    const Strings urls = {site.origin() + "/delay/300/page/1", site.origin() + "/delay/300/page/2",
                          site.origin() + "/redirect/1/page/3"};
    // On a busy machine the call that sends returns, and the mark is made, after the site has begun
    // to wait: half of its delay is between the marks all the same.
    constexpr milliseconds half_of_the_delay(150);
    const auto results = download<Model>(urls, options_for(site, 1));
    const common::Timestamps& first = times_of(results.at(0));
    for (std::size_t i = 1; i < common::time_marks.size(); ++i) {
        if (common::time_marks.at(i) == &common::Timestamps::redirected)
            continue;
        CAPTURE(i);
        const auto previous =
            common::time_marks.at(i - 1) == &common::Timestamps::redirected ? i - 2 : i - 1;
        CHECK(first.*common::time_marks.at(previous) <= first.*common::time_marks.at(i));
    }
    CHECK(first.begin <= first.resolved);
    CHECK(first.begin < first.connected);
    CHECK(first.connected < first.secured);
    CHECK(first.answered - first.requested >= half_of_the_delay);
    CHECK(first.redirected == common::Clock::time_point());

    const common::Timestamps& second = times_of(results.at(1));
    CHECK(second.connected == common::Clock::time_point());
    CHECK(second.secured == common::Clock::time_point());
    CHECK(second.answered - second.requested >= half_of_the_delay);

    const common::Timestamps& third = times_of(results.at(2));
    CHECK(third.begin < third.redirected);
    CHECK(third.redirected < third.answered);
    CHECK(test_support::stats_of(site)["connections"] == 1 + 1);  // one is ours
}

FOR_ALL_MODELS("a response that drips is answered early and received late") {
    const PracticeSite site;
    const Result result = download_one<Model>(site, site.origin() + "/drip/50/bytes/10/page/1");
    const common::Timestamps& times = times_of(result);
    CHECK(times.received - times.answered >= milliseconds(50 * 9 / 2));
}

}  // namespace
