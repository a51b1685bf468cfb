#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include EXERCISE_FILE
#include "common/practice_site/practice_site_process.hpp"
#include "workshop/kit/check.hpp"
#include "workshop/kit/client.hpp"
#include "workshop/kit/numbers.hpp"

namespace {

using workshop::Answer;
using workshop::Outcome;

// A practice site, and a loop that runs one first_answer() after another.
class CheckedRace {
  public:
    // Mirrors of the practice site: "/hold/a/page/1" waits for release("a").
    void begin(const std::vector<std::string>& paths) {
        std::vector<std::string> urls;
        for (const std::string& path : paths)
            urls.push_back(path.starts_with("http") ? path : site_.origin() + "/bytes/37" + path);
        answer_.reset();
        asio::co_spawn(loop_, first_answer(std::move(urls)),
                       [this](const std::exception_ptr& error, Answer answer) {
                           if (error)
                               std::rethrow_exception(error);
                           answer_ = std::move(answer);
                       });
    }

    // Runs the loop until `there`. False: nothing happens in it any more, although the site has
    // said all that it is going to say.
    template <class There>
    bool comes(There there) {
        for (int unchanged = 0; unchanged < 100;) {
            loop_.restart();
            if (there())
                return true;
            unchanged = loop_.poll_one() > 0 ? 0 : unchanged + 1;
            if (unchanged > 0)
                look_at_site();
        }
        return there();
    }
    bool comes_back() {
        return comes([this] { return answer_.has_value(); });
    }

    void release(std::string_view name) { site_.get(fmt::format("/release/{}", name)); }
    // Of the site: those that wait there.
    int in_flight() const { return check::number_in(site_.get("/stats"), "in_flight"); }
    const std::optional<Answer>& answer() const { return answer_; }

  private:
    // The site does one thing after another: what it had to say before, it has said.
    void look_at_site() {
        in_flight();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }

    const common::PracticeSite site_{{"--plain"}};
    asio::io_context loop_{1};
    std::optional<Answer> answer_;
};

// Rejects another answer than this page.
void require_page(const std::optional<Answer>& answer, int page) {
    const bool right = answer->outcome == Outcome::arrived &&
                       answer->body == fmt::format("This is page {} of the practice site.\n", page);
    check::require(right,
                   {"expected page {}, got an answer with status {} and {} bytes",
                    "era para ser a página {}, veio uma resposta com status {} e {} bytes"},
                   page, answer->status, answer->body.size());
}

void all_asked_at_once() {
    CheckedRace race;
    constexpr int mirrors = 3;
    race.begin({"/hold/a/page/1", "/hold/a/page/2", "/hold/a/page/3"});
    const auto asked = [] { return workshop::requests_begun(); };
    const bool all = race.comes([&] { return asked() >= mirrors; });
    check::require(all,
                   {"while no mirror has answered, {} of {} have been asked",
                    "enquanto nenhum espelho respondeu, só {} de {} receberam o pedido"},
                   asked(), mirrors);
    check::counted({"{} of {}", "{} de {}"}, asked(), mirrors);
    check::end_passed();
}

// In the middle, since the first and the last are easy to favor.
void first_page_wins() {
    CheckedRace race;
    race.begin({"/hold/a/page/1", "/page/2", "/hold/a/page/3"});
    const bool back = race.comes_back();
    check::require(
        back,
        {"mirror 2 has answered, but first_answer() does not return: {} of {} requests are "
         "still under way",
         "o espelho 2 já respondeu, mas first_answer() não retorna: {} de {} requisições "
         "ainda estão em andamento"},
        workshop::requests_under_way(), workshop::requests_begun());
    require_page(race.answer(), 2);
    check::end_passed();
}

// Mirror 2 fails before mirror 3 is allowed to answer.
void failure_does_not_win() {
    CheckedRace race;
    race.begin({"/hold/a/page/1", "/status/503/page/2", "/hold/c/page/3"});
    const auto failed = [] {
        return workshop::requests_begun() == 3 && workshop::requests_under_way() < 3;
    };
    if (!race.comes(failed))
        check::end_passed();  // they are not asked at once
    if (!race.comes([&] { return race.answer().has_value(); }))
        race.release("c");
    if (!race.comes_back())
        check::end_passed();  // it waits for mirror 1 as well
    require_page(race.answer(), 3);
    check::end_passed();
}

void losers_end() {
    CheckedRace race;
    race.begin({"/hold/a/page/1", "/page/2", "/hold/a/page/3"});
    if (!race.comes_back())
        check::end_passed();
    check::require(
        workshop::requests_under_way() == 0,
        {"when first_answer() returned, {} of {} requests were still under way",
         "quando first_answer() retornou, {} de {} requisições ainda estavam em andamento"},
        workshop::requests_under_way(), workshop::requests_begun());
    check::waiting_for({"the practice site to see that nobody waits any more",
                        "o servidor de treino notar que ninguém espera mais"});
    while (!race.comes([&] { return race.in_flight() == 0; })) {
    }
    check::counted({"{} of {}", "{} de {}"}, workshop::requests_under_way(),
                   workshop::requests_begun());
    check::end_passed();
}

void all_fail() {
    CheckedRace race;
    race.begin({"/status/503/page/1", "/status/404/page/2", "http://127.0.0.1:1/page/3"});
    check::require(race.comes_back(),
                   {"all mirrors have failed, but first_answer() does not return",
                    "todos os espelhos falharam, mas first_answer() não retorna"});
    check::require(race.answer()->outcome == Outcome::failed,
                   {"all mirrors have failed, but the answer is not Outcome::failed (status {})",
                    "todos os espelhos falharam, mas a resposta não é Outcome::failed (status {})"},
                   race.answer()->status);
    check::end_passed();
}

// Ends as a program does, so that AddressSanitizer sees also what is never freed.
void asked_again() {
    CheckedRace race;
    for (const int page : {1, 2, 3}) {
        const std::string gate = fmt::format("again-{}", page);
        race.begin({fmt::format("/hold/{}/page/9", gate), fmt::format("/page/{}", page)});
        if (!race.comes_back()) {
            check::require(page == 1, {"first_answer() does not return when it is called again",
                                       "first_answer() não retorna quando é chamada de novo"});
            check::end_passed();
        }
        require_page(race.answer(), page);
        race.release(gate);  // for those that were left behind
        race.comes([] { return workshop::requests_under_way() == 0; });
    }
}

constexpr check::Case cases[] = {
    {"all_asked_at_once",
     {"all mirrors are asked at once", "todos os espelhos recebem o pedido de uma vez"},
     all_asked_at_once},
    {"first_page_wins",
     {"the first page wins, the others may be silent",
      "vence a primeira página, mesmo se outros se calam"},
     first_page_wins},
    {"failure_does_not_win",
     {"a failure does not win", "uma falha não vence"},
     failure_does_not_win},
    {"losers_end",
     {"the losers have ended as well", "os perdedores também terminaram"},
     losers_end},
    {"all_fail",
     {"if all fail, the answer is a failure", "se todos falham, a resposta é uma falha"},
     all_fail},
    {"asked_again",
     {"first_answer() can be called again", "first_answer() pode ser chamada de novo"},
     asked_again},
};

}  // namespace

int main(int argc, char** argv) {
    return check::run(cases, argc, argv);
}
