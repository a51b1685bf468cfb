// The timeline of a run as a picture.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "common/run/svg.hpp"
#include "common/run/timeline.hpp"
#include "common/run/timeline_scale.hpp"

namespace common {
namespace {

using svg::Anchor;
using svg::Picture;
using svg::Point;

// In units of the picture.
constexpr double left = 84;
constexpr double right = 836;
constexpr double top = 118;
constexpr double lanes_height = 440;  // at most

// How a kind of step is drawn: its share of the lane's height tells it apart without colours.
struct Style {
    const char* style;  // of the style sheet
    double height;      // of a lane's
    const char* name;
};
enum Kind : std::size_t { waiting, connecting, receiving, computing };
constexpr std::array<Style, 4> styles = {{{"waiting", 0.34, "waits · espera"},
                                          {"connecting", 0.62, "connects · conecta"},
                                          {"receiving", 0.62, "receives · recebe"},
                                          {"computing", 0.90, "computes · calcula"}}};

Kind kind_of(Step step) {
    switch (step) {
        case Step::redirect:
        case Step::request:
        case Step::wait:
            return waiting;
        case Step::receive:
            return receiving;
        case Step::compute:
            return computing;
        case Step::resolve:
        case Step::connect:
        case Step::handshake:
        case Step::unknown:  // not drawn
            break;
    }
    return connecting;
}

const char* heading_of(LaneKind kind) {
    constexpr std::array names = {"page · página", "thread", "process · processo",
                                  "in flight · em andamento"};
    return names.at(static_cast<std::size_t>(kind));
}

std::string comma(std::string number) {
    std::replace(number.begin(), number.end(), '.', ',');
    return number;
}

std::string title_of(const Run& run) {
    const std::string seconds = fmt::format("{:.3f}", run.seconds.count());
    return fmt::format("{}: {} pages, {} {}, {} s · {} páginas, {} {}, {} s", run.model,
                       run.results.size(), run.workers, run.workers == 1 ? "worker" : "workers",
                       seconds, run.results.size(), run.workers,
                       run.workers == 1 ? "worker" : "workers", comma(seconds));
}

std::string prediction_of(const Run& run) {
    const auto predicted = prediction_for(run);
    if (!predicted)
        return "";
    const std::string wait = seconds_text(predicted->wait);
    const std::string total = seconds_text(predicted->seconds());
    return fmt::format("from the waits alone: {} x {} = {} · só pelas esperas: {} x {} = {}",
                       predicted->rounds, wait, total, predicted->rounds, comma(wait),
                       comma(total));
}

std::string description_of(const Run& run, LaneKind kind) {
    constexpr std::array<std::pair<const char*, const char*>, 4> lanes = {
        {{"page", "página"},
         {"thread", "thread"},
         {"process", "processo"},
         {"position among the pages in flight", "posição entre as páginas em andamento"}}};
    const auto& [english, portuguese] = lanes.at(static_cast<std::size_t>(kind));
    const std::size_t arrived_pages = count_arrived(run.results);
    return fmt::format(
        "One lane for each {}, time from left to right: what was going on, and with which page. "
        "{} of {} pages arrived. · Uma faixa para cada {}, o tempo da esquerda para a direita: "
        "o que acontecia, e com qual página. {} de {} páginas chegaram.",
        english, arrived_pages, run.results.size(), portuguese, arrived_pages, run.results.size());
}

// What is drawn of the pages, by kind of shape.
class Lanes {
  public:
    Lanes(const Run& run, LaneKind kind, double lane_height, double axis_seconds)
        : run_(run), kind_(kind), lane_height_(lane_height), axis_seconds_(axis_seconds) {}

    void add(std::size_t index) {
        const Result& result = run_.results[index];
        const Timestamps& times = times_of(result);
        const std::vector<Span> spans = spans_of(result);
        if (spans.empty())
            return;
        const double y = top + static_cast<double>(lane_of(run_, index, kind_)) * lane_height_;
        for (const Span& span : spans) {
            if (span.step == Step::unknown)
                continue;
            const Kind kind = kind_of(span.step);
            const double height = lane_height_ * styles.at(kind).height;
            bars_.at(kind).push_back({{x_of(span.begin), y + (lane_height_ - height) / 2},
                                      std::max(x_of(span.end) - x_of(span.begin), 0.3),
                                      height});
        }
        begins_.push_back({{x_of(times.begin), y + lane_height_ * 0.05}, 1, lane_height_ * 0.9});
        if (!arrived(result))
            failures_.push_back({x_of(times.received), y + lane_height_ / 2});
    }

