// Runs a program on a practice site, as its own process, and says what the run took.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/practice_site/practice_site_process.hpp"
#include "figures.hpp"
#include "observe.hpp"
#include "temporary_file.hpp"

namespace benchmarks {

// A program and how many workers it gets: a row of a table.
struct Model {
    Text name;
    std::string short_name;  // where there is little room
    std::string program = {};
    std::size_t workers = 1;
    bool takes_workers = true;    // false: the program has no such option
    bool uses_processors = true;  // all that there are; false: never more than one
    // The chapter's minimal.cpp as a program, and its minimal.py; "" for none.
    std::string minimal_program = {};
    std::string minimal_script = {};
};

// As the folder says, such as "02_threads", what its programs are called.
Model of_chapter(const std::string& folder, Model model);

// The same for every model.
struct Job {
    common::PracticeSiteOptions site;  // how many pages, and what they are like
    unsigned work_mib = 0;
    std::chrono::seconds time_limit{600};  // for a whole run
};

// A practice site that has the job's pages, and the file with the list of them. The latency is the
// job's also for programs that ask for another.
class JobSite {
  public:
    // Throws std::runtime_error when the site does not come up.
    explicit JobSite(const Job& job);

    const Job& job() const { return job_; }
    const std::string& list_file() const { return list_.path(); }
    const common::PracticeSite& site() const { return site_; }

  private:
    Job job_;
    common::PracticeSite site_;
    TemporaryFile list_;
};

struct Measurement {
    double seconds = 0;  // as the program reports them: first download's start to last one's end
    std::size_t arrived = 0;
    Usage usage;
    int exit_status = 0;
    // As the practice site counted them.
    std::uint64_t requests = 0;
    std::uint64_t connections = 0;
    std::uint64_t most_in_flight = 0;
    std::string warnings;  // what the program wrote to standard error
    double base_memory_bytes = std::numeric_limits<double>::quiet_NaN();  // with one in flight
};

// Bytes; NaN where they are not known.
double memory_of(const Usage& usage);

// The program was killed at the job's time limit.
class TimedOut : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Throws TimedOut, and std::runtime_error when the program does not run or reports nothing. The
// site's counters start anew.
Measurement measure(const Model& model, const JobSite& site, Looks looks = Looks::sparing);

// The same for any program that downloads the job's pages and says nothing of its time: that is the
// time of its whole process. Throws std::runtime_error also when its exit status is not 0, or when
// the site was not asked for as many pages as the job has.
Measurement measure(const std::vector<std::string>& command, const JobSite& site,
                    Looks looks = Looks::sparing);

// What no arrangement of this model could beat: each worker waits for a page, then computes; nobody
// computes before the first page is there; and there are so many processors. `cpu_per_page`:
// seconds of computing for one page, 0 for a job that only waits.
double ideal_seconds(const Model& model, const Job& job, double cpu_per_page,
                     std::size_t processors);

}  // namespace benchmarks
