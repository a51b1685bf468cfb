#pragma once

#include <string>
#include <vector>

#include "common/run/download_all.hpp"

namespace sync_model {

// As common::DownloadAll says.
std::vector<common::Result> download_all(const std::vector<std::string>& urls,
                                         const common::Options& options,
                                         const common::PageDone& page_done);

}  // namespace sync_model
