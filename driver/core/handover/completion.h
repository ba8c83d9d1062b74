// When a header is done, and who then notifies its client: two settings of the configuration that core
// carries out.
#pragma once

#include <cstdint>

namespace refwave::core {

/// When an output's header is done: when the driver no longer needs its memory, or when it has been heard.
enum class Done : std::uint8_t { consumed, played };

/// Who calls the client: a notifier, or the audio thread itself.
enum class Completion : std::uint8_t { deferred, direct };

}  // namespace refwave::core
