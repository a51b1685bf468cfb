#include <httplib.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include EXERCISE_FILE
#include "common/practice_site/practice_site_process.hpp"
#include "workshop/kit/check.hpp"
#include "workshop/kit/numbers.hpp"

namespace {

// Its port refuses connections at once.
constexpr const char* nobody = "http://127.0.0.1:1/page/1";

constexpr std::string_view name_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::arrived:
            return "arrived";
        case Outcome::no_response:
            return "no_response";
        case Outcome::http_status:
            return "http_status";
        case Outcome::truncated:
            return "truncated";
        case Outcome::not_attempted:
            return "not_attempted";
    }
    return "?";
}

// One request. A response that breaks off is what has come of it so far.
Response get(const std::string& url) {
    const std::size_t path = url.find('/', std::string_view("http://").size());
    httplib::Client client(url.substr(0, path));
    Response response;
    client.Get(
        url.substr(path),
        [&](const httplib::Response& head) {
            response.status = head.status;
            if (head.has_header("Content-Length"))
                response.announced = std::stoul(head.get_header_value("Content-Length"));
            return true;
        },
        [&](const char* data, std::size_t size) {
            response.body.append(data, size);
            return true;
        });
    return response;
}

// Downloads pages of a practice site, and asks the site what it has seen.
class Run {
  public:
    std::string url(const std::string& path) const { return site_.origin() + path; }

    // From the `stop_after`-th request on, stop() is true.
    void download(const std::vector<std::string>& urls, int stop_after = 1'000'000) {
        check::waiting_for({"{} pages", "{} páginas"}, urls.size());
        int requests = 0;
        outcomes = download_all(
            urls,
            [&](const std::string& one) {
                ++requests;
                return get(one);
            },
            [&] { return requests >= stop_after; });
        check::require(outcomes.size() == urls.size(),
                       {"{} URLs need {} outcomes; you returned {}",
                        "{} URLs pedem {} desfechos; você devolveu {}"},
                       urls.size(), urls.size(), outcomes.size());
    }

    int requests() const { return check::number_in(site_.get("/stats"), "requests"); }

    std::vector<Outcome> outcomes;

  private:
    common::PracticeSite site_{{"--plain"}};
};

// Of a list with this page alone.
void require_outcome(Run& run, const std::string& path, Outcome expected) {
    run.download({path.front() == '/' ? run.url(path) : path});
    check::require(run.outcomes[0] == expected,
                   {"{}: expected {}, returned {}", "{}: o esperado era {}, devolveu {}"}, path,
                   name_of(expected), name_of(run.outcomes[0]));
}

// Of all kinds: any 2xx, empty, and without an announced length.
void good_pages() {
    Run run;
    for (const char* path :
         {"/page/1", "/status/201/page/2", "/bytes/0/page/3", "/until-close/page/4"})
        require_outcome(run, path, Outcome::arrived);
}

// Each with a body, complete and as long as a good page's.
void error_pages() {
    Run run;
    for (const char* path : {"/status/404/page/1", "/status/500/page/1", "/status/302/page/1"})
        require_outcome(run, path, Outcome::http_status);
}

void cut_page() {
    Run run;
    require_outcome(run, "/truncate/100/page/1", Outcome::truncated);
    require_outcome(run, "/truncate/0/page/1", Outcome::truncated);
}

void no_response() {
    Run run;
    require_outcome(run, nobody, Outcome::no_response);
}

void goes_on() {
    Run run;
    run.download({run.url("/status/404/page/1"), run.url("/truncate/100/page/2"), nobody,
                  run.url("/page/3")});
    check::require(run.requests() == 3 && run.outcomes[3] == Outcome::arrived,
                   {"after three failures the last page is due: the site counted {} requests "
                    "instead of 3, and the last outcome is {}",
                    "depois de três falhas vem a última página: o servidor contou {} requisições "
                    "em vez de 3, e o último desfecho é {}"},
                   run.requests(), name_of(run.outcomes[3]));
}

