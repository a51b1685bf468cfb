// rejected by: one_site, sites_in_turn, after_an_error
// Downloads pages from several sites, one page after another. It works, but it opens a new
// connection for every page: a round trip with http, two or three with https, before any byte of
// the page.
#pragma once

#include <httplib.h>

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
    std::vector<int> statuses;
    for (const Address& page : pages) {
        httplib::Client client(page.site);
        const auto response = client.Get(page.path);
        statuses.push_back(response ? response->status : 0);
    }
    return statuses;
}
