#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include EXERCISE_FILE
#include "common/net/blocking_client.hpp"
#include "common/practice_site/practice_site_process.hpp"
#include "workshop/kit/check.hpp"
#include "workshop/kit/numbers.hpp"

namespace {

using std::chrono::milliseconds;

constexpr Answer good{Failure::none, 200};
constexpr Answer unavailable{Failure::none, 503};

// Whether an attempt is one too many is the case gives_up: the others let a solution that never
// ends come so far.
constexpr int far_too_many = 20;
struct Endless {};

// A world that answers as told, and writes down what the solution does.
class Recorder {
  public:
    // The answers in turn; the last one again and again.
    explicit Recorder(std::vector<Answer> answers, double random = 0.5)
        : answers_(std::move(answers)), random_(random) {}

    void fetch(Method method = Method::get) {
        try {
            returned =
                ::fetch({method, "http://127.0.0.1/page/1"},
                        {[this](const Request&) { return send(); },
                         [this](milliseconds wait) { sleep(wait); }, [this] { return random_; }});
        } catch (const Endless&) {
            endless = true;
        }
    }

    int attempts = 0;
    std::vector<milliseconds> waits;
    std::string steps;  // "sws": sent, waited, sent
    Answer last_sent;
    Answer returned;
    bool endless = false;

  private:
    Answer send() {
        check::require(attempts < 2 * far_too_many,
                       {"the request is sent without end: {} times so far",
                        "a requisição é enviada sem parar: {} vezes até agora"},
                       attempts);
        if (attempts >= far_too_many) {
            ++attempts;
            throw Endless();
        }
        const auto index = static_cast<std::size_t>(attempts++);
        steps += 's';
        last_sent = answers_[std::min(index, answers_.size() - 1)];
        return last_sent;
    }

    void sleep(milliseconds wait) {
        check::require(waits.size() < 2 * far_too_many,
                       {"it waits without end: {} times so far", "espera sem parar: já {} vezes"},
                       waits.size());
        steps += 'w';
        waits.push_back(wait);
    }

