// rejected by: sites_in_turn
#pragma once

#include <httplib.h>

#include <optional>
#include <string>
#include <vector>

struct Address {
    std::string site;  // "http://127.0.0.1:8080"
    std::string path;  // "/page/7"
};

inline std::vector<int> download_all(const std::vector<Address>& pages) {
    std::optional<httplib::Client> client;
    std::string site;
    std::vector<int> statuses;
    for (const Address& page : pages) {
        if (page.site != site) {
            site = page.site;
            client.emplace(site);
            client->set_keep_alive(true);
        }
        const auto response = client->Get(page.path);
        statuses.push_back(response ? response->status : 0);
    }
    return statuses;
}
