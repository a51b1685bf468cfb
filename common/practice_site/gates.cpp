#include "common/practice_site/gates.hpp"

#include "common/practice_site/behaviour.hpp"

namespace practice_site {
namespace {

using Time = asio::steady_timer::time_point;

constexpr Time released{};            // long ago
constexpr Time closed = Time::max();  // never

}  // namespace

Gates::Gate Gates::find(const std::string& name) {
    if (const auto known = gates_.find(name); known != gates_.end())
        return known->second;
    if (gates_.size() >= max_names)
        return nullptr;
    return gates_[name] = std::make_shared<asio::steady_timer>(event_loop_, closed);
}

bool Gates::release(const std::string& name) {
    const Gate gate = find(name);
    if (gate)
        gate->expires_at(released);  // which ends the waits, too
    return gate != nullptr;
}

// Those that nobody waits at any more are like new ones, too.
void Gates::close_all() {
    std::erase_if(gates_, [](const auto& gate) {
        return gate.second->expiry() == released || gate.second.use_count() == 1;
    });
}

}  // namespace practice_site
