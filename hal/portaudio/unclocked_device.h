// ALSA's devices without a clock: `null`, and plugins over it, as `file`. They take or give any number of
// frames at once, so a clocked line paces them, and a thread of their own reads or writes. They get what
// streams have played and no silence between, and give nothing that no stream has recorded. If the reader of
// a FIFO is slower than the clock, the device waits for it. Control threads.
#pragma once

#include <memory>
#include <string>

#include "hal/device.h"

namespace refwave::hal {

/// `name`: "ALSA/null". An open that waits for the other end of a FIFO has succeeded. Errors: ALSA's reason.
OpenResult open_unclocked(const std::string& name, const OpenRequest& request,
                          std::shared_ptr<AudioCallback> callback);

}  // namespace refwave::hal
