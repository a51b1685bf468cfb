#include "measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "common/page/text.hpp"

namespace benchmarks {
namespace {

std::vector<std::string> command_for(const Model& model, const JobSite& site,
                                     const std::string& report) {
    std::vector<std::string> command = {
        model.program, "--quiet", "--input", site.list_file(),
        "--report",    report,    "--work",  std::to_string(site.job().work_mib)};
    if (model.takes_workers)
        command.insert(command.end(), {"--workers", std::to_string(model.workers)});
    if (!site.site().ca_file().empty())
        command.insert(command.end(), {"--ca-file", site.site().ca_file()});
    return command;
}

// 0 and 1 come with a report: every page arrived, or some did not.
void check(const Ended& ended, const std::vector<std::string>& command, const Job& job) {
    if (ended.timed_out)
        throw TimedOut(
            fmt::format("{} did not end within {} s", command[0], job.time_limit.count()));
    if (ended.exit_status == 0 || ended.exit_status == 1)
        return;
    throw std::runtime_error(fmt::format("{} ended with {}: {}", fmt::join(command, " "),
                                         ended.exit_status, common::trimmed(ended.errors, "\n")));
}

// Keeps no page: reports are long, and what this process holds is counted in the next one's start.
void read_report(const std::string& path, Measurement& measurement) {
    using nlohmann::json;
    std::ifstream file(path);
    const auto count_page = [&](int, json::parse_event_t event, json& parsed) {
        if (event != json::parse_event_t::object_end || !parsed.contains("ok"))
            return true;
        measurement.arrived += parsed.at("ok").get<bool>() ? 1 : 0;
        return false;
    };
    measurement.seconds = json::parse(file, count_page).at("seconds").get<double>();
}

}  // namespace

JobSite::JobSite(const Job& job)
    : job_(job),
      site_(job.site.plain ? std::vector<std::string>{"--plain"} : std::vector<std::string>{}) {
    std::ofstream list(list_.path());
    for (const std::string& url : site_.page_urls(job.site))
        list << url << "\n";
    if (!list.flush())
        throw std::runtime_error("cannot write " + list_.path());
}

Measurement measure(const Model& model, const JobSite& site, Looks looks) {
    const TemporaryFile report;
    const std::vector<std::string> command = command_for(model, site, report.path());
    site.site().get("/stats/reset");
    const Ended ended = observe(command, site.job().time_limit, looks);
    check(ended, command, site.job());

    const auto stats = nlohmann::json::parse(site.site().get("/stats"));
    Measurement measurement;
    measurement.usage = ended.usage;
    measurement.connections = stats.at("connections").get<std::uint64_t>() - 1;  // one is ours
    measurement.most_in_flight = stats.at("most_in_flight").get<std::uint64_t>();
    measurement.warnings = ended.errors;
    read_report(report.path(), measurement);
    return measurement;
}

double memory_of(const Usage& usage) {
    return usage.memory_known ? static_cast<double>(usage.peak_memory_bytes)
                              : std::numeric_limits<double>::quiet_NaN();
}

double ideal_seconds(const Model& model, const Job& job, double cpu_per_page,
                     std::size_t processors) {
    const double pages = static_cast<double>(job.site.pages);
    const double latency = job.site.latency_ms / 1000.0;
    const std::size_t rounds = (job.site.pages + model.workers - 1) / model.workers;
    const std::size_t usable = model.uses_processors ? std::min(model.workers, processors) : 1;
    const double of_workers = static_cast<double>(rounds) * (latency + cpu_per_page);
    const double of_processors = latency + pages * cpu_per_page / static_cast<double>(usable);
    return std::max(of_workers, of_processors);
}

}  // namespace benchmarks
