// A life of the driver, from DRV_LOAD to DRV_FREE: all its messages, a loss of the device and a return, other
// settings, and a device that is stepped. Where the injected failure has refused a message, the client sends
// it once more.
#pragma once

#include <string>

namespace refwave::simulation {

/// `folder`: for the log and the capture. `direct`: completion = direct. Returns: the first promise that was
/// broken; empty if none was.
std::string live(const std::string& folder, bool direct);

/// Returns: the messages that no life has sent, by entry point and number; empty if there are none.
std::string messages_missing();

}  // namespace refwave::simulation
