// The command lines of compare and scale, and the programs that they run.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/utsname.h>

#include <asio/version.hpp>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "benchmarks/beside.hpp"
#include "benchmarks/command_line.hpp"
#include "benchmarks/machine.hpp"
#include "benchmarks/measure.hpp"
#include "benchmarks/temporary_file.hpp"
#include "common/run/limits.hpp"
#include "file_size_limit.hpp"
#include "support/processes.hpp"
#include "support/text.hpp"

namespace {

using benchmarks::CommandLine;
using benchmarks::Job;
using benchmarks::JobSite;
using benchmarks::Language;
using benchmarks::Model;
using benchmarks::Peer;
using benchmarks::Words;
using test_support::contains;
using test_support::read_text;
using test_support::TemporaryDirectory;

std::optional<int> parse(Words words, CommandLine& line) {
    words.insert(words.begin(), line.program);
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    return parse_command_line(static_cast<int>(arguments.size()), arguments.data(), line);
}

const CommandLine compare_line{.program = "compare", .job = {}};
const CommandLine scale_line{.program = "scale",
                             .job = {.site = {.latency_ms = 1000, .plain = true}}};

TEST_CASE("the command that is noted has every option that is not as by default, and no file") {
    CommandLine compare = compare_line;
    CHECK(command_of(compare, compare_line) == "compare");
    CHECK_FALSE(parse(
        {"--plain", "--time-limit", "9",  "--repeat",         "2", "--work", "3", "--page-bytes",
         "100",     "--latency",    "20", "--pages",          "4", "--json", "a", "--svg",
         "b",       "--markdown",   "c",  "--markdown-pt-br", "d"},
        compare));
    CHECK(command_of(compare, compare_line) ==
          "compare --pages 4 --latency 20 --page-bytes 100 --work 3 --repeat 2 --time-limit 9 "
          "--plain");
    CHECK(compare.json_file == "a");
    CHECK(compare.svg_file == "b");
    CHECK(compare.markdown_file == "c");
    CHECK(compare.portuguese_markdown_file == "d");

    CommandLine scale = scale_line;
    CHECK_FALSE(parse({}, scale));
    CHECK(command_of(scale, scale_line) == "scale");
    CHECK_FALSE(parse({"--https", "--most", "10", "--repeat", "3", "--beside"}, scale));
    CHECK(command_of(scale, scale_line) == "scale --repeat 3 --most 10 --https --beside");
    CHECK_FALSE(scale.job.site.plain);
}

TEST_CASE("options take numbers up to their limits, and none beyond") {
    struct Limits {
        CommandLine line;
        const char* option;
        long least;
        long most;
    };
    for (const Limits& limits :
         {Limits{compare_line, "--pages", 1, 1'000'000},
          Limits{compare_line, "--latency", 1, 600'000},
          Limits{compare_line, "--work", 0, 1'000'000}, Limits{compare_line, "--repeat", 1, 1000},
          Limits{compare_line, "--time-limit", 1, 86'400},
          Limits{scale_line, "--most", 1, 100'000}}) {
        for (const auto& [value, status] : {std::pair{limits.least - 1, std::optional(2)},
                                            {limits.least, std::nullopt},
                                            {limits.most, std::nullopt},
                                            {limits.most + 1, std::optional(2)}}) {
            CommandLine line = limits.line;
            const std::string option = fmt::format("{}={}", limits.option, value);
            CAPTURE(option);
            CHECK((parse({option}, line) == status));
        }
    }
    CommandLine line = compare_line;
    CHECK_FALSE(parse({"--page-bytes", "0"}, line));
    CHECK(line.job.site.page_bytes == 0);
    CHECK(parse({"--https"}, line) == 2);
    line = scale_line;
    CHECK(parse({"--plain"}, line) == 2);
    CHECK(parse({"--beside", "--page-bytes", "7"}, line) == 2);
}

TEST_CASE("only the files that were asked for are written, each in its form") {
    const TemporaryDirectory directory;
    const benchmarks::Forms forms = {
        .markdown = [](Language language) { return language == Language::english ? "e" : "p"; },
        .json = [] { return "j"; },
        .svg = [](const std::string& made_by) { return made_by; }};
    CommandLine line = compare_line;
    write_files(line, "compare", forms);
    line.portuguese_markdown_file = directory.file("pt.md");
    line.svg_file = directory.file("a.svg");
    write_files(line, "compare --repeat 5", forms);
    CHECK(directory.names() == std::vector<std::string>{"a.svg", "pt.md"});
    CHECK(read_text(line.portuguese_markdown_file) == "p");
    CHECK(read_text(line.svg_file) == "compare --repeat 5 --svg " + line.svg_file);
    line.markdown_file = directory.file("en.md");
    line.json_file = directory.file("a.json");
    write_files(line, "compare", forms);
    CHECK(read_text(line.markdown_file) == "e");
    CHECK(read_text(line.json_file) == "j");
}

TEST_CASE("the machine is told by its processors, its kernel and its compiler") {
    const std::string machine = benchmarks::describe_machine();
    CAPTURE(machine);
    const std::string processors = fmt::format("{} x ", common::processor_count());
    REQUIRE(machine.starts_with(processors));
    CHECK(std::isalnum(static_cast<unsigned char>(machine.at(processors.size()))) != 0);
    utsname system{};
    REQUIRE(uname(&system) == 0);
    const std::string release = system.release;
    CHECK(contains(machine, ", Linux " + release.substr(0, release.find('-')) + ", "));
#ifdef __clang__
    CHECK(machine.ends_with(
        fmt::format(", clang++ {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__)));
#else
    CHECK(machine.ends_with(
        fmt::format(", g++ {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__)));
#endif
}

TEST_CASE("a temporary file is new and empty, and gone afterwards") {
    std::string path;
    {
        const auto descriptors = test_support::count_open_descriptors();
        const benchmarks::TemporaryFile file;
        const benchmarks::TemporaryFile other;
        CHECK(test_support::count_open_descriptors() == descriptors);
        path = file.path();
        CHECK(path != other.path());
        CHECK(std::filesystem::file_size(path) == 0);
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a job's site has a list of its pages for as long as it is there") {
    std::string path;
    {
        const JobSite site(
            Job{.site = {.pages = 2, .latency_ms = 5, .page_bytes = 7, .plain = true}});
        path = site.list_file();
        const std::string page = site.site().origin() + "/delay/5/bytes/7/page/";
        CHECK(page.starts_with("http://"));
        CHECK(read_text(path) == page + "1\n" + page + "2\n");
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a list of pages that cannot be written is an error") {
    const FileSizeLimit limit(10);
    try {
        const JobSite site(Job{.site = {.pages = 2, .latency_ms = 5, .plain = true}});
        FAIL("no error");
    } catch (const std::runtime_error& error) {
        CHECK(std::string(error.what()).starts_with("cannot write /tmp/benchmark-"));
    }
}

TEST_CASE("a chapter's programs have the chapter's name, and its minimal.py lies in its folder") {
    const Model model =
        benchmarks::of_chapter("02_threads", {.name = {"a", "b"}, .short_name = "c", .workers = 5});
    CHECK(model.program.ends_with("/02_threads/threads"));
    CHECK(model.minimal_program == model.program + "_minimal");
    CHECK(model.minimal_script.ends_with("/02_threads/minimal.py"));
    CHECK(std::filesystem::exists(model.minimal_script));
    CHECK(model.workers == 5);
}

Peer shell_peer(const std::string& script) {
    return {.name = {"peer", "peer"},
            .short_name = "peer",
            .version = "1",
            .command = [script](const JobSite&, std::size_t) {
                return Words{"/bin/sh", "-c", script};
            }};
}

std::string failure_of(const std::string& script, const JobSite& site) {
    try {
        run_once(shell_peer(script), site, 1);
        return "none";
    } catch (const std::exception& error) {
        return error.what();
    }
}

TEST_CASE("a program that fails is quoted with the last line of its complaint") {
    const JobSite site(Job{.site = {.pages = 2, .latency_ms = 5, .plain = true}});
    CHECK(failure_of("echo Traceback >&2; echo why >&2; echo >&2; exit 3", site) ==
          "exit status 3: why");
    CHECK(failure_of("kill -KILL $$", site) == "exit status 137: ");
    CHECK(failure_of("exit 0", site) == "the site was asked for 0 of 2 pages");
    // Over http there is no certificate, so what this machine trusts stays as it is.
    const char* trusted = std::getenv("SSL_CERT_FILE");
    CHECK(failure_of("echo $no_proxy ${SSL_CERT_FILE-none} >&2; exit 3", site) ==
          fmt::format("exit status 3: 127.0.0.1 {}", trusted == nullptr ? "none" : trusted));
}

TEST_CASE("other programs trust the site's certificate and use no proxy") {
    const std::string print =
        "echo $no_proxy $SSL_CERT_FILE $REQUESTS_CA_BUNDLE $CURL_CA_BUNDLE >&2; exit 1";
    const JobSite site(Job{.site = {.pages = 1, .latency_ms = 5}});
    const std::string& file = site.site().ca_file();
    CHECK(failure_of(print, site) ==
          fmt::format("exit status 1: 127.0.0.1 {} {} {}", file, file, file));
}

TEST_CASE("a program that failed once has no figures and is not run again") {
    const TemporaryDirectory directory;
    const JobSite site(Job{.site = {.pages = 0, .latency_ms = 5, .plain = true}});
    Peer peer =
        shell_peer(fmt::format("[ -e {0} ] || {{ : >{0}; exit 0; }}; echo again >>{0}; "
                               "exit 3",
                               directory.file("ran")));
    measure(peer, site, 1);
    REQUIRE(peer.runs.size() == 1);
    CHECK(peer.failure.empty());
    CHECK(peer.runs[0].seconds == peer.runs[0].usage.wall_seconds);
    CHECK(peer.runs[0].connections == 0);
    for (int i = 0; i < 2; ++i) {
        measure(peer, site, 1);
        CHECK(peer.runs.empty());
        CHECK(peer.failure == "exit status 3: ");
    }
    CHECK(read_text(directory.file("ran")) == "again\n");
}

// A folder that is all of PATH for a while.
class OnlyPath {
  public:
    OnlyPath() : before_(std::getenv("PATH")) { setenv("PATH", folder_.path().c_str(), 1); }
    ~OnlyPath() { setenv("PATH", before_.c_str(), 1); }
    OnlyPath(const OnlyPath&) = delete;
    OnlyPath& operator=(const OnlyPath&) = delete;

    void add(const std::string& program, const std::string& script) const {
        test_support::write_text(folder_.file(program), "#!/bin/sh\n" + script);
        std::filesystem::permissions(folder_.file(program), std::filesystem::perms::owner_all);
    }

  private:
    const TemporaryDirectory folder_;
    const std::string before_;
};

std::vector<Model> three_models() {
    return {{.name = {"one", "um"},
             .short_name = "1",
             .takes_workers = false,
             .minimal_program = "/first",
             .minimal_script = "/first.py"},
            {.name = {"two", "dois"}, .short_name = "2", .minimal_script = "/second.py"},
            {.name = {"three", "três"},
             .short_name = "3",
             .minimal_program = "/third",
             .minimal_script = "/third.py"}};
}

TEST_CASE("the programs beside ours are found with their versions, twins and command lines") {
    const JobSite site(Job{.site = {.pages = 2, .latency_ms = 5, .plain = true}});
    const std::string& origin = site.site().origin();
    const OnlyPath path;
    path.add("python3", "echo /opt/python Python 3.11.2 2.28.1 3.8.4");
    const TemporaryDirectory directory;
    path.add("go",
             "[ $1 = version ] && echo go version go1.19.8 linux/amd64 && exit\n"
             "printf '%s\\n' \"$@\" >" +
                 directory.file("built"));
    // More than a pipe holds: who reads only its beginning has this program fail.
    path.add("curl", "echo 'curl 7.88.1 (x86_64) libcurl/7.88.1' && printf '%99999d' 1");
    path.add("wget2", "echo 'GNU Wget2 1.99.1 - multithreaded'");
    const auto [peers, left_out] = benchmarks::find_peers(three_models(), true);
    CHECK(left_out.empty());
    std::vector<std::string> lines;
    for (const Peer& peer : peers) {
        CHECK(peer.failure.empty());
        CHECK(peer.runs.empty());
        lines.push_back(fmt::format("{}; {}; {}; {}", peer.name.english, peer.name.portuguese,
                                    peer.short_name, peer.twin));
    }
    CHECK(lines == std::vector<std::string>{"minimal.cpp, one; minimal.cpp, um; minimal.cpp, 1; 0",
                                            "minimal.cpp, three; minimal.cpp, três; "
                                            "minimal.cpp, 3; 2",
                                            "minimal.py, one; minimal.py, um; minimal.py, 1; 0",
                                            "minimal.py, two; minimal.py, dois; minimal.py, 2; 1",
                                            "minimal.py, three; minimal.py, três; "
                                            "minimal.py, 3; 2",
                                            "Go net/http; Go net/http; Go net/http; 2",
                                            "curl -Z; curl -Z; curl -Z; 2",
                                            "wget2; wget2; wget2; 2"});
    REQUIRE(peers.size() == 8);
    const std::string httplib = "cpp-httplib ";
    REQUIRE(peers[0].version.starts_with(httplib));
    CHECK(std::isdigit(static_cast<unsigned char>(peers[0].version[httplib.size()])) != 0);
    int major = 0, minor = 0, patch = 0;
    REQUIRE(std::sscanf(peers[1].version.c_str(), "Asio %d.%d.%d", &major, &minor, &patch) == 3);
    CHECK(100'000 * major + 100 * minor + patch == ASIO_VERSION);
    CHECK(peers[2].version == "Python 3.11.2, requests 2.28.1");
    CHECK(peers[3].version == "Python 3.11.2, requests 2.28.1");
    CHECK(peers[4].version == "Python 3.11.2, aiohttp 3.8.4");
    CHECK(peers[5].version == "go1.19.8");
    CHECK(peers[6].version == "curl 7.88.1");
    CHECK(peers[7].version == "Wget2 1.99.1");

    CHECK(peers[0].command(site, 7) == Words{"/first", origin, "2"});
    CHECK(peers[1].command(site, 7) == Words{"/third", origin, "2", "7"});
    CHECK(peers[2].command(site, 7) == Words{"/opt/python", "/first.py", origin, "2"});
    CHECK(peers[3].command(site, 7) == Words{"/opt/python", "/second.py", origin, "2", "7"});
    const Words go = peers[5].command(site, 7);
    CHECK(go.at(0).ends_with("/go_http"));
    CHECK(Words(go.begin() + 1, go.end()) == Words{"7", site.list_file()});
    const std::string built = read_text(directory.file("built"));
    const std::string words = fmt::format("build\n-o\n{}\n", go[0]);
    REQUIRE(built.starts_with(words));
    const std::string source = built.substr(words.size(), built.size() - words.size() - 1);
    CHECK(source.ends_with("/benchmarks/peers/go_http.go"));
    CHECK(std::filesystem::exists(source));
    CHECK(test_support::joined(peers[6].command(site, 7), " ") ==
          "curl -Z --parallel-immediate --parallel-max 7 --silent --show-error --fail "
          "--output /dev/null " +
              origin + "/delay/5/bytes/16384/page/[1-2]");
    CHECK(peers[7].command(site, 7) ==
          Words{"wget2", "--quiet", "--max-threads=7", "-O", "/dev/null", "-i", site.list_file()});
}

TEST_CASE("what is not installed is left out, with the packages that have it") {
    const OnlyPath path;
    setenv("PYTHONHOME", "/nowhere", 1);  // with which no python3 starts
    const auto [peers, left_out] = benchmarks::find_peers(three_models(), true);
    unsetenv("PYTHONHOME");
    CHECK(peers.size() == 2);
    std::string english;
    std::string portuguese;
    for (const benchmarks::Text& note : left_out) {
        english += note.english + "\n";
        portuguese += note.portuguese + "\n";
    }
    CHECK(english ==
          "minimal.py is left out: not installed (apt-get install python3-requests "
          "python3-aiohttp)\n"
          "Go net/http is left out: not installed (apt-get install golang-go)\n"
          "curl -Z is left out: not installed (apt-get install curl)\n"
          "wget2 is left out: not installed (apt-get install wget2)\n");
    CHECK(portuguese ==
          "minimal.py ficou de fora: não está instalado (apt-get install python3-requests "
          "python3-aiohttp)\n"
          "Go net/http ficou de fora: não está instalado (apt-get install golang-go)\n"
          "curl -Z ficou de fora: não está instalado (apt-get install curl)\n"
          "wget2 ficou de fora: não está instalado (apt-get install wget2)\n");
}

TEST_CASE("over https the site's certificate is trusted, and who cannot speak it is left out") {
    const JobSite site(Job{.site = {.pages = 1, .latency_ms = 5}});
    const OnlyPath path;
    path.add("python3", "echo /opt/python Python 3.11.2 2.28.1 3.8.4");
    path.add("go", "[ $1 = version ] && echo go version go1.19.8 linux/amd64");
    path.add("wget2", "echo 'GNU Wget2 1.99.1 - multithreaded'");
    const auto [peers, left_out] = benchmarks::find_peers(three_models(), false);
    REQUIRE(peers.size() == 5);
    CHECK(peers[0].name.english == "minimal.cpp, one");
    CHECK(peers[1].name.english == "minimal.py, one");
    CHECK(peers[4].command(site, 3).back() == "--ca-certificate=" + site.site().ca_file());
    REQUIRE(left_out.size() == 3);
    CHECK(left_out[0].english == "minimal.cpp of coroutines is left out: it speaks http only");
    CHECK(left_out[0].portuguese == "minimal.cpp das corrotinas ficou de fora: só fala http");
    CHECK(left_out[1].english == "Go net/http is left out: go build fails");
    CHECK(left_out[1].portuguese == "Go net/http ficou de fora: go build falha");
    CHECK(left_out[2].english == "curl -Z is left out: not installed (apt-get install curl)");
    CHECK(left_out[2].portuguese ==
          "curl -Z ficou de fora: não está instalado (apt-get install curl)");
}

}  // namespace
