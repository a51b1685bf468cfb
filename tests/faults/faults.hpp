// What a network can do to a download, as data: one list, asked of every model.
#pragma once

#include <string>
#include <vector>

#include "common/practice_site/practice_site_process.hpp"
#include "support/deaf_port.hpp"

namespace faults {

struct Fault {
    std::string group;    // where it happens: "before the request", "in the header", ...
    std::string name;     // what happens
    std::string url;      // where a chapter meets it
    std::string kind;     // the ErrorKind's name; "": nothing is wrong, the page arrives
    std::string mention;  // what the error's text must name: the host or the URL
};

// The servers behind the URLs: practice sites and ports, each its own process or socket.
class Sites {
  public:
    std::vector<Fault> faults() const;
    // A page that is good, beside the fault in every list.
    std::string good_page(int number) const;
    static std::string good_hash(int number);
    const std::string& ca_file() const { return secure_.ca_file(); }

  private:
    common::PracticeSite secure_;
    common::PracticeSite plain_{{"--plain"}};
    common::PracticeSite other_authority_;
    common::PracticeSite self_signed_{{"--certificate", "self-signed"}};
    common::PracticeSite expired_{{"--certificate", "expired"}};
    common::PracticeSite not_yet_valid_{{"--certificate", "not-yet-valid"}};
    common::PracticeSite wrong_name_{{"--certificate", "wrong-name"}};
    common::PracticeSite silent_{{"--plain", "--accept", "silence"}};
    common::PracticeSite closing_{{"--plain", "--accept", "close"}};
    test_support::DeafPort deaf_port_;
};

struct Program {
    std::string model;  // "01_sync"
    std::string path;
};
std::vector<Program> programs();

// Downloads a good page, the fault and another good page with the program, and checks everything
// that must hold: the kind and text of the error, the other pages' hashes, the exit status, the
// time. What is wrong, in words; "" when all is as it should be.
std::string check(const Program& program, const Fault& fault, const Sites& sites);

}  // namespace faults
