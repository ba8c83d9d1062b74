#include "hal/endpoints.h"

namespace refwave::hal {

std::optional<Endpoints> endpoints(Direction) { return std::nullopt; }

}  // namespace refwave::hal