    std::vector<Answer> answers_;
    double random_;
};

// The first of them: "100, 200, 400".
std::string text_of(const std::vector<milliseconds>& waits) {
    std::string text;
    for (std::size_t i = 0; i < waits.size() && i < most_attempts; ++i)
        text += fmt::format("{}{}", i == 0 ? "" : ", ", waits[i].count());
    return text;
}

// One real attempt.
Answer send(const Request& request) {
    static const common::Options options;
    common::BlockingClient client(options);
    const common::Result result = client.download(request.url, 0);
    if (const auto* page = std::get_if<common::Page>(&result))
        return {Failure::none, page->status};
    const auto& error = std::get<common::DownloadError>(result);
    if (error.status)
        return {Failure::none, *error.status};
    return {error.kind == common::ErrorKind::connect ? Failure::connect : Failure::reset, 0};
}

// Fetches a page of the site; how often the site was asked for it.
std::pair<int, Answer> fetch_from(const common::PracticeSite& site, const std::string& path) {
    int sent = 0;
    const auto counted = [&](const Request& request) {
        if (++sent > far_too_many)
            throw Endless();
        return send(request);
    };
    Answer answer;
    try {
        answer = fetch({Method::get, site.origin() + path},
                       {counted, [](milliseconds) {}, [] { return 0.5; }});
    } catch (const Endless&) {
    }
    return {check::number_in(site.get("/log"), path), answer};
}

void comes_back() {
    const common::PracticeSite site({"--plain"});
    const std::string path = "/first/2/status/503/page/1";
    const auto [times, answer] = fetch_from(site, path);
    check::require(times == 3,
                   {"{} answers 200 to the third request; the site has counted {}",
                    "{} responde 200 à terceira requisição; o servidor contou {}"},
                   path, times);
    check::require(answer.status == 200,
                   {"the third attempt got a page with 200; fetch() returned status {}",
                    "a terceira tentativa recebeu a página com 200; fetch() devolveu o status {}"},
                   answer.status);
}

void never_there() {
    const common::PracticeSite site({"--plain"});
    for (const int status : {404, 403, 410, 501}) {
        const int times = fetch_from(site, fmt::format("/status/{}/page/1", status)).first;
        check::require(times == 1,
                       {"status {} will be the same next time: 1 request, the site has counted {}",
                        "o status {} vai ser o mesmo da próxima vez: 1 requisição; o servidor "
                        "contou {}"},
                       status, times);
    }
}

struct Cause {
    const char* name;
    Answer answer;
};

// A request that gets this answer first must be repeated once, or not at all.
void require_attempts(Method method, const Cause& cause, int expected) {
    Recorder recorder({cause.answer, good});
    recorder.fetch(method);
    check::require(recorder.attempts == expected,
                   {"{} after {}: expected attempts {}, counted {}",
                    "{} depois de {}: tentativas esperadas {}, contadas {}"},
                   method == Method::get ? "GET" : "POST", cause.name, expected, recorder.attempts);
}

constexpr Cause connect{"connect", {Failure::connect, 0}};
constexpr Cause reset{"reset", {Failure::reset, 0}};
constexpr Cause timeout{"timeout", {Failure::timeout, 0}};

void get_again() {
    for (const Cause& cause :
         {connect, reset, timeout, Cause{"429", {Failure::none, 429}},
          Cause{"502", {Failure::none, 502}}, Cause{"504", {Failure::none, 504}}})
        require_attempts(Method::get, cause, 2);
}

void post_sent() {
    for (const Cause& cause : {reset, timeout, Cause{"503", unavailable}})
        require_attempts(Method::post, cause, 1);
}

void post_unsent() {
    require_attempts(Method::post, connect, 2);
}

void gives_up() {
    Recorder recorder({unavailable});
    recorder.fetch();
    check::require(!recorder.endless,
                   {"the server answers 503 each time: {} attempts, and no end in sight",
                    "o servidor responde 503 todas as vezes: {} tentativas, e sem fim à vista"},
                   far_too_many);
    check::require(
        recorder.attempts == most_attempts,
        {"the server answers 503 each time: allowed {} attempts, counted {}",
         "o servidor responde 503 todas as vezes: {} tentativas permitidas, {} contadas"},
        most_attempts, recorder.attempts);
    check::counted({"{} of {}", "{} de {}"}, recorder.attempts, most_attempts);
}

void last_answer() {
    Recorder recorder({{Failure::connect, 0},
                       {Failure::none, 504},
                       {Failure::reset, 0},
                       unavailable,
                       {Failure::none, 429}});
    recorder.fetch();
    if (recorder.endless)
        check::end_passed();
    check::require(recorder.attempts > 0 && recorder.returned.status == recorder.last_sent.status &&
                       recorder.returned.failure == recorder.last_sent.failure,
                   {"the last of {} attempts got status {}; fetch() returned {}",
                    "a última de {} tentativas recebeu o status {}; fetch() devolveu {}"},
                   recorder.attempts, recorder.last_sent.status, recorder.returned.status);
}

void each_request_anew() {
    Recorder first({unavailable});
    Recorder second({unavailable});
    first.fetch();
    second.fetch();
    check::require(first.attempts == second.attempts,
                   {"attempts for the first request {}, for the second, just the same, {}",
                    "tentativas da primeira requisição: {}; da segunda, igual a ela: {}"},
                   first.attempts, second.attempts);
}

// "sws": sent, waited, sent.
bool is_alternating(const std::string& steps) {
    for (std::size_t i = 0; i < steps.size(); ++i)
        if (steps[i] != (i % 2 == 0 ? 's' : 'w'))
            return false;
    return steps.size() % 2 == 1;
}

// Both ways out: a success, and giving up.
void waits_between() {
    for (const auto& answers :
         {std::vector{unavailable, unavailable, good}, std::vector{unavailable}}) {
        Recorder recorder(answers);
        recorder.fetch();
        if (recorder.endless)  // an attempt was about to follow
            recorder.steps += 's';
        const int between = recorder.attempts - 1;
        check::require(is_alternating(recorder.steps) || recorder.attempts == 0,
                       {"{} attempts need {} waits, each between two of them; yours did {} "
                        "(s: sent, w: waited)",
                        "{} tentativas pedem {} esperas, cada uma entre duas delas; a sua fez {} "
                        "(s: enviou, w: esperou)"},
                       recorder.attempts, between, recorder.steps);
    }
}

// With the same random() every time, each wait is twice the one before.
void waits_grow() {
    for (const double random : {0.5, 0.999}) {
        Recorder recorder({unavailable}, random);
        recorder.fetch();
        milliseconds limit = first_wait;
        for (std::size_t i = 0; i < recorder.waits.size() && i < most_attempts; ++i, limit *= 2) {
            const milliseconds wait = recorder.waits[i];
            check::require(
                wait <= limit && wait >= limit / 4,
                {"with random() = {}, wait number {} is {} ms; it must be between {} and {} ms; "
                 "all: {}",
                 "com random() = {}, a espera número {} é de {} ms; tem que ficar entre {} e "
                 "{} ms; todas: {}"},
                random, i + 1, wait.count(), (limit / 4).count(), limit.count(),
                text_of(recorder.waits));
            const milliseconds twice = i == 0 ? wait : 2 * recorder.waits[i - 1];
            check::require(
                wait >= twice - milliseconds(2) && wait <= twice + milliseconds(2),
                {"with random() = {} each time, the waits must double; counted {} ms",
                 "com random() = {} todas as vezes, as esperas têm que dobrar; contadas: {} ms"},
                random, text_of(recorder.waits));
        }
    }
}

void waits_differ() {
    Recorder early({unavailable}, 0.1);
    Recorder late({unavailable}, 0.9);
    early.fetch();
    late.fetch();
    for (std::size_t i = 0; i < early.waits.size() && i < late.waits.size(); ++i)
        check::require(
            early.waits[i] < late.waits[i],
            {"two clients, random() = 0.1 and 0.9: wait number {} is {} ms and {} ms",
             "dois clientes, random() = 0.1 e 0.9: a espera número {} é de {} ms e {} ms"},
            i + 1, early.waits[i].count(), late.waits[i].count());
}

constexpr check::Case cases[] = {
    {"comes_back",
     {"a page that fails twice arrives", "uma página que falha duas vezes chega"},
     comes_back},
    {"get_again",
     {"GET is repeated after a passing failure", "GET é repetido após falha passageira"},
     get_again},
    {"never_there",
     {"a final status: one request only", "erro definitivo: um pedido só"},
     never_there},
    {"post_sent",
     {"a POST that was sent is not repeated", "um POST já enviado não é repetido"},
     post_sent},
    {"post_unsent",
     {"a POST without a connection is repeated", "um POST sem conexão é repetido"},
     post_unsent},
    {"gives_up", {"it gives up after 4 attempts", "desiste depois de 4 tentativas"}, gives_up},
    {"last_answer", {"the last answer is returned", "devolve a última resposta"}, last_answer},
    {"each_request_anew",
     {"each request has its own attempts", "cada requisição tem as suas tentativas"},
     each_request_anew},
    {"waits_between",
     {"it waits between two attempts only", "só espera entre duas tentativas"},
     waits_between},
    {"waits_grow", {"each wait is twice as long", "cada espera é o dobro da anterior"}, waits_grow},
    {"waits_differ",
     {"clients don't come back all at once", "os clientes não voltam todos juntos"},
     waits_differ},
};

}  // namespace

int main(int argc, char** argv) {
    return check::run(cases, argc, argv);
}