void stopped() {
    constexpr int asked = 2;
    Run run;
    std::vector<std::string> urls;
    for (int number = 1; number <= 5; ++number)
        urls.push_back(run.url(fmt::format("/page/{}", number)));
    run.download(urls, asked);
    check::require(run.requests() == asked,
                   {"stop() was true after {} pages; the site counted {} requests",
                    "stop() devolvia true depois de {} páginas; o servidor contou {} requisições"},
                   asked, run.requests());
    for (std::size_t i = asked; i < urls.size(); ++i)
        check::require(run.outcomes[i] == Outcome::not_attempted,
                       {"stop() was true after {} pages, and nobody asked for page {}: its outcome "
                        "is {}",
                        "stop() devolvia true depois de {} páginas, e ninguém pediu a página {}: o "
                        "desfecho dela é {}"},
                       asked, i + 1, name_of(run.outcomes[i]));
}

// Outcomes as from a run: two of each failure, and `arrived` pages.
std::vector<Outcome> outcomes_with(std::size_t arrived) {
    std::vector<Outcome> outcomes(arrived, Outcome::arrived);
    for (const Outcome failure :
         {Outcome::no_response, Outcome::http_status, Outcome::truncated, Outcome::not_attempted})
        outcomes.insert(outcomes.begin(), 2, failure);
    return outcomes;
}

void summary_counts() {
    for (const std::size_t arrived : {0, 3}) {
        const std::string expected = fmt::format("{} of {} pages arrived", arrived, arrived + 8);
        const std::string said = summary(outcomes_with(arrived));
        check::require(said == expected,
                       {"of {} outcomes {} are arrived; expected \"{}\", summary() says \"{}\"",
                        "de {} desfechos, {} são arrived; o esperado era \"{}\", e summary() diz "
                        "\"{}\""},
                       arrived + 8, arrived, expected, said);
    }
}

// What is left of an exit status is its last 8 bits (exit(3)): 256 is 0, a success.
void exit_status() {
    const auto require_status = [](const std::vector<Outcome>& outcomes, int expected) {
        const int status = ::exit_status(outcomes);
        const auto arrived = std::count(outcomes.begin(), outcomes.end(), Outcome::arrived);
        check::require(
            status == expected,
            {"{} of {} pages arrived: the exit status must be {}; yours is {} (the shell sees {})",
             "{} de {} páginas chegaram: o código de saída tem que ser {}; o seu é {} "
             "(o shell vê {})"},
            arrived, outcomes.size(), expected, status, status & 0xff);
    };
    require_status(std::vector(3, Outcome::arrived), 0);
    for (const Outcome failure :
         {Outcome::no_response, Outcome::http_status, Outcome::truncated, Outcome::not_attempted}) {
        require_status({Outcome::arrived, failure, Outcome::arrived}, 1);
        require_status({failure, Outcome::arrived}, 1);
        require_status({Outcome::arrived, failure}, 1);
        require_status(std::vector(256, failure), 1);
    }
}

constexpr check::Case cases[] = {
    {"good_pages", {"good pages count", "páginas boas contam"}, good_pages},
    {"error_pages", {"error pages don't count", "páginas de erro não contam"}, error_pages},
    {"cut_page", {"half a page doesn't count", "meia página não conta"}, cut_page},
    {"no_response",
     {"a page without a response doesn't count", "página sem resposta não conta"},
     no_response},
    {"goes_on", {"a failure costs one page only", "uma falha só custa uma página"}, goes_on},
    {"stopped",
     {"a page that nobody asked for doesn't count", "página que ninguém pediu não conta"},
     stopped},
    {"summary_counts",
     {"the summary counts what arrived", "o resumo conta o que chegou"},
     summary_counts},
    {"exit_status",
     {"the exit status tells success from failure", "o código de saída separa sucesso de falha"},
     exit_status},
};

}  // namespace

int main(int argc, char** argv) {
    return check::run(cases, argc, argv);
}
