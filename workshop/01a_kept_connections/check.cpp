#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include EXERCISE_FILE
#include "common/practice_site/practice_site_process.hpp"
#include "workshop/kit/check.hpp"
#include "workshop/kit/numbers.hpp"

namespace {

// Its port refuses connections at once.
constexpr const char* nobody = "http://127.0.0.1:1";

class Site {
  public:
    Address page(const std::string& path) const { return {site_.origin(), path}; }

    // Those of the solution: the question opens one, too, and the site counts it.
    int connections() const { return check::number_in(site_.get("/stats"), "connections") - 1; }
    int requests() const { return check::number_in(site_.get("/stats"), "requests"); }
    int requests(const Address& page) const {
        return check::number_in(site_.get("/log"), page.path);
    }

  private:
    common::PracticeSite site_{{"--plain"}};
};

// A solution may never return; then the fuse says what it was doing.
std::vector<int> download(const std::vector<Address>& pages) {
    check::waiting_for({"{} pages", "{} páginas"}, pages.size());
    return download_all(pages);
}

void one_site() {
    constexpr int count = 20;
    const Site site;
    std::vector<Address> pages;
    for (int number = 1; number <= count; ++number)
        pages.push_back(site.page(fmt::format("/page/{}", number)));
    download(pages);
    const int connections = site.connections();
    check::require(connections == 1,
                   {"{} pages of one site need 1 connection; the site counted {}",
                    "{} páginas do mesmo site precisam de 1 conexão; o site contou {}"},
                   count, connections);
    check::counted({"{} for {} pages", "{} para {} páginas"}, connections, count);
}

// A, B, C, A, B, C, ...: whoever keeps only the last connection has the wrong one every time.
void sites_in_turn() {
    constexpr int rounds = 5;
    const std::array<Site, 3> sites;
    std::vector<Address> pages;
    for (int round = 1; round <= rounds; ++round)
        for (const Site& site : sites)
            pages.push_back(site.page(fmt::format("/page/{}", round)));
    download(pages);
    std::array<int, 3> connections{};
    std::transform(sites.begin(), sites.end(), connections.begin(),
                   [](const Site& site) { return site.connections(); });
    check::require(
        connections == std::array{1, 1, 1},
        {"3 sites in turn, {} pages of each: 1 connection each; they counted {}, {} and {}",
         "3 sites alternados, {} páginas de cada: 1 conexão para cada um; eles contaram {}, {} e "
         "{}"},
        rounds, connections[0], connections[1], connections[2]);
    check::counted({"{} for {} pages", "{} para {} páginas"}, sites.size(), pages.size());
}

// A 404 is a complete response: what comes next can use the same connection.
void after_an_error() {
    constexpr int errors = 5;
    const Site site;
    std::vector<Address> pages;
    for (int number = 1; number <= errors; ++number) {
        pages.push_back(site.page(fmt::format("/status/404/page/{}", number)));
        pages.push_back(site.page(fmt::format("/page/{}", number)));
    }
    download(pages);
    const int connections = site.connections();
    check::require(connections == 1,
                   {"with {} error pages among them, {} pages took {} connections instead of 1",
                    "com {} páginas de erro no meio, {} páginas usaram {} conexões em vez de 1"},
                   errors, pages.size(), connections);
}

void each_entry_once() {
    const Site site;
    const Address once = site.page("/page/1");
    const Address twice = site.page("/page/2");
    download({twice, once, twice});
    check::require(site.requests(once) == 1 && site.requests(twice) == 2 && site.requests() == 3,
                   {"{} is in the list twice, {} once; requested {} and {} times",
                    "{} aparece duas vezes na lista, {} uma vez; foram pedidas {} e {} vezes"},
                   twice.path, once.path, site.requests(twice), site.requests(once));
}

void goes_on() {
    const Site site;
    const Address last = site.page("/page/2");
    download({site.page("/page/1"), site.page("/status/404"), {nobody, "/page/1"}, last});
    check::require(site.requests(last) == 1,
                   {"after a 404 and a site that is down, the last page was requested {} times "
                    "instead of once",
                    "depois de um 404 e de um site fora do ar, a última página foi pedida {} vezes "
                    "em vez de uma"},
                   site.requests(last));
}

void list_order() {
    const Site first;
    const Site second;
    const std::vector<int> statuses = download({first.page("/status/201/page/1"),
                                                second.page("/status/202/page/1"),
                                                first.page("/status/203/page/1"),
                                                {nobody, "/page/1"},
                                                second.page("/status/404/page/1"),
                                                first.page("/page/1")});
    const std::vector<int> expected = {201, 202, 203, 0, 404, 200};
    check::require(
        statuses == expected, {"expected {}, returned {}", "o esperado era {}, devolveu {}"},
        fmt::format("{}", fmt::join(expected, " ")), fmt::format("{}", fmt::join(statuses, " ")));
}

void nothing_stays_open() {
    const std::array<Site, 2> sites;
    const std::size_t before = check::open_descriptors();
    download({sites[0].page("/page/1"), sites[1].page("/page/1"), sites[0].page("/page/2")});
    const std::size_t after = check::open_descriptors();
    check::require(after <= before,
                   {"open descriptors before: {}, after download_all() has returned: {}",
                    "descritores abertos antes: {}; depois que download_all() retornou: {}"},
                   before, after);
}

constexpr check::Case cases[] = {
    {"one_site", {"one site, one connection", "um site, uma conexão"}, one_site},
    {"sites_in_turn",
     {"three sites in turn, three connections", "três sites alternados, três conexões"},
     sites_in_turn},
    {"after_an_error",
     {"an error page does not cost a connection", "uma página de erro não custa uma conexão"},
     after_an_error},
    {"each_entry_once",
     {"each entry of the list is requested once", "cada item da lista é pedido uma vez"},
     each_entry_once},
    {"goes_on",
     {"after a failure the next page follows", "depois de uma falha vem a próxima página"},
     goes_on},
    {"list_order",
     {"statuses in the order of the list", "os status na ordem da lista"},
     list_order},
    {"nothing_stays_open",
     {"no connection is left open", "nenhuma conexão fica aberta"},
     nothing_stays_open},
};

}  // namespace

int main(int argc, char** argv) {
    return check::run(cases, argc, argv);
}
