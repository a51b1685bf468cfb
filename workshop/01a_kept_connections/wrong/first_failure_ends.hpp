// rejected by: goes_on, list_order
#pragma once

#include <httplib.h>

#include <map>
#include <string>
#include <vector>

struct Address {
    std::string site;  // "http://127.0.0.1:8080"
    std::string path;  // "/page/7"
};

inline std::vector<int> download_all(const std::vector<Address>& pages) {
    std::map<std::string, httplib::Client> clients;
    std::vector<int> statuses(pages.size());
    for (std::size_t i = 0; i < pages.size(); ++i) {
        httplib::Client& client = clients.try_emplace(pages[i].site, pages[i].site).first->second;
        client.set_keep_alive(true);
        const auto response = client.Get(pages[i].path);
        if (!response)
            return statuses;
        statuses[i] = response->status;
    }
    return statuses;
}
