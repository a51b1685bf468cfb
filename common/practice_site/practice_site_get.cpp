// Apart from the rest of PracticeSite: a program that does not ask the site need not load
// cpp-httplib.
#include <httplib.h>

#include <stdexcept>

#include "common/practice_site/practice_site_process.hpp"

namespace common {

std::string PracticeSite::get(const std::string& path) const {
    httplib::Client client(origin_);
    if (!ca_file_.empty())
        client.set_ca_cert_path(ca_file_);
    const auto response = client.Get(path);
    if (!response)
        throw std::runtime_error("the practice site did not answer: " + origin_ + path);
    return response->body;
}

}  // namespace common
