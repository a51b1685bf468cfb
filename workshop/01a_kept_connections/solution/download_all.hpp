// Downloads pages from several sites, one page after another, over one connection per site.
#pragma once

#include <httplib.h>

#include <map>
#include <string>
#include <vector>

struct Address {
    std::string site;  // "http://127.0.0.1:8080"
    std::string path;  // "/page/7"
};

// Requests every entry of the list once, whatever came of the others. Returns the status of each,
// in the order of the list; 0 where no response came.
//
// Opens one connection per site, when the site's first page is due, and keeps it for the pages that
// follow. No connection is left open when the function returns.
inline std::vector<int> download_all(const std::vector<Address>& pages) {
    // One client per site, and so one connection: a client closes its own when it is destroyed.
    // Only this thread uses them, one page at a time, so no response can reach the wrong page.
    std::map<std::string, httplib::Client> clients;
    std::vector<int> statuses;
    for (const Address& page : pages) {
        // try_emplace makes a client only for a site that has none yet.
        httplib::Client& client = clients.try_emplace(page.site, page.site).first->second;
        // Without this, the client asks the server to close the connection after each response.
        client.set_keep_alive(true);
        const auto response = client.Get(page.path);
        statuses.push_back(response ? response->status : 0);
    }
    return statuses;
}
