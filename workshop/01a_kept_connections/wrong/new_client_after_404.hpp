// rejected by: after_an_error
#pragma once

#include <httplib.h>

#include <map>
#include <string>
#include <vector>

struct Address {
    std::string site;  // "http://127.0.0.1:8080"
    std::string path;  // "/page/7"
};

// Trusts no connection that has carried an error page.
inline std::vector<int> download_all(const std::vector<Address>& pages) {
    std::map<std::string, httplib::Client> clients;
    std::vector<int> statuses;
    for (const Address& page : pages) {
        httplib::Client& client = clients.try_emplace(page.site, page.site).first->second;
        client.set_keep_alive(true);
        const auto response = client.Get(page.path);
        statuses.push_back(response ? response->status : 0);
        if (!response || response->status != 200)
            clients.erase(page.site);
    }
    return statuses;
}
