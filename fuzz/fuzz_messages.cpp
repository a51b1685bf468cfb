// A message from a worker process that may have lost its mind.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "03_multiprocess/messages.hpp"
#include "check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    if (const auto index = multiprocess_model::decode_task(input))
        FUZZ_CHECK(multiprocess_model::encode_task(*index) == input);
    if (const auto result = multiprocess_model::decode_result(input)) {
        const std::string message = multiprocess_model::encode_result(*result);
        FUZZ_CHECK(message.size() <= multiprocess_model::max_message_bytes);
        const auto again = multiprocess_model::decode_result(message);
        FUZZ_CHECK(again && multiprocess_model::encode_result(*again) == message);
    }
    return 0;
}
