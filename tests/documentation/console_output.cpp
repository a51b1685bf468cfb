#include "console_output.hpp"

#include <algorithm>
#include <regex>
#include <utility>

namespace documentation {
namespace {

// The rest of the line as it is; figures that vary are any number.
std::regex pattern_of(const std::string& expected, const std::vector<std::string>& varying) {
    static const std::regex special(R"([.^$|()\[\]{}*+?\\])");
    std::string pattern;
    static const std::regex number("[0-9]+");
    const std::string line = masked(expected);
    std::size_t place = 0;
    const auto add = [&](const std::string& text) {
        pattern += std::regex_replace(text, special, R"(\$&)");
    };
    for (std::sregex_iterator i(line.begin(), line.end(), number), end; i != end; ++i) {
        const auto start = static_cast<std::size_t>(i->position());
        add(line.substr(place, start - place));
        const bool varies = std::find(varying.begin(), varying.end(), i->str()) != varying.end();
        pattern += varies ? "[0-9]+" : i->str();
        place = start + i->str().size();
    }
    add(line.substr(place));
    return std::regex(pattern);
}

// Without blanks at the end, and no longer than what std::regex, which calls itself for each
// character, has stack for.
std::string trimmed(const std::string& line) {
    constexpr std::size_t longest = 2000;
    return line.substr(0, std::min(line.find_last_not_of(" \t\r") + 1, longest));
}

class Comparer {
  public:
    Comparer(const Lines& expected, const Lines& got, const Declaration& declared)
        : expected_(expected) {
        for (const std::string& line : expected)
            patterns_.push_back(pattern_of(trimmed(line), declared.varying));
        for (const std::string& line : got)
            got_.push_back(masked(trimmed(line)));
    }

    // Like a file name with "*": after a line that does not match, the last "..." takes one more.
    Comparison in_order() {
        Comparison result;
        result.lines.resize(expected_.size());
        std::size_t e = 0;
        std::size_t g = 0;
        std::optional<std::pair<std::size_t, std::size_t>> last_gap;
        while (e < expected_.size() || g < got_.size()) {
            if (e < expected_.size() && expected_[e] == "...") {
                last_gap = {++e, g};
            } else if (e < expected_.size() && g < got_.size() && matches(e, g)) {
                result.lines[e++] = g++;
            } else {
                note_difference(e, g, result);
                if (!last_gap || last_gap->second >= got_.size())
                    return result;
                e = last_gap->first;
                g = ++last_gap->second;
            }
        }
        result.same = true;
        return result;
    }

    // Each expected line gets a line of its own. One that matches several, because figures in it
    // vary, gives its line up to one that matches nothing else.
    Comparison in_any_order() {
        Comparison result;
        std::vector<std::optional<std::size_t>> taken_by(got_.size());
        for (std::size_t e = 0; e < expected_.size(); ++e) {
            std::vector<bool> tried(got_.size());
            result.first_missing = e;
            if (expected_[e] == "...")
                continue;
            if (!find_line_for(e, taken_by, tried))
                return result;
            ++result.matched;
        }
        result.first_missing = expected_.size();
        result.same = result.matched == got_.size() || has_gap();
        result.lines.resize(expected_.size());
        for (std::size_t g = 0; g < got_.size(); ++g)
            if (taken_by[g])
                result.lines[*taken_by[g]] = g;
        return result;
    }

  private:
    bool matches(std::size_t e, std::size_t g) const {
        return std::regex_match(got_[g], patterns_[e]);
    }
    bool find_line_for(std::size_t e, std::vector<std::optional<std::size_t>>& taken_by,
                       std::vector<bool>& tried) const {
        for (std::size_t g = 0; g < got_.size(); ++g) {
            if (tried[g] || !matches(e, g))
                continue;
            tried[g] = true;
            if (!taken_by[g] || find_line_for(*taken_by[g], taken_by, tried)) {
                taken_by[g] = e;
                return true;
            }
        }
        return false;
    }
    bool has_gap() const {
        return std::find(expected_.begin(), expected_.end(), "...") != expected_.end();
    }
    static void note_difference(std::size_t e, std::size_t g, Comparison& result) {
        if (e < result.first_missing)
            return;
        result.first_missing = e;
        result.matched = g;
    }

    const Lines& expected_;
    std::vector<std::regex> patterns_;
    Lines got_;
};

}  // namespace

std::string masked(const std::string& line) {
    using Mask = std::pair<std::regex, const char*>;
    static const std::vector<Mask> masks = {
        {std::regex(R"(\b[0-9a-f]{32,}\b)"), "<hash>"},
        {std::regex(R"(\b0x[0-9a-f]+\b)"), "<address>"},
        {std::regex(R"((://[^/\s:]+|\b127\.0\.0\.1|\blocalhost|\[::1?\]):[0-9]+\b)"), "$1:<port>"},
        {std::regex(R"(\b(process|pid|PID|port) [0-9]+\b)"), "$1 <number>"},
        // A decimal, but not a part of 127.0.0.1 or 12.2.0.
        {std::regex(R"((^|[^0-9.])[0-9]+\.[0-9]+(?![0-9]|\.[0-9]))"), "$1<decimal>"},
        {std::regex(R"((<decimal>|\b[0-9]+) ?(%|x|s|ms|µs|MB|KiB|MiB|GiB)(?![A-Za-z]))"),
         "<figure> $2"},
        // Bars are as long as the times: --- and ### are one sign each.
        {std::regex(R"(([-=#.~_*+])\1+)"), "$1"},
        {std::regex(R"(\s+)"), " "},
    };
    std::string text = line;
    for (const auto& [pattern, instead] : masks)
        text = std::regex_replace(text, pattern, instead);
    return text;
}

Comparison compare_output(const Lines& expected, const Lines& got, const Declaration& declared) {
    Comparer comparer(expected, got, declared);
    return declared.unordered ? comparer.in_any_order() : comparer.in_order();
}

}  // namespace documentation
