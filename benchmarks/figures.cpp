#include "figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "measure.hpp"

namespace benchmarks {

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

Summary summary_of(const std::vector<double>& values) {
    for (const double value : values)
        if (std::isnan(value))
            return {value, value, value};
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    return {median(values), *least, *most};
}

std::string number(double value, int decimals, Language language) {
    if (std::isnan(value))
        return "-";
    const int needed = decimals == 0 && value != std::floor(value) ? 1 : decimals;
    std::string text = fmt::format("{:.{}f}", value, needed);
    if (language == Language::portuguese)
        std::replace(text.begin(), text.end(), '.', ',');
    return text;
}

std::string median_text(const Summary& summary, const Format& format, Language language) {
    const std::string text = number(summary.median, format.decimals, language);
    return std::isnan(summary.median) ? text : text + format.unit;
}

std::string spread_text(const Summary& summary, const Format& format, Language language) {
    const std::string least = number(summary.least, format.decimals, language);
    const std::string most = number(summary.most, format.decimals, language);
    return least == most ? "" : least + "-" + most;
}

std::string full_text(const Summary& summary, const Format& format, Language language) {
    const std::string spread = spread_text(summary, format, language);
    return median_text(summary, format, language) + (spread.empty() ? "" : " (" + spread + ")");
}

std::string runs_note(std::size_t runs, Language language) {
    if (runs == 1)
        return Text{"one run", "uma execução"}.in(language);
    const Text text = {"median of {} runs (min-max)", "mediana de {} execuções (mín.-máx.)"};
    return fmt::format(fmt::runtime(text.in(language)), runs);
}

std::string as_code(const std::string& text) {
    return text.empty() ? "" : "`" + text + "`";
}

std::string wrapped(const std::string& text) {
    constexpr std::size_t width = 79;
    std::string result = text;
    std::size_t begin = 0;
    while (result.size() - begin > width) {
        std::size_t end = result.rfind(' ', begin + width);
        if (end == std::string::npos || end < begin)
            end = result.find(' ', begin);
        if (end == std::string::npos)
            break;
        result[end] = '\n';
        begin = end + 1;
    }
    return result;
}

std::vector<double> Figure::values(const std::vector<Measurement>& runs) const {
    std::vector<double> all;
    for (const Measurement& measurement : runs)
        all.push_back(value(measurement));
    return all;
}

Figure make_figure(std::string key, std::string short_name, Text name, Format format,
                   std::function<double(const Measurement&)> value) {
    return {std::move(key), std::move(short_name), std::move(name), std::move(format),
            std::move(value)};
}

}  // namespace benchmarks
