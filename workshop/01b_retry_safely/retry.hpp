// rejected by: never_there, post_sent, gives_up, waits_grow, waits_differ
// Repeats a request until it succeeds. It works, but it repeats what must not be repeated, never
// gives up, and comes back just when all other clients do.
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

// Whether the request may be sent again after this answer.
// GET: after each Failure, and after 429, 502, 503 and 504, because those can pass. Every other
// status is final. POST: only if the server has certainly not seen the request.
inline bool may_repeat(const Request&, const Answer& answer) {
    return answer.status < 200 || answer.status > 299;
}

// Sends the request, at most most_attempts times, and returns the last answer.
// It waits between two attempts, and only there. The first wait is at most first_wait, and this
// limit doubles from wait to wait. Each wait is between a quarter of its limit and all of it, and
// with the same random() twice the one before. random() is there so that clients that failed
// together do not all come back together: the larger it is, the longer the wait.
inline Answer fetch(const Request& request, const World& world) {
    for (;;) {
        const Answer answer = world.send(request);
        if (!may_repeat(request, answer))
            return answer;
        world.sleep(first_wait);
    }
}
