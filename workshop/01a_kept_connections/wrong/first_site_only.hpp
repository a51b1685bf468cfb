// rejected by: sites_in_turn, list_order
#pragma once

#include <httplib.h>

#include <string>
#include <vector>

struct Address {
    std::string site;  // "http://127.0.0.1:8080"
    std::string path;  // "/page/7"
};

// One client for all, as in a program that knows only one site.
inline std::vector<int> download_all(const std::vector<Address>& pages) {
    httplib::Client client(pages.front().site);
    client.set_keep_alive(true);
    std::vector<int> statuses;
    for (const Address& page : pages) {
        const auto response = client.Get(page.path);
        statuses.push_back(response ? response->status : 0);
    }
    return statuses;
}
