// The pictures of compare and scale: where things stand, and what they say.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

#include "benchmark_examples.hpp"
#include "benchmarks/chart.hpp"
#include "benchmarks/scale_chart.hpp"
#include "support/text.hpp"

namespace {

using benchmark_examples::example_scale;
using benchmark_examples::example_table;
using benchmark_examples::run_of;
using benchmarks::Scale;
using benchmarks::Table;
using test_support::contains;
using test_support::count_of;

std::string text_at(const char* place, const char* text, const char* anchor = "start") {
    return fmt::format("{} text-anchor=\"{}\">{}</text>\n", place, anchor, text);
}

TEST_CASE("a bar stands between its model's names and its figures, below the heading") {
    const std::string file = bars(example_table(), "compare --svg x.svg");
    CHECK(contains(file, "viewBox=\"0 0 860 270\""));
    for (const std::string& part :
         {std::string("<metadata>made by: compare --svg x.svg</metadata>"),
          text_at("<text class=\"heading\" x=\"24\" y=\"34\"",
                  "The same pages with each model · As mesmas páginas com cada modelo"),
          text_at("y=\"58\"", "time (s) · tempo (s)"),
          text_at("y=\"58\"", "ideal time · tempo ideal"),
          text_at("<text class=\"text\" x=\"208\" y=\"99\"", "model", "end"),
          text_at("<text class=\"muted small\" x=\"208\" y=\"116\"", "modelo", "end"),
          std::string("<rect class=\"receiving\" x=\"220\" y=\"94\" width=\"500\""),
          text_at("x=\"730\" y=\"110\"", "3.000 s · 1.0 x"),
          text_at("x=\"208\" y=\"145\"", "other", "end"),
          text_at("x=\"208\" y=\"162\"", "outro", "end"),
          std::string("<rect class=\"receiving\" x=\"220\" y=\"140\" width=\"83.33\""),
          text_at("x=\"313.33\" y=\"156\"", "0.500 s · 6.0 x"),
          text_at("x=\"24\" y=\"218\"", "20 pages of 16384 bytes, 100 ms each, https"),
          text_at("x=\"24\" y=\"236\"", "20 páginas de 16384 bytes, 100 ms cada, https"),
          text_at("x=\"24\" y=\"254\"", "2 x Processor 1.5"),
          std::string("<line class=\"ideal\" x1=\"553.33\" y1=\"89\" x2=\"553.33\" y2=\"121\"/>"),
          std::string("<line class=\"ideal\" x1=\"253.33\" y1=\"135\" x2=\"253.33\" y2=\"167\"/>"),
          std::string("<desc id=\"desc\">Bars: the time of each model. model: 3.000 s, ideal "
                      "2.000 s. other: 0.500 s, ideal 0.200 s. · Barras: o tempo de cada modelo. "
                      "modelo: 3,000 s, ideal 2,000 s. outro: 0,500 s, ideal 0,200 s.</desc>")}) {
        CAPTURE(part);
        CHECK(contains(file, part));
    }
}

TEST_CASE("the axis of times begins at the bars and ends with the longest one") {
    const std::string file = bars(example_table(), "compare");
    CHECK(contains(file, "<line class=\"axis\" x1=\"220\" y1=\"78\" x2=\"220\" y2=\"176\"/>"));
    CHECK(
        contains(file, "<line class=\"grid\" x1=\"303.33\" y1=\"78\" x2=\"303.33\" y2=\"176\"/>"));
    CHECK(count_of(file, "class=\"grid\"") == 6);
    CHECK(contains(file, text_at("x=\"220\" y=\"194\"", "0", "middle")));
    CHECK(contains(file, text_at("x=\"303.33\" y=\"194\"", "0.5", "middle")));
    CHECK(contains(file, text_at("x=\"720\" y=\"194\"", "3", "middle")));
}

TEST_CASE("figures stand after the ideal time where that is the longer one") {
    Table table = example_table();
    table.rows[1].model.workers = 2;  // 1 s
    CHECK(contains(bars(table, "compare"), text_at("x=\"396.67\" y=\"156\"", "0.500 s · 6.0 x")));
    table.rows.pop_back();
    table.rows[0].runs = {run_of(0.5, 0.25)};  // ideal: 2 s
    const std::string file = bars(table, "compare");
    CHECK(contains(file, "class=\"receiving\" x=\"220\" y=\"94\" width=\"125\" height=\"22\""));
    CHECK(contains(file, "class=\"ideal\" x1=\"720\""));
    CHECK(contains(file, text_at("x=\"730\" y=\"110\"", "0.500 s · 1.0 x")));
}

TEST_CASE("others have bars of their own kind, with their versions and ratios") {
    const std::string file = bars(benchmark_examples::table_beside(), "compare --beside");
    CHECK(contains(file, "viewBox=\"0 0 860 362\""));
    CHECK(count_of(file, "<rect class=\"receiving\"") == 2 + 1);  // and the legend's
    CHECK(count_of(file, "<rect class=\"waiting\"") == 2 + 1);
    CHECK(count_of(file, "class=\"ideal\"") == 0);
    for (const std::string& part :
         {text_at("y=\"34\"", "The same pages · As mesmas páginas"),
          std::string(">ours, others: time of the whole process (s), ratio to ours · nossos, "
                      "outros: tempo do processo inteiro (s), em relação ao nosso<"),
          std::string("<rect class=\"receiving\" x=\"220\" y=\"140\" width=\"62.5\""),
          std::string("<rect class=\"waiting\" x=\"220\" y=\"186\" width=\"500\""),
          text_at("x=\"208\" y=\"145\"", "other", "end"),
          text_at("x=\"208\" y=\"162\"", "outro", "end"),
          text_at("x=\"208\" y=\"191\"", "minimal.cpp, model", "end"),
          text_at("x=\"208\" y=\"208\"", "lib 1.2", "end"),
          text_at("x=\"730\" y=\"202\"", "6.000 s · 1.85"),
          std::string(" other: 0.750 s. minimal.cpp, model: 6.000 s. tool: 0.875 s. · Barras"),
          std::string(" minimal.cpp, modelo: 6,000 s. tool: 0,875 s.</desc>")}) {
        CAPTURE(part);
        CHECK(contains(file, part));
    }
    CHECK_FALSE(contains(file, "wget2"));
}

TEST_CASE("scale's picture has two fields with axes of powers of ten") {
    const std::string file = lines(example_scale(), "scale --svg y.svg");
    CHECK(contains(file, "viewBox=\"0 0 860 526\""));
    for (const std::string& part :
         {std::string("<metadata>made by: scale --svg y.svg</metadata>"),
          text_at("x=\"72\" y=\"100\"", "CPU time per page (µs)"),
          text_at("x=\"72\" y=\"118\"", "tempo de CPU por página (µs)"),
          text_at("x=\"500\" y=\"100\"", "memory per further page in flight (KiB)"),
          text_at("x=\"500\" y=\"118\"", "memória por página a mais em andamento (KiB)"),
          std::string("<line class=\"axis\" x1=\"72\" y1=\"372\" x2=\"402\" y2=\"372\"/>"),
          std::string("<line class=\"grid\" x1=\"72\" y1=\"132\" x2=\"402\" y2=\"132\"/>"),
          std::string("<line class=\"axis\" x1=\"72\" y1=\"132\" x2=\"72\" y2=\"372\"/>"),
          std::string("<line class=\"grid\" x1=\"402\" y1=\"132\" x2=\"402\" y2=\"372\"/>"),
          text_at("x=\"64\" y=\"376\"", "10000", "end"),
          text_at("x=\"64\" y=\"136\"", "100000", "end"),
          text_at("x=\"72\" y=\"390\"", "1", "middle"),
          text_at("x=\"402\" y=\"390\"", "10", "middle"),
          text_at("x=\"237\" y=\"410\"", "pages in flight · páginas em andamento", "middle"),
          text_at("x=\"492\" y=\"376\"", "100", "end"),
          text_at("x=\"492\" y=\"136\"", "1000", "end"),
          text_at("x=\"24\" y=\"438\"",
                  "Two pages of 16384 bytes for each in flight, 1000 ms each, http"),
          text_at("x=\"24\" y=\"510\"", "2 x Processor 1.5"),
          std::string(">Duas páginas de 16384 bytes para cada uma em andamento, "),
          std::string(">memory: the peak, "),
          std::string(">memória: o pico, "),
          std::string("eixos logarítmicos. model · modelo, 1: 12500.0 µs, -. "
                      "other · outro, 10: 25000.0 µs, 256.0 KiB.</desc>")}) {
        CAPTURE(part);
        CHECK(contains(file, part));
    }
}

TEST_CASE("every model has its colour and its marker, the same in both fields and their legend") {
    const std::string file = lines(example_scale(), "scale");
    CHECK(contains(file, "<polygon class=\"waiting\" points=\"28,56 36,56 36,64 28,64\"/>\n" +
                             text_at("<text class=\"muted\" x=\"44\" y=\"64\"", "model · modelo") +
                             "<circle class=\"one\" cx=\"178\" cy=\"60\" r=\"4.5\"/>\n" +
                             text_at("<text class=\"muted\" x=\"190\" y=\"64\"", "other · outro")));
    CHECK(contains(file,
                   "<polyline class=\"waiting\" points=\"72,348.74\"/>\n"
                   "<polygon class=\"waiting\" points=\"68,344.74 76,344.74 "));
    CHECK(contains(file,
                   "<polyline class=\"one\" points=\"402,276.49\"/>\n"
                   "<circle class=\"one\" cx=\"402\" cy=\"276.49\" r=\"4.5\"/>\n"));
    CHECK(contains(file,
                   "<polyline class=\"one\" points=\"830,274.02\"/>\n"
                   "<circle class=\"one\" cx=\"830\" cy=\"274.02\" r=\"4.5\"/>\n"));
}

TEST_CASE("each of seven programs has a colour of its own, in both fields") {
    Scale scale = example_scale();
    for (const char* name : {"third", "fourth", "fifth", "sixth", "seventh"}) {
        scale.rows.push_back(scale.rows[1]);
        scale.rows.back().name = {name, name};
    }
    const std::string file = lines(scale, "scale");
    for (const char* colour : {"waiting", "one", "two", "three", "four", "five", "failed"}) {
        CAPTURE(colour);
        CHECK(count_of(file, fmt::format("<polyline class=\"{}\" ", colour)) == 2);
    }
}

TEST_CASE("a line joins all points of its model, from left to right") {
    Scale scale = example_scale();
    scale.rows[0].name = scale.rows[1].name;
    const std::string file = lines(scale, "scale");
    CHECK(contains(file, "points=\"72,348.74 402,276.49\""));
    CHECK(count_of(file, ">other · outro</text>") == 1);
}

TEST_CASE("an axis below one has its labels as fractions") {
    Scale scale = example_scale();
    for (auto& run : scale.rows[1].runs)
        run.base_memory_bytes = (3 << 19) - 1536;  // half a KiB for each of three
    const std::string file = lines(scale, "scale");
    CHECK(contains(file, text_at("x=\"492\" y=\"376\"", "0.1", "end")));
    CHECK(contains(file, text_at("x=\"492\" y=\"136\"", "1", "end")));
}

TEST_CASE("a minimal program looks like its model but for its line, which the legend shows once") {
    Scale scale = example_scale();
    scale.beside = true;
    for (const benchmarks::Text& name :
         {benchmarks::Text{"minimal.cpp, model", "minimal.cpp, modelo"},
          benchmarks::Text{"minimal.cpp, other", "minimal.cpp, outro"},
          benchmarks::Text{"minimal.py, other", "minimal.py, outro"},
          benchmarks::Text{"tool", "tool"}})
        scale.rows.push_back(
            {.name = name, .short_name = "", .in_flight = 1, .runs = {run_of(2.0, 0.25)}});
    const std::string file = lines(scale, "scale");
    CHECK(contains(file, "viewBox=\"0 0 860 550\""));
    for (const std::string& part :
         {std::string("<polyline class=\"waiting dashed\" points=\"24,84 56,84\"/>\n"),
          text_at("x=\"62\" y=\"88\"", "minimal.cpp"),
          std::string("<polyline class=\"waiting dotted\" points=\"160.8,84 192.8,84\"/>\n"),
          text_at("x=\"198.8\" y=\"88\"", "minimal.py"),
          std::string("<polygon class=\"three\" points=\"298.8,78.5 303.8,88 293.8,88\"/>\n"),
          text_at("x=\"310.8\" y=\"88\"", "tool"),
          std::string("<polyline class=\"waiting dashed\" points=\"72,372.74\"/>\n"
                      "<polygon class=\"waiting\" "),
          std::string("<polyline class=\"one dashed\" points=\"72,372.74\"/>\n<circle "),
          std::string("<polyline class=\"one dotted\" points=\"72,372.74\"/>\n<circle "),
          std::string("<polyline class=\"three\" points=\"72,372.74\"/>\n<polygon ")}) {
        CAPTURE(part);
        CHECK(contains(file, part));
    }
    CHECK(count_of(file, ">minimal.cpp</text>") == 1);
    CHECK(count_of(file, ">tool</text>") == 1);
}

}  // namespace
