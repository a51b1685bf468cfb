// What the tests ask a practice site, apart from its pages.
#pragma once

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string>

#include "common/practice_site/practice_site_process.hpp"

namespace test_support {

// {"requests": ..., "connections": ..., "in_flight": ..., "most_in_flight": ...}
nlohmann::json stats_of(const common::PracticeSite& site);

// {"/page/1": how often it was asked for, ...}
nlohmann::json log_of(const common::PracticeSite& site);

// A page of the site with this origin, which need not be one that the test started; empty when it
// does not come. `ca_file`: the certificate to trust.
std::string page_of(const std::string& origin, const std::string& path,
                    const std::string& ca_file = "");

// Opens the gate of /hold/door when that many requests are in flight, over one connection. It is a
// process: a model may block the test's only thread, or fork it. `site` is one with certificates.
class Gatekeeper {
  public:
    Gatekeeper(const common::PracticeSite& site, int in_flight);
    ~Gatekeeper();
    Gatekeeper(const Gatekeeper&) = delete;
    Gatekeeper& operator=(const Gatekeeper&) = delete;

  private:
    pid_t process_;
};

// The port that the site listens on.
std::string port_of(const common::PracticeSite& site);

// Encodes a text so that it is one segment of a path.
std::string segment(const std::string& text);

// What the page /bytes/<bytes>/page/<page> should hash to.
std::string hash_of_page(std::uint64_t page, std::uint64_t bytes);

}  // namespace test_support
