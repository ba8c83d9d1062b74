// One open clocked device: a place on a ClockedLine.
#pragma once

#include <memory>

#include "hal/clocked/clocked_line.h"
#include "hal/device.h"

namespace refwave::hal {

class ClockedDevice final : public Device {
 public:
  ClockedDevice(std::shared_ptr<ClockedLine> line, Direction direction, std::size_t place);
  ~ClockedDevice() override { line_->release(direction_, place_); }

  const OpenInfo& info() const override { return info_; }
  Status start() override { return line_->start(direction_, place_); }
  Status stop() override { return line_->stop(direction_, place_); }
  bool may_be_silent() const noexcept override { return line_->may_be_silent(); }
  void give_up() noexcept override { line_->give_up(); }

 private:
  std::shared_ptr<ClockedLine> line_;
  Direction direction_;
  std::size_t place_;
  OpenInfo info_;
};

}  // namespace refwave::hal
