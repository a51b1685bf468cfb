// The threads of a solution, as the system sees them: who sleeps, who runs, who has been at it for
// long. So a checker can tell that nobody will ever come, without a clock.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <set>

namespace check {

// The threads that have begun after this object.
class NewThreads {
  public:
    NewThreads();

    // Of those that run still.
    std::size_t count() const;

    // Whether all of them sleep until something happens.
    bool are_asleep() const;

    // How often they have left a processor, of their own will or not. One that sleeps does not.
    long switches() const;

    // The CPU time of the one that has used most.
    std::chrono::nanoseconds longest_cpu_time() const;

    // True once `holds`. False: all sleep, or have ended, and nobody is left who could make it
    // hold. Only where they wait for nothing but each other and this process.
    bool reach(const std::function<bool()>& holds) const;

  private:
    std::set<pid_t> ids() const;

    std::set<pid_t> older_;
};

// Binds the calling thread to one of the processors that it may use: the others have other indices.
// A system that is busy might put all threads on the same one, where they seldom meet.
void use_processor(std::size_t index);

// Between two looks at what other threads do.
void look_again();

// Ends the case as passed when all `count` of them fall asleep, and stay so. Judged by how much
// CPU time each uses and by how often it runs, not by the clock: on a slow machine it only takes
// longer.
[[noreturn]] void require_sleep(const NewThreads& threads, std::size_t count);

}  // namespace check
