// The parts of compare and scale: what they measure, compute and write.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <limits>
#include <string>
#include <system_error>
#include <vector>

#include "benchmark_examples.hpp"
#include "benchmarks/figures.hpp"
#include "benchmarks/measure.hpp"
#include "benchmarks/observe.hpp"
#include "benchmarks/scale_chart.hpp"
#include "benchmarks/scale_table.hpp"
#include "benchmarks/table.hpp"
#include "benchmarks/temporary_file.hpp"
#include "common/run/timeline_scale.hpp"
#include "support/open_file_limit.hpp"
#include "support/processes.hpp"
#include "support/sanitized.hpp"
#include "support/text.hpp"

namespace {

using benchmark_examples::example_scale;
using benchmark_examples::example_table;
using benchmark_examples::model_with;
using benchmarks::Ended;
using benchmarks::Job;
using benchmarks::Language;
using benchmarks::observe;
using benchmarks::Scale;
using benchmarks::Table;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test_support::contains;

std::size_t longest_line(const std::string& text) {
    std::size_t longest = 0;
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
        longest = std::max(longest, text.find('\n', at) - at);
    return longest;
}

Ended run_shell(const std::string& script, milliseconds time_limit = seconds(60)) {
    return observe({"/bin/sh", "-c", script}, time_limit);
}

// On a busy machine a sparing look costs so much time that the next may come after a second.
Ended run_shell_watched(const std::string& script) {
    return observe({"/bin/sh", "-c", script}, seconds(60), benchmarks::Looks::thorough);
}

TEST_CASE("a program's status and errors come back") {
    const Ended ended = run_shell("echo nobody reads this; echo oops >&2; exit 7");
    CHECK(ended.exit_status == 7);
    CHECK(ended.errors == "oops\n");
    CHECK_FALSE(ended.timed_out);
    CHECK(run_shell("kill -TERM $$").exit_status == 128 + SIGTERM);
    const Ended missing = observe({"/no/such/program"}, seconds(60));
    CHECK(missing.exit_status == 127);
    CHECK(contains(missing.errors, "cannot run /no/such/program: No such file"));
}

TEST_CASE("long errors come back whole, and a program reads and writes nothing else") {
    const Ended long_errors = run_shell("head -c 10000 /dev/zero | tr '\\0' x >&2");
    CHECK(long_errors.errors == std::string(10000, 'x'));
    const Ended streams =
        run_shell("names=$(readlink /proc/$$/fd/0 /proc/$$/fd/1); echo \"$names\" >&2");
    CHECK(streams.errors == "/dev/null\n/dev/null\n");
}

TEST_CASE("a program that was observed leaves nothing open and no zombie") {
    const auto descriptors = test_support::count_open_descriptors();
    const auto children = test_support::children_of(getpid());
    run_shell("exit 1");
    CHECK(test_support::count_open_descriptors() == descriptors);
    CHECK(test_support::children_of(getpid()) == children);
}

TEST_CASE("where no descriptor is left nothing runs, and nothing is left running") {
    if (is_sanitized()) {
        MESSAGE("skipped: sanitizers need descriptors themselves");
        return;
    }
    const auto children = test_support::children_of(getpid());
    const int next = dup(STDIN_FILENO);
    close(next);
    for (int left = 0; left < 2; ++left) {
        CAPTURE(left);
        std::string error = "none";
        {
            const test_support::OpenFileLimit limit(static_cast<rlim_t>(next + left));
            try {
                run_shell("exec sleep 1000");
            } catch (const std::system_error& thrown) {
                error = thrown.what();
            }
            if (left == 0)
                CHECK_THROWS_AS(benchmarks::TemporaryFile(), std::system_error);
        }
        CHECK(error ==
              std::string(left == 0 ? "memfd_create" : "pidfd_open") + ": Too many open files");
        CHECK(test_support::children_of(getpid()) == children);
    }
}

TEST_CASE("CPU time is also that of the kernel") {
    const Ended ended = run_shell("dd if=/dev/zero of=/dev/null bs=1M count=2000");
    CHECK(ended.usage.cpu_seconds > 0.02);
    CHECK(ended.usage.cpu_seconds <= ended.usage.wall_seconds + 0.1);  // one process at a time
}

TEST_CASE("who waits gives up the processor voluntarily") {
    const Ended ended = run_shell("for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.005; done; true");
    CHECK(ended.usage.voluntary_switches >= 10);
    // One process, which nearly never computes long enough to be interrupted.
    const Ended one = observe({"/bin/bash", "-c",
                               "exec 3< <(sleep 1000); for i in {1..300}; do "
                               "read -t 0.001 -u 3; done"},
                              seconds(60));
    CHECK(one.usage.voluntary_switches >= 300);
    CHECK(one.usage.involuntary_switches < one.usage.voluntary_switches);
}

TEST_CASE("children count: at once, their CPU time and their memory") {
    const Ended one = run_shell("sleep 1");
    CHECK(one.usage.processes <= 2);  // a shell may become its last command
    // For a while at the end there is only one again.
    const Ended five =
        run_shell_watched("sleep 1 & sleep 1 & (sleep 1; true) & wait; sleep 0.1; true");
    CHECK(five.usage.processes == 5);  // a child's child, too
    CHECK(five.usage.threads == 5);
    CHECK(five.usage.voluntary_switches >= 4);
    CHECK(five.usage.memory_known);
    CHECK(five.usage.peak_memory_bytes > one.usage.peak_memory_bytes / 2);

    const std::string busy = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done";
    const Ended in_child = run_shell("(" + busy + "); true");
    CHECK(in_child.usage.cpu_seconds > 0.01);
    CHECK(in_child.usage.wall_seconds >= 0.01);
}

TEST_CASE("memory with children is that of all of them, and once what they share") {
    // Each child fills 20 MB of its own, and keeps them until all have done so and a second more.
    const auto peak_with = [](int children) {
        const test_support::TemporaryDirectory full;
        const std::string fill = fmt::format(
            "head -c 20000000 /dev/zero | tail -c 20000000 | (head -c 1 | mktemp -p {0}; "
            "until [ $(ls {0} | wc -l) -eq {1} ]; do sleep 0.01; done; sleep 1) & ",
            full.path(), children);
        return run_shell_watched(children == 1 ? fill + "wait" : fill + fill + "wait")
            .usage.peak_memory_bytes;
    };
    const auto one = peak_with(1);
    const auto two = peak_with(2);
    CHECK(one > 20'000'000);
    CHECK(two > 40'000'000);
    CHECK(two < 2 * one);

    // Thirty children have the shell's 16 MiB too, until it ends, and the same programs in memory.
    const std::string fill = "x=x; until [ ${#x} -gt 10000000 ]; do x=$x$x; done; ";
    const auto alone = run_shell(fill).usage.peak_memory_bytes;
    CHECK(alone > 10'000'000);
    CHECK(
        run_shell_watched(fill + "for i in $(seq 30); do (sleep 1000; true) & done; sleep 1; true")
            .usage.peak_memory_bytes < 2 * alone);
}

TEST_CASE("memory is unknown where the program ended before it was looked at as a whole") {
    // There are more and more children until the end, so no look at them is due. Where this machine
    // is busy, two counts may be the same for once.
    bool known = true;
    for (int i = 0; known && i < 20; ++i)
        known = run_shell("for i in $(seq 100); do sleep 1000 & done").usage.memory_known;
    CHECK_FALSE(known);
}

TEST_CASE("what this process once held is not counted as the program's") {
    constexpr std::size_t size = std::size_t{512} << 20U;
    void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    munmap(memory, size);
    CHECK(run_shell("exit 0").usage.peak_memory_bytes < size / 2);
}

// Whether a process that was killed is gone or a zombie, soon. `line`: its number as a shell says
// it.
bool has_died(const std::string& line) {
    REQUIRE(line.ends_with("\n"));
    const pid_t process = std::stoi(line);
    return test_support::eventually([&] { return !test_support::is_running(process); });
}

TEST_CASE("after its time limit a program is killed with its children") {
    const Ended ended = run_shell("sleep 1000 & echo $! >&2; wait", milliseconds(500));
    CHECK(ended.timed_out);
    CHECK(ended.exit_status == 128 + SIGKILL);
    CHECK(has_died(ended.errors));
}

TEST_CASE("a child that a program leaves behind is ended") {
    const Ended ended = run_shell("trap '' TERM HUP INT; sleep 1000 & echo $! >&2");
    CHECK(ended.exit_status == 0);
    CHECK(has_died(ended.errors));
}

TEST_CASE("a program ends with the one that observes it") {
    const test_support::TemporaryDirectory directory;
    const std::string file = directory.file("process");
    const pid_t observer = fork();
    if (observer == 0) {
        run_shell("echo $$ >" + file + "; exec sleep 1000");
        _exit(0);
    }
    CHECK(test_support::eventually([&] { return test_support::read_text(file).ends_with("\n"); }));
    kill(observer, SIGKILL);
    waitpid(observer, nullptr, 0);
    CHECK(has_died(test_support::read_text(file)));
}

TEST_CASE("medians, and least and most, in both languages") {
    CHECK(benchmarks::median({3, 1, 2}) == 2);
    CHECK(benchmarks::median({4, 1, 2, 3}) == 2.5);
    const auto summary = benchmarks::summary_of({5.021, 5.0194, 5.0236});
    CHECK(full_text(summary, {3, " s"}, Language::english) == "5.021 s (5.019-5.024)");
    CHECK(full_text(summary, {3, " s"}, Language::portuguese) == "5,021 s (5,019-5,024)");
    CHECK(full_text(summary, {1, " s"}, Language::english) == "5.0 s");
    CHECK(full_text(benchmarks::summary_of({51}), {}, Language::english) == "51");
    CHECK(full_text(benchmarks::summary_of({2, 3}), {}, Language::portuguese) == "2,5 (2-3)");
    CHECK(full_text(benchmarks::summary_of({1'234'567}), {}, Language::english) == "1234567");
    CHECK(benchmarks::runs_note(1, Language::portuguese) == "uma execução");
    CHECK(benchmarks::runs_note(5, Language::english) == "median of 5 runs (min-max)");
    CHECK(benchmarks::runs_note(1, Language::english) == "one run");
    CHECK(benchmarks::runs_note(2, Language::portuguese) == "mediana de 2 execuções (mín.-máx.)");
}

TEST_CASE("a figure that one run lacks is unknown, and has no unit") {
    const double unknown = std::numeric_limits<double>::quiet_NaN();
    for (const auto& values : {std::vector{unknown, 1.0}, std::vector{1.0, 2.0, unknown}})
        CHECK(full_text(benchmarks::summary_of(values), {1, " MiB"}, Language::english) == "-");
}

TEST_CASE("versions are told once each, and only of programs that have figures") {
    const auto row = [](const std::string& version, std::size_t runs) {
        return benchmarks::ScaleRow{.name = {},
                                    .short_name = "",
                                    .runs = std::vector<benchmarks::Measurement>(runs),
                                    .version = version};
    };
    CHECK(benchmarks::versions_of(std::vector{row("", 1), row("curl 8", 1), row("go1", 2),
                                              row("Wget2 1", 0), row("curl 8", 1)}) ==
          "curl 8; go1");
    CHECK(benchmarks::versions_of(std::vector{row("", 1)}).empty());
    CHECK(benchmarks::as_code("go1") == "`go1`");
    CHECK(benchmarks::as_code("").empty());
}

TEST_CASE("long lines are broken between words") {
    const std::string text = benchmarks::wrapped(std::string(70, 'a') + " " + std::string(9, 'b') +
                                                 " " + std::string(100, 'c') + " d");
    CHECK(text ==
          std::string(70, 'a') + "\n" + std::string(9, 'b') + "\n" + std::string(100, 'c') + "\nd");
    CHECK(benchmarks::wrapped("a b " + std::string(100, 'c') + " d") ==
          "a b\n" + std::string(100, 'c') + "\nd");
    CHECK(benchmarks::wrapped("short text") == "short text");
    const std::string full = std::string(70, 'a') + " " + std::string(8, 'b');
    CHECK(benchmarks::wrapped(full) == full);
    CHECK(benchmarks::wrapped(full + " c") == full + "\nc");
    CHECK(benchmarks::wrapped(full + " " + full) == full + "\n" + full);
    CHECK(benchmarks::wrapped(std::string(200, 'x')) == std::string(200, 'x'));
}

TEST_CASE("the ideal time of waiting is that of the rounds") {
    const Job job{.site = {.pages = 50, .latency_ms = 100}};
    CHECK(ideal_seconds(model_with(1, false), job, 0, 2) == doctest::Approx(5.0));
    CHECK(ideal_seconds(model_with(5), job, 0, 2) == doctest::Approx(1.0));
    CHECK(ideal_seconds(model_with(40), job, 0, 2) == doctest::Approx(0.2));
    CHECK(ideal_seconds(model_with(50, false), job, 0, 2) == doctest::Approx(0.1));
}

TEST_CASE("the ideal time of computing is that of workers, or of processors where they are few") {
    const Job job{.site = {.pages = 50, .latency_ms = 100}, .work_mib = 1};
    CHECK(ideal_seconds(model_with(1, false), job, 0.2, 4) == doctest::Approx(50 * 0.3));
    CHECK(ideal_seconds(model_with(2), job, 0.2, 4) == doctest::Approx(25 * 0.3));
    CHECK(ideal_seconds(model_with(50), job, 0.2, 4) == doctest::Approx(0.1 + 50 * 0.2 / 4));
    CHECK(ideal_seconds(model_with(50, false), job, 0.2, 4) == doctest::Approx(0.1 + 50 * 0.2));
}

TEST_CASE("the table for a README has times and costs with their spread") {
    const std::string text = markdown(example_table(), Language::english);
    CHECK(
        text.starts_with("| model | time | speed-up over synchronous | ideal time | % of ideal |\n"
                         "|---|--:|--:|--:|--:|\n"
                         "| model | 3.000 s (2.500-3.500) | 1.0 x | 2.000 s | 67 % |\n"
                         "| other | 0.500 s | 6.0 x | 0.200 s | 40 % |\n"
                         "\n"
                         "Ideal time: the waits alone.\n"
                         "\n"
                         "| cost | model | other |\n"
                         "|---|--:|--:|\n"
                         "| CPU time | 0.500 s (0.250-0.750) | 0.125 s |\n"
                         "| peak memory | 1.5 MiB | 1.5 MiB |\n"
                         "| voluntary context switches | 30 | 30 |\n"
                         "| involuntary context switches | 12 | 12 |\n"
                         "| threads | 6 | 6 |\n"
                         "| processes | 3 | 3 |\n"
                         "| connections | 5 | 5 |\n"
                         "| pages in flight, at most | 4 | 4 |\n"
                         "\n"
                         "Costs cover the whole process, "));
    CHECK(
        text.ends_with("\n\n20 pages of 16384 bytes, 100 ms each, https; 2 x Processor 1.5; "
                       "median of 2 runs (min-max). Made by `compare --pages 20`.\n"));
}

TEST_CASE("the Portuguese table has Portuguese words and numbers") {
    const std::string text = markdown(example_table(), Language::portuguese);
    for (const char* part :
         {"| modelo | tempo | ganho em relação ao síncrono | tempo ideal | % do ideal |\n",
          "| modelo | 3,000 s (2,500-3,500) | 1,0 x | 2,000 s | 67 % |\n",
          "| tempo de CPU | 0,500 s (0,250-0,750) | 0,125 s |\n",
          "| pico de memória | 1,5 MiB | 1,5 MiB |\n", "| trocas de contexto voluntárias | 30 |",
          "| trocas de contexto involuntárias | 12 |", "| threads | 6 |", "| processos | 3 |",
          "| conexões | 5 |", "2 x Processor 1.5; mediana de 2 execuções (mín.-máx.). "}) {
        CAPTURE(part);
        CHECK(contains(text, part));
    }
}

TEST_CASE("the terminal's tables are 80 columns wide at most") {
    Table table = example_table();
    table.rows.resize(5, table.rows.front());
    for (auto& row : table.rows) {
        row.model.name.english = "parallelism (multiprocess)";
        row.model.short_name = "synchronous";
        row.runs[0].usage.voluntary_switches = 12345;
        row.runs[1].seconds = 23.456;
    }
    const std::string costs = terminal_costs(table);
    CHECK(longest_line(costs) <= 80);
    CHECK(contains(costs, "0.250-0.750"));
    CHECK(contains(costs, "30-12345"));
    CHECK(longest_line(benchmarks::terminal_heading()) <= 80);
    const std::string figures = terminal_figures(table.rows[0], table);
    CHECK(longest_line(terminal_name(table.rows[0].model) + figures) <= 80);
    CHECK(contains(figures, "\n" + std::string(27, ' ') + "2.500-23.456\n"));
}

TEST_CASE("an axis has between four and ten steps") {
    CHECK(common::scale_step(5.03, 10) == doctest::Approx(1));
    CHECK(common::scale_step(1, 10) == doctest::Approx(0.1));
    CHECK(common::scale_step(0.3, 10) == doctest::Approx(0.05));
    for (double most = 0.001; most < 1000; most *= 1.3) {
        CAPTURE(most);
        CHECK(most / common::scale_step(most, 10) >= 4);
        CHECK(most / common::scale_step(most, 10) <= 10.0001);
    }
}

TEST_CASE("scale goes up by powers of ten, with two pages for each in flight") {
    CHECK(benchmarks::scale_levels(1) == std::vector<std::size_t>{1});
    CHECK(benchmarks::scale_levels(999) == std::vector<std::size_t>{1, 10, 100});
    CHECK(benchmarks::scale_levels(1000) == std::vector<std::size_t>{1, 10, 100, 1000});
    CHECK(benchmarks::scale_job({.site = {.latency_ms = 7}}, 30).site.pages == 60);
    CHECK(benchmarks::scale_job({.site = {.latency_ms = 7}}, 30).site.latency_ms == 7);
}

TEST_CASE("scale's table divides by pages that arrived and by pages that were in flight") {
    const std::string text = scale_markdown(example_scale(), Language::english);
    CHECK(contains(text,
                   "| other | 10 | 2.500 s (2.250-2.750) | 0.500 s (0.250-0.750) | "
                   "25000.0 µs | 256.0 KiB | 2.1 | 4 |\n"));
    CHECK(contains(text, "\n- model: stopped at 100 in flight: it broke\n"));
    CHECK(contains(text,
                   "; 2 x Processor 1.5; one run; ideal time: the two waits; memory: the peak"));
    CHECK(text.ends_with(". Made by `scale --most 10`.\n"));
    const std::string portuguese = scale_markdown(example_scale(), Language::portuguese);
    CHECK(contains(portuguese,
                   "| outro | 10 | 2,500 s (2,250-2,750) | 0,500 s (0,250-0,750) | "
                   "25000,0 µs | 256,0 KiB | 2,1 | 4 |\n"));
    CHECK(contains(portuguese, "\n- modelo: parou com 100 em andamento: quebrou\n"));
}

TEST_CASE("memory within the differences of runs is none, and of one page there is no figure") {
    Scale scale = example_scale();
    for (auto& run : scale.rows[1].runs)
        run.base_memory_bytes = 1e9;
    CHECK(contains(scale_markdown(scale, Language::english), " | 25000.0 µs | 0.0 KiB | 2.1 | "));
    CHECK_FALSE(contains(lines(scale, "scale"), "inf"));
    for (auto& run : scale.rows[1].runs)
        run.most_in_flight = 1;
    CHECK(contains(scale_markdown(scale, Language::english), " | 25000.0 µs | - | 2.1 | "));
}

TEST_CASE("memory that nobody saw is not told, and not drawn") {
    Scale scale = example_scale();
    scale.rows[1].runs[0].usage.memory_known = false;
    CHECK(contains(scale_markdown(scale, Language::english), " | 25000.0 µs | - | 2.1 | "));
    CHECK(contains(scale_json(scale), "\"median_memory_kib_per_page_in_flight\": null"));
    const std::string file = lines(scale, "scale");
    CHECK(contains(file, "points=\"402,276.49\""));
    CHECK_FALSE(contains(file, "nan"));
    for (auto& run : scale.rows[0].runs)
        run.usage.memory_known = false;
    CHECK_FALSE(contains(lines(scale, "scale"), "nan"));
}

TEST_CASE("the first model is drawn above the others, and a second line of names makes room") {
    Scale scale = example_scale();
    const std::string alone = lines(scale, "scale");
    const std::size_t first = alone.find("points=\"72,348.74\"");
    const std::size_t second = alone.find("points=\"402,276.49\"");
    CHECK(second < first);
    CHECK(first != std::string::npos);
    scale.beside = true;
    CHECK(contains(lines(scale, "scale"), "points=\"72,372.74\""));  // 24 lower, for the legend
}

TEST_CASE("an axis of powers of ten holds all values") {
    const auto decades = benchmarks::decades_of({38, 2900});
    CHECK(decades.first == 1);
    CHECK(decades.last == 4);
    const auto exact = benchmarks::decades_of({1000, 1, 30});
    CHECK(exact.first == 0);
    CHECK(exact.last == 3);
    const auto small = benchmarks::decades_of({0.05});
    CHECK(small.first == -2);
    CHECK(small.last == -1);
    const auto none = benchmarks::decades_of({});
    CHECK(none.first == 0);
    CHECK(none.last == 1);
    const auto same = benchmarks::decades_of({10, 10});
    CHECK(same.first == 1);
    CHECK(same.last == 2);
}

}  // namespace
