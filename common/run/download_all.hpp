// What every chapter implements: the one function in which the models differ.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "common/page/options.hpp"
#include "common/page/result.hpp"

namespace common {

// Called once for each page as soon as its result is known, with its index in the list.
// May be called from several threads at once: whoever passes one makes it safe for that.
using PageDone = std::function<void(std::size_t index, const Result& result)>;

// What every chapter implements. Returns one result per URL, in the order of the list.
// Throws std::system_error when workers cannot be made at all; a page's failure is a result.
using DownloadAll = std::vector<Result>(const std::vector<std::string>& urls,
                                        const Options& options, const PageDone& page_done);

}  // namespace common
