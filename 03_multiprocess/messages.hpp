// What the parent and its workers tell each other. Both are the same program on the same machine,
// so numbers travel as they stand in memory; a length goes before each text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/page/result.hpp"

namespace multiprocess_model {

// The longest error text that travels; the rest is cut off. Keeps a message within one packet.
constexpr std::size_t max_message_text = 8 * 1024;
constexpr std::size_t max_message_bytes = 16 * 1024;

// Parent to worker: download the page with this index in the list.
std::string encode_task(std::uint64_t index);
std::optional<std::uint64_t> decode_task(std::string_view message);

// Worker to parent: what became of it. nullopt unless the bytes are exactly
// one result.
std::string encode_result(const common::Result& result);
std::optional<common::Result> decode_result(std::string_view message);

}  // namespace multiprocess_model
