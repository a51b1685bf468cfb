#include "measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "common/page/text.hpp"
#include "common/run/own_folder.hpp"

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

std::vector<std::string> site_arguments(const Job& job) {
    std::vector<std::string> arguments = {"--latency", std::to_string(job.site.latency_ms)};
    if (job.site.plain)
        arguments.emplace_back("--plain");
    return arguments;
}

// Starts the site's counters anew.
Measurement run_counted(const std::vector<std::string>& command, const JobSite& site, Looks looks) {
    site.site().get("/stats/reset");
    const Ended ended = observe(command, site.job().time_limit, looks);
    if (ended.timed_out)
        throw TimedOut(
            fmt::format("{} did not end within {} s", command[0], site.job().time_limit.count()));

    const auto stats = nlohmann::json::parse(site.site().get("/stats"));
    Measurement measurement;
    measurement.usage = ended.usage;
    measurement.requests = stats.at("requests").get<std::uint64_t>();
    measurement.connections = stats.at("connections").get<std::uint64_t>() - 1;  // one is ours
    measurement.most_in_flight = stats.at("most_in_flight").get<std::uint64_t>();
    measurement.warnings = ended.errors;
    measurement.exit_status = ended.exit_status;
    return measurement;
}

// Of a program's complaint: in Python the one that names the error.
std::string last_line(const std::string& text) {
    const std::string whole(common::trimmed(text, "\n"));
    return whole.substr(whole.rfind('\n') + 1);
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

Model of_chapter(const std::string& folder, Model model) {
    const std::string name = folder.substr(3);
    model.program = common::beside_this_program(fmt::format("../{}/{}", folder, name));
    model.minimal_program = model.program + "_minimal";
    model.minimal_script = fmt::format("{}/{}/minimal.py", TUTORIAL_ROOT, folder);
    return model;
}

JobSite::JobSite(const Job& job) : job_(job), site_(site_arguments(job)) {
    std::ofstream list(list_.path());
    for (const std::string& url : site_.page_urls(job.site))
        list << url << "\n";
    if (!list.flush())
        throw std::runtime_error("cannot write " + list_.path());
}

Measurement measure(const Model& model, const JobSite& site, Looks looks) {
    const TemporaryFile report;
    const std::vector<std::string> command = command_for(model, site, report.path());
    Measurement measurement = run_counted(command, site, looks);
    // 0 and 1 come with a report: every page arrived, or some did not.
    if (measurement.exit_status != 0 && measurement.exit_status != 1)
        throw std::runtime_error(fmt::format("{} ended with {}: {}", fmt::join(command, " "),
                                             measurement.exit_status,
                                             common::trimmed(measurement.warnings, "\n")));
    read_report(report.path(), measurement);
    return measurement;
}

Measurement measure(const std::vector<std::string>& command, const JobSite& site, Looks looks) {
    Measurement measurement = run_counted(command, site, looks);
    if (measurement.exit_status != 0)
        throw std::runtime_error(fmt::format("exit status {}: {}", measurement.exit_status,
                                             last_line(measurement.warnings)));
    if (measurement.requests != site.job().site.pages)
        throw std::runtime_error(fmt::format("the site was asked for {} of {} pages",
                                             measurement.requests, site.job().site.pages));
    measurement.seconds = measurement.usage.wall_seconds;
    measurement.arrived = measurement.requests;
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