    void draw(Picture& picture) const {
        for (const Kind kind : {waiting, connecting, receiving, computing})
            picture.rects(bars_.at(kind), styles.at(kind).style);
        // Where pages are only a few units long, their borders would hide them.
        const double lanes = static_cast<double>(count_lanes(run_, kind_));
        const double room = (right - left) * lanes / static_cast<double>(run_.results.size());
        if (lane_height_ >= 4 && room >= 8)
            picture.rects(begins_, "muted");
        for (const Point& point : failures_)
            draw_cross(picture, point);
    }

    // Whether any bar of the kind is long enough to be seen.
    bool shows(Kind kind) const {
        const auto& bars = bars_.at(kind);
        return std::any_of(bars.begin(), bars.end(),
                           [](const svg::Rect& bar) { return bar.width > 0.002 * (right - left); });
    }

    static void draw_cross(Picture& picture, Point at) {
        constexpr double arm = 5;
        picture.line({at.x - arm, at.y - arm}, {at.x + arm, at.y + arm}, "failed cross");
        picture.line({at.x - arm, at.y + arm}, {at.x + arm, at.y - arm}, "failed cross");
    }

  private:
    double x_of(Clock::time_point time) const {
        const double share =
            std::chrono::duration<double>(time - run_.begin).count() / axis_seconds_;
        return left + std::clamp(share, 0.0, 1.0) * (right - left);
    }

    const Run& run_;
    const LaneKind kind_;
    const double lane_height_;
    const double axis_seconds_;
    std::array<std::vector<svg::Rect>, styles.size()> bars_;
    std::vector<svg::Rect> begins_;
    std::vector<Point> failures_;
};

// Only what can be seen in the picture is explained.
void draw_legend(Picture& picture, const Run& run, const Lanes& lanes) {
    double x = left;
    const auto advance = [&](std::string_view text) {
        picture.text({x + 26, 84}, text, "text small");
        x += 44 + 6.3 * static_cast<double>(text.size());
    };
    for (const Kind kind : {connecting, waiting, receiving, computing}) {
        const Style& style = styles.at(kind);
        if (!lanes.shows(kind))
            continue;
        const double height = 16 * style.height;
        picture.rect({x, 80 - height / 2}, 18, height, style.style);
        advance(style.name);
    }
    if (count_arrived(run.results) < run.results.size()) {
        Lanes::draw_cross(picture, {x + 9, 80});
        advance("fails · falha");
    }
}

void draw_scale(Picture& picture, double seconds, double bottom) {
    const double step = scale_step(seconds, 10);
    for (int i = 0; i * step <= seconds * 1.0001; ++i) {
        const double x = left + i * step / seconds * (right - left);
        picture.line({x, top - 6}, {x, bottom + 4}, "grid");
        picture.text({x, bottom + 20}, fmt::format("{:g}", i * step), "muted small figure",
                     Anchor::middle);
    }
    picture.text({(left + right) / 2, bottom + 40}, "time in seconds · tempo em segundos",
                 "muted small", Anchor::middle);
}

// Numbers of lanes, as many as fit.
void draw_labels(Picture& picture, const Run& run, LaneKind kind, double lane_height) {
    const std::vector<std::size_t> numbers = lane_numbers(run, kind);
    std::size_t every = 1;
    for (std::size_t factor : {5U, 10U, 25U, 50U, 100U, 250U, 500U, 1000U, 10'000U, 100'000U})
        if (static_cast<double>(every) * lane_height < 13)
            every = factor;
    for (std::size_t lane = 0; lane < numbers.size(); ++lane)
        if (lane == 0 || (lane + 1) % every == 0)
            picture.text({left - 10, top + (static_cast<double>(lane) + 0.5) * lane_height + 4},
                         fmt::to_string(numbers[lane]), "muted small figure", Anchor::end);
    picture.text({14, top - 12}, heading_of(kind), "muted small");
}

}  // namespace

std::string timeline_svg(const Run& run, std::string_view command, double axis_seconds) {
    const LaneKind kind = lane_kind_of(run);
    const auto lanes = static_cast<double>(std::max<std::size_t>(count_lanes(run, kind), 1));
    const double lane_height = std::clamp(lanes_height / lanes, 0.3, 24.0);
    const double bottom = top + lanes * lane_height;

    Picture picture({.height = bottom + 56,
                     .title = title_of(run),
                     .description = description_of(run, kind),
                     .made_by = std::string(command)});
    picture.text({14, 32}, title_of(run), "text heading");
    picture.text({14, 54}, prediction_of(run), "muted small");
    const double seconds = std::max(run.seconds.count(), axis_seconds);
    Lanes drawing(run, kind, lane_height, seconds);
    for (std::size_t index = 0; index < run.results.size(); ++index)
        drawing.add(index);
    draw_legend(picture, run, drawing);
    if (run.seconds.count() <= 0 || run.results.empty())
        return picture.file();
    draw_scale(picture, seconds, bottom);
    draw_labels(picture, run, kind, lane_height);
    drawing.draw(picture);
    return picture.file();
}

}  // namespace common
