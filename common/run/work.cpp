#include "common/run/work.hpp"

#include <limits>
#include <string>

#include "common/page/page_writer.hpp"
#include "common/run/stop.hpp"

namespace common {

void compute(unsigned mebibytes) {
    if (mebibytes == 0)
        return;
    const std::string block(std::size_t{1} << 20U, 'x');
    PageWriter hash({.max_bytes = std::numeric_limits<std::uint64_t>::max()}, 0, "");
    for (unsigned i = 0; i < mebibytes && !stop_requested(); ++i)
        hash.write(block);
}

}  // namespace common
