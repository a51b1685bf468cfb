// One page after another, in one thread. The simplest model, and the slowest: while a server
// thinks, this program waits and its processor does nothing. Cost: one connection. Question: how
// long does the job take when nothing happens at the same time?
#include "download_all.hpp"

#include "common/net/blocking_client.hpp"
#include "common/run/stop.hpp"

namespace sync_model {

std::vector<common::Result> download_all(const std::vector<std::string>& urls,
                                         const common::Options& options,
                                         const common::PageDone& page_done) {
    std::vector<common::Result> results(urls.size());
    // One client for all pages: it keeps the connection to their site.
    common::BlockingClient client(options);
    for (std::size_t index = 0; index < urls.size() && !common::stop_requested(); ++index) {
        results[index] = client.download(urls[index], index);
        page_done(index, results[index]);
    }
    return results;
}

}  // namespace sync_model
