// rejected by: list_order
#pragma once

#include <httplib.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

struct Address {
    std::string site;  // "http://127.0.0.1:8080"
    std::string path;  // "/page/7"
};

// Brings the pages of a site together, so that one client at a time is enough.
inline std::vector<int> download_all(std::vector<Address> pages) {
    std::stable_sort(pages.begin(), pages.end(),
                     [](const Address& a, const Address& b) { return a.site < b.site; });
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
