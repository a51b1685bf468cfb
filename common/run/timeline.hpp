// A run as a picture: who worked on which page, and what each was doing from when to when.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/page/result.hpp"
#include "common/run/report.hpp"

namespace common {

// What a worker does with a page, in this order; some steps may be missing.
enum class Step : std::uint8_t {
    redirect,   // everything up to the last redirect
    resolve,    // looks up the host's name
    connect,    // TCP connection
    handshake,  // TLS
    request,    // sends
    wait,       // until the first bytes of the answer
    receive,    // the rest of the answer
    compute,    // Options::work_mib
    unknown,    // failed on no way to a connection, as with a bad URL: nothing to draw
};
std::string_view name_of(Step step);

struct Span {
    Step step;
    Clock::time_point begin;
    Clock::time_point end;
};

// The steps of one page without gaps, from Timestamps::begin to Timestamps::end; of a page that
// failed, the last step before the end is the one that it failed in. Empty for a page that nobody
// took up.
std::vector<Span> spans_of(const Result& result);

// What a lane of a picture is: a thread, a process, a place among those in flight, or, where there
// is one worker only, a page: one worker's pages are a staircase.
enum class LaneKind : std::uint8_t { page, thread, process, place };
LaneKind lane_kind_of(const Run& run);
// The page's lane, from 0, and how many lanes there are.
std::size_t lane_of(const Run& run, std::size_t index, LaneKind kind);
std::size_t count_lanes(const Run& run, LaneKind kind);
// What each lane is called: a process by its id, everything else by its place, from 1.
std::vector<std::size_t> lane_numbers(const Run& run, LaneKind kind);

// What a run would take if nothing cost anything but the wait for each page, which is the practice
// site's latency or else the median page. nullopt when a page failed, or there is none: a failure
// takes a time of its own.
struct Prediction {
    std::size_t rounds;  // pages that a worker downloads one after another, at most
    double wait;         // seconds, for one page
    double seconds() const { return static_cast<double>(rounds) * wait; }
};
std::optional<Prediction> prediction_for(const Run& run);

// For the terminal: at most 80 columns, 16 lanes (each of several workers, if there are more), a
// scale and the prediction. `colour` adds to what the characters say already. Empty for an empty
// run.
std::string timeline_text(const Run& run, bool colour);

// The same as an SVG picture, for a README: light and dark, legible at 860 pixels, described in
// English and Portuguese. `command` made the run and is noted in the file. The time axis has
// `axis_seconds`, so that pictures can be compared, or more where the run took longer.
std::string timeline_svg(const Run& run, std::string_view command, double axis_seconds = 0);

// The run as Chrome trace events, for Perfetto and chrome://tracing: real process and thread ids,
// times in microseconds from the start of the run.
// Format: "Trace Event Format", Google, 2016.
std::string trace_json(const Run& run);

}  // namespace common
