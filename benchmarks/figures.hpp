// Figures of repeated runs, and how they read in two languages.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace benchmarks {

struct Measurement;

enum class Language { english, portuguese };

struct Text {
    std::string english;
    std::string portuguese;

    const std::string& in(Language language) const {
        return language == Language::english ? english : portuguese;
    }
};

// Of at least one value.
double median(std::vector<double> values);

struct Summary {
    double median = 0;
    double least = 0;
    double most = 0;
};
Summary summary_of(const std::vector<double>& values);

// How a figure is written. A whole number has no decimals; the median of two may need one.
struct Format {
    int decimals = 0;
    std::string unit = {};  // with the space before it: " s"
};

// "5.021", in Portuguese "5,021"; "-" for what is not known, which is not a number (NaN).
std::string number(double value, int decimals, Language language);
// "5.021 s": the median.
std::string median_text(const Summary& summary, const Format& format, Language language);
// "5.019-5.024": least and most; "" where both read alike.
std::string spread_text(const Summary& summary, const Format& format, Language language);
// "5.021 s (5.019-5.024)".
std::string full_text(const Summary& summary, const Format& format, Language language);

// "median of 5 runs (min-max)", or that there was one.
std::string runs_note(std::size_t runs, Language language);

// A name or a version in Markdown, which no language translates; nothing for nothing.
std::string as_code(const std::string& text);

// The versions of the programs that have figures, each once: "curl 7.88.1; Wget2 1.99.1".
template <typename Row>
std::string versions_of(const std::vector<Row>& rows) {
    std::vector<std::string> met;
    std::string line;
    for (const Row& row : rows) {
        if (row.version.empty() || row.runs.empty() ||
            std::find(met.begin(), met.end(), row.version) != met.end())
            continue;
        met.push_back(row.version);
        line += (line.empty() ? "" : "; ") + row.version;
    }
    return line;
}

// With line ends instead of spaces, so that no line is longer than 79 characters where its words
// allow. Counts bytes: for ASCII.
std::string wrapped(const std::string& text);

// One kind of figure that a run has: a row or a column of a table.
struct Figure {
    std::string key;         // in JSON
    std::string short_name;  // on the terminal
    Text name;
    Format format;
    std::function<double(const Measurement&)> value;

    std::vector<double> values(const std::vector<Measurement>& runs) const;
    Summary summary(const std::vector<Measurement>& runs) const { return summary_of(values(runs)); }
};

Figure make_figure(std::string key, std::string short_name, Text name, Format format,
                   std::function<double(const Measurement&)> value);

}  // namespace benchmarks
