// PulseAudio and PipeWire move a stream to a new default device themselves; ALSA and JACK tell nobody.
#include "hal/device_changes.h"

namespace refwave::hal {

struct DeviceChanges::Registration {};

// By value, because the twin for Windows keeps it.
// NOLINTNEXTLINE(performance-unnecessary-value-param)
DeviceChanges::DeviceChanges(std::shared_ptr<ChangeCounts>) {}
DeviceChanges::~DeviceChanges() = default;

}  // namespace refwave::hal
