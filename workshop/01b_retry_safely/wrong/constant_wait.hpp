// rejected by: waits_grow
#pragma once

#include <chrono>
#include <functional>
#include <string>

enum class Method { get, post };

struct Request {
    Method method = Method::get;
    std::string url;
};

enum class Failure {
    none,     // a response came; its status says the rest
    connect,  // no connection: the server has seen nothing of the request
    reset,    // the connection broke after the request was sent
    timeout,  // the request was sent, and no response came in time
};

// What came of one attempt.
struct Answer {
    Failure failure = Failure::none;
    int status = 0;  // 0 where no response came
};

// What fetch() needs from the world. It is passed in, so that a check can record it.
struct World {
    std::function<Answer(const Request&)> send;            // one attempt
    std::function<void(std::chrono::milliseconds)> sleep;  // instead of std::this_thread::sleep_for
    std::function<double()> random;  // 0 <= random() < 1, a different number each time
};

constexpr int most_attempts = 4;
constexpr std::chrono::milliseconds first_wait{100};

inline bool may_repeat(const Request& request, const Answer& answer) {
    if (request.method == Method::post)
        return answer.failure == Failure::connect;
    if (answer.failure != Failure::none)
        return true;
    return answer.status == 429 || answer.status == 502 || answer.status == 503 ||
           answer.status == 504;
}

inline Answer fetch(const Request& request, const World& world) {
    auto limit = first_wait;
    for (int attempt = 1;; ++attempt) {
        const Answer answer = world.send(request);
        if (attempt == most_attempts || !may_repeat(request, answer))
            return answer;
        const double part = 0.5 + world.random() / 2;
        world.sleep(std::chrono::duration_cast<std::chrono::milliseconds>(limit * part));
    }
}
