// A device that can drop what it has queued. Control threads.
#pragma once

#include "hal/system/status.h"

namespace refwave::hal {

class Abortable {
 public:
  virtual ~Abortable() = default;
  /// Effects: as Device::stop(), but what has not been heard is dropped. Takes two seconds at most.
  virtual Status abort() = 0;
};

}  // namespace refwave::hal
