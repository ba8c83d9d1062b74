#include "tests/memory_model/scenarios/one_driver.h"

#include <utility>
#include <vector>

#include "tests/memory_model/checker/hooks/system.h"

namespace refwave::memory_model {

OneDriver::OneDriver(const configuration::Configuration& configuration, hal::Direction direction,
                     std::uint32_t ring)
    : direction_(direction), ring_(ring) {
  begin_doubles();
  allow_long_naps(false);
  context_.table = std::make_shared<core::StreamTable>();
  context_.journal = std::make_shared<journal::Journal>();
  context_.next_epoch = std::make_shared<std::atomic<std::uint32_t>>(1);
  context_.device_thread = std::make_shared<engine::DeviceThread>();
  context_.devices = std::make_shared<hal::Devices>(std::vector<std::unique_ptr<hal::Backend>>{});
  context_.housekeeper = &housekeeper_;
  streams_ = std::make_shared<control::Streams>(context_.table, context_.journal);
  notifiers_ = std::make_unique<notify::Notifiers>(context_.table);
  notifiers_->configure(configuration);
  notifiers_->warm_with([](const auto&, auto, auto*, auto) noexcept { return true; });
  engine_ = std::make_shared<engine::Engine>(context_, direction_, "clocked", configuration);
  expect(housekeeper_.ensure().ok(), "the housekeeper runs");
  open();
  for (core::ClientHeader& header : headers_.header) header.flags = core::kPrepared;
}

void OneDriver::finish() {
  expect(told_ == flagged(), "every finished block is told");
  expect(!slot().delivery.is_busy(), "nobody delivers, and nothing waits");
}

void OneDriver::open() {
  const control::OpenOptions options{
      .direction = direction_,
      .format = {dsp::SampleType::s16, 1, 48'000, 0},
      .callback = {.function = called, .instance = reinterpret_cast<std::uintptr_t>(this)},
      .ring_capacity = ring_};
  expect(streams_->open(options, engine_, *notifiers_, handle_) == core::Error::none, "opens");
}

void OneDriver::write() {
  if (data_are_back()) headers_.data[written_][0] = std::byte{1};
  if (streams_->write(handle_, direction_, headers_.header[written_]) == core::Error::none) ++written_;
}

void OneDriver::periods(int count) {
  for (; count > 0; --count) {
    call_devices();
    pause();
  }
}

std::size_t OneDriver::flagged() const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < written_; ++i) count += headers_.is_done(i) ? 1 : 0;
  return count;
}

bool OneDriver::called(const core::ClientCallback& callback, core::Notice notice, core::ClientHeader* header,
                       core::Stack) noexcept {
  auto& self = *reinterpret_cast<OneDriver*>(callback.instance);
  if (notice == core::Notice::open) return true;
  expect(!self.is_closed_, "no message after the last");
  if (notice == core::Notice::close) {
    // All callbacks have returned before it, unless the close has given up waiting for one.
    if (!self.gives_up_) self.told_at_close_ = self.told_;
    self.is_closed_ = true;
    return true;
  }
  expect(header->user == self.told_++, "messages in order");
  expect((core::load_flags(*header) & (core::kDone | core::kInQueue)) == core::kDone, "flagged before");
  if (self.data_are_back()) self.headers_.data[header->user][0] = std::byte{2};
  header->loops = 1;
  self.inside();
  return true;
}

}  // namespace refwave::memory_model
