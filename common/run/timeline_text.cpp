// The timeline of a run in characters.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/run/timeline.hpp"
#include "common/run/timeline_scale.hpp"

namespace common {
namespace {

constexpr std::size_t most_columns = 80;
constexpr std::size_t most_rows = 16;

// What happened in one row during one column's time, summed over the row's lanes.
struct Cell {
    double connecting = 0;  // seconds
    double waiting = 0;
    double computing = 0;
    bool begins = false;
    bool failed = false;
};

// The lanes' numbers of a row, both included.
struct Row {
    std::size_t first;
    std::size_t last;
    std::vector<Cell> cells;
};

Row make_row(std::size_t row, std::size_t rows, std::size_t lanes) {
    return {row * lanes / rows, (row + 1) * lanes / rows - 1, {}};
}

std::string label_of(const Row& row, LaneKind kind, const std::vector<std::size_t>& numbers) {
    constexpr std::array<std::pair<const char*, const char*>, 4> names = {
        {{"page", "pages"}, {"thread", "threads"}, {"process", "workers"}, {"place", "places"}}};
    const auto& [one, several] = names.at(static_cast<std::size_t>(kind));
    if (row.first != row.last)
        return fmt::format("{} {}-{}", several, row.first + 1, row.last + 1);
    return fmt::format("{} {}", one, numbers.at(row.first));
}

class Canvas {
  public:
    Canvas(const Run& run, std::size_t columns, std::vector<Row>& rows, std::size_t lanes)
        : run_(run),
          columns_(columns),
          column_seconds_(run.seconds.count() / static_cast<double>(columns)),
          rows_(rows),
          lanes_(lanes) {
        for (Row& row : rows)
            row.cells.assign(columns, Cell());
    }

    void draw(std::size_t lane, const Result& result) {
        const Timestamps& times = times_of(result);
        const std::vector<Span> spans = spans_of(result);
        if (spans.empty() || lane >= lanes_)
            return;
        Row& row = rows_[((lane + 1) * rows_.size() - 1) / lanes_];
        for (const Span& span : spans)
            add(row, span);
        row.cells[column_of(seconds(times.begin))].begins = true;
        if (!arrived(result))
            row.cells[column_of(seconds(times.received))].failed = true;
    }

  private:
    double seconds(Clock::time_point time) const {
        return std::chrono::duration<double>(time - run_.begin).count();
    }
    std::size_t column_of(double second) const {
        return std::min(static_cast<std::size_t>(std::max(second, 0.0) / column_seconds_),
                        columns_ - 1);
    }

    static double& sum_for(Cell& cell, Step step) {
        const bool connects =
            step == Step::resolve || step == Step::connect || step == Step::handshake;
        return step == Step::compute ? cell.computing : connects ? cell.connecting : cell.waiting;
    }

    void add(Row& row, const Span& span) const {
        if (span.step == Step::unknown)
            return;
        const double begin = seconds(span.begin);
        const double end = seconds(span.end);
        for (std::size_t column = column_of(begin); column <= column_of(end); ++column) {
            const double left = static_cast<double>(column) * column_seconds_;
            const double share =
                std::max(0.0, std::min(end, left + column_seconds_) - std::max(begin, left));
            Cell& cell = row.cells[column];
            sum_for(cell, span.step) += share;
        }
    }

    const Run& run_;
    const std::size_t columns_;
    const double column_seconds_;
    std::vector<Row>& rows_;
    const std::size_t lanes_;
};

char glyph_of(const Cell& cell, bool mark_begins) {
    if (cell.failed)
        return 'x';
    if (cell.begins && mark_begins)
        return '|';
    const double most = std::max({cell.connecting, cell.waiting, cell.computing});
    if (most == 0)
        return ' ';
    return most == cell.computing ? '#' : most == cell.waiting ? '-' : '+';
}

const char* colour_of(char glyph) {
    switch (glyph) {
        case 'x':
            return "\033[1;31m";  // red
        case '#':
            return "\033[33m";  // yellow
        case '+':
            return "\033[35m";  // magenta
        case '-':
        case '|':
            return "\033[36m";  // cyan
        default:
            return "\033[0m";
    }
}

std::string drawn(const std::vector<Cell>& cells, bool mark_begins, bool colour) {
    std::string line;
    char before = ' ';
    for (const Cell& cell : cells) {
        const char glyph = glyph_of(cell, mark_begins);
        if (colour && std::string_view(colour_of(glyph)) != colour_of(before))
            line += colour_of(glyph);
        line += before = glyph;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    if (colour)
        line += "\033[0m";
    return line;
}

// "0 s        0.2        0.4", each number where its moment is.
std::string scale(double seconds, std::size_t columns) {
    const double step = scale_step(seconds, 5);
    std::string line;
    for (int i = 0; i * step <= seconds; ++i) {
        const auto column =
            static_cast<std::size_t>(i * step / seconds * static_cast<double>(columns));
        const std::string text = fmt::format("{:g}{}", i * step, i == 0 ? " s" : "");
        if (column + text.size() > columns)
            break;
        line.resize(std::max(column, line.size() + (i == 0 ? 0 : 1)), ' ');
        line += text;
    }
    return line;
}

}  // namespace

std::string timeline_text(const Run& run, bool colour) {
    const LaneKind kind = lane_kind_of(run);
    const std::size_t lanes = count_lanes(run, kind);
    if (run.results.empty() || run.seconds.count() <= 0)
        return "";
    std::vector<Row> rows;
    for (std::size_t row = 0; row < std::min(lanes, most_rows); ++row)
        rows.push_back(make_row(row, std::min(lanes, most_rows), lanes));

    const std::vector<std::size_t> numbers = lane_numbers(run, kind);
    std::size_t label_width = 0;
    for (const Row& row : rows)
        label_width = std::max(label_width, label_of(row, kind, numbers).size());
    const std::size_t columns = most_columns - label_width - 2;

    Canvas canvas(run, columns, rows, lanes);
    for (std::size_t index = 0; index < run.results.size(); ++index)
        canvas.draw(lane_of(run, index, kind), run.results[index]);

    // Where pages are shorter than three columns, marks would be all that is seen.
    const bool mark_begins = rows.size() * columns >= 3 * run.results.size();
    std::string text = "\n";
    for (const Row& row : rows)
        text += fmt::format("{:<{}}  {}\n", label_of(row, kind, numbers), label_width,
                            drawn(row.cells, mark_begins, colour));
    text += fmt::format("{:<{}}  {}\n", "", label_width, scale(run.seconds.count(), columns));
    text += fmt::format("{:<{}}  {}+ connects   - waits   # computes   x failed\n", "", label_width,
                        mark_begins ? "| page begins   " : "");
    if (const auto predicted = prediction_for(run))
        text += fmt::format("predicted, from the waits alone: {} x {} = {}; measured: {}\n",
                            predicted->rounds, seconds_text(predicted->wait),
                            seconds_text(predicted->seconds()), seconds_text(run.seconds.count()));
    return text;
}

}  // namespace common
