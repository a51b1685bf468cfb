// rejected by: one_site, sites_in_turn, after_an_error, each_entry_once, goes_on, list_order
#pragma once

#include <httplib.h>

#include <string>
#include <vector>

struct Address {
    std::string site;  // "http://127.0.0.1:8080"
    std::string path;  // "/page/7"
};

inline std::vector<int> download_all(const std::vector<Address>& pages) {
    return std::vector<int>(pages.size(), 200);
}
