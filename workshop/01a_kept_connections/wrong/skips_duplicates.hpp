// rejected by: each_entry_once
#pragma once

#include <httplib.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

struct Address {
    std::string site;  // "http://127.0.0.1:8080"
    std::string path;  // "/page/7"
};

// Saves requests as well, by remembering what came of each page.
inline std::vector<int> download_all(const std::vector<Address>& pages) {
    std::map<std::string, httplib::Client> clients;
    std::map<std::pair<std::string, std::string>, int> known;
    std::vector<int> statuses;
    for (const Address& page : pages) {
        httplib::Client& client = clients.try_emplace(page.site, page.site).first->second;
        client.set_keep_alive(true);
        const auto [entry, is_new] = known.try_emplace({page.site, page.path}, 0);
        if (is_new) {
            const auto response = client.Get(page.path);
            entry->second = response ? response->status : 0;
        }
        statuses.push_back(entry->second);
    }
    return statuses;
}
