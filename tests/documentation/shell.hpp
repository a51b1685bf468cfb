// A bash for one page: what one command leaves (variables, jobs) the next one finds.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "markdown.hpp"

namespace documentation {

// Whether this machine lets a user have a network of their own (user_namespaces(7)).
bool network_namespaces_are_permitted();

class Shell {
  public:
    enum class Network { shared, own };  // own: nothing but a loopback interface

    Shell(const std::string& folder, Network network);
    // Ends everything that the commands started and that still runs.
    ~Shell();
    Shell(const Shell&) = delete;
    Shell& operator=(const Shell&) = delete;

    // Nothing when the command did not end in time, or ended the shell; use it no more then.
    std::optional<int> run(const std::string& command, std::chrono::milliseconds limit);
    // Reads on until the output is as wanted. False when it is not in time.
    bool wait_for_output(const std::function<bool(const Lines&)>& as_wanted,
                         std::chrono::milliseconds limit);
    // What came since the last call, from whatever command: as on a terminal, a job may print
    // while the next command runs. Standard output and standard error, in their order, without the
    // shell's own notices that a job ended.
    Lines take_output();

  private:
    void read_output();

    pid_t process_id_ = -1;
    int channel_ = -1;  // commands to it, exit statuses from it
    int output_ = -1;
    int input_ = -1;  // its standard input: as on a terminal, nothing is typed and it stays open
    std::string read_;
};

}  // namespace documentation
