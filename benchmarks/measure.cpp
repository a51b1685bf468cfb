#include "measure.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>

#include "common/url_list.hpp"

extern char** environ;

namespace benchmarks {
namespace {

std::vector<std::string> command_for(const Model& model, const Job& job,
                                     const std::string& report) {
    std::vector<std::string> command = {
        model.program, "--quiet", "--input", job.list_file,
        "--report",    report,    "--work",  std::to_string(job.work_mib)};
    if (model.workers > 1)
        command.insert(command.end(), {"--workers", std::to_string(model.workers)});
    if (!job.ca_file.empty())
        command.insert(command.end(), {"--ca-file", job.ca_file});
    return command;
}

void run(const std::vector<std::string>& command) {
    std::vector<char*> arguments;
    for (const std::string& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = -1;
    const int error =
        posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        throw std::system_error(error, std::generic_category(), "cannot run " + command[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
        throw std::runtime_error(
            fmt::format("{} ended with {}", fmt::join(command, " "),
                        WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)));
}

// A file for the report, gone when this ends.
class TemporaryFile {
  public:
    TemporaryFile() {
        const int file = mkstemp(path_.data());
        if (file < 0)
            throw std::system_error(errno, std::generic_category(), path_);
        close(file);
    }
    ~TemporaryFile() { unlink(path_.c_str()); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    const std::string& path() const { return path_; }

  private:
    std::string path_ = "/tmp/compare-report-XXXXXX";
};

}  // namespace

Measurement measure(const Model& model, const Job& job) {
    const TemporaryFile report;
    run(command_for(model, job, report.path()));
    const auto json = nlohmann::json::parse(common::read_file(report.path()));
    Measurement measurement{.seconds = json.at("seconds").get<double>()};
    for (const auto& page : json.at("pages"))
        measurement.arrived += page.at("ok").get<bool>() ? 1 : 0;
    return measurement;
}

double ideal_seconds(const Model& model, const Job& job) {
    const std::size_t rounds = (job.pages + model.workers - 1) / model.workers;
    return static_cast<double>(rounds) * job.latency_ms / 1000.0;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace benchmarks
