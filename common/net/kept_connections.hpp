// The connections that a client keeps for its next pages.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace common {

// Of a BlockingStream or an AsyncStream. Each is of another site, for the most part. Not
// thread-safe.
template <typename Connection>
class KeptConnections {
  public:
    static constexpr std::size_t most = 8;

    // A connection to this origin, which is no longer kept; null when there is none that can be
    // used. One in which something has come while it was idle is closed: the next page would get it
    // for its response (RFC 9112, 9.2).
    std::unique_ptr<Connection> take(const std::string& origin) {
        const auto found = std::find_if(kept_.begin(), kept_.end(),
                                        [&](const auto& kept) { return kept.first == origin; });
        if (found == kept_.end())
            return nullptr;
        auto connection = std::move(found->second);
        kept_.erase(found);
        return connection->stream().is_quiet() ? std::move(connection) : nullptr;
    }

    void keep(std::string origin, std::unique_ptr<Connection> connection) {
        if (kept_.size() == most)
            kept_.erase(kept_.begin());  // the one that was used longest ago
        kept_.emplace_back(std::move(origin), std::move(connection));
    }

  private:
    std::vector<std::pair<std::string, std::unique_ptr<Connection>>> kept_;
};

}  // namespace common
