// One stream in the first slot of a table, as an engine's devices serve it. Its client counts the messages,
// and takes its memory back with each.
#pragma once

#include <memory>

#include "driver/core/conversion/pipeline.h"
#include "driver/core/period/device_round.h"
#include "driver/core/stream/deliver.h"
#include "driver/core/stream/stream_table.h"
#include "tests/memory_model/checker/scenario.h"
#include "tests/memory_model/scenarios/headers.h"

namespace refwave::memory_model {

inline constexpr dsp::Format kFormat{dsp::SampleType::s16, 1, 48'000, 0};
inline constexpr std::uint32_t kEpoch = 3;  // of the device
inline constexpr core::Cycle kPeriod{.frames = 4, .monotonic_ns = 1'000'000'000};

class OneStream : public Play {
 public:
  void finish() override {
    deliver_hinted();
    expect(notified_ == slot().audio().ring().released(), "every finished block is delivered");
  }

 protected:
  OneStream() { membership_->add(0); }
  /// As Streams::open() and Members::add().
  void open(hal::Direction direction, std::uint32_t ring = 4) {
    slot().delivery.claim();
    slot().furnish(direction, kFormat, ring, core::Done::consumed);
    serve_by(kEpoch);
    slot().running = true;
    slot().callback = {.function = on_message, .target = reinterpret_cast<std::uintptr_t>(this)};
    slot().delivery.publish();
  }
  /// As Members::serve_again().
  void serve_by(std::uint32_t epoch) {
    slot().audio().exchange_pipeline(core::Pipeline::make(kFormat, kFormat, dsp::Quality::fastest));
    slot().audio().move_to(epoch, core::Timed::every_block);
  }
  core::Stream& slot() { return table_->streams[0]; }
  void write() { slot().audio().ring().push(headers_.block(written_++)); }
  /// The caller has the lock.
  void return_all() {
    slot().return_all();
    post();
  }
  void post() {
    if (slot().delivery.post()) table_->ready.set(0);
  }
  void deliver_hinted() {
    if (table_->ready.claim(0) && slot().delivery.hold()) core::deliver_all(slot());
  }
  void notify() {
    for (int i = 0; i < 3; ++i) {
      if (table_->ready.any()) deliver_hinted();
    }
  }
  static bool on_message(const core::ClientCallback& callback, core::Notice,
                         core::ClientHeader* header) noexcept {
    auto& self = *reinterpret_cast<OneStream*>(callback.target);
    expect(header->user == self.notified_++, "messages in order");
    expect((header->flags & core::kDone) != 0, "flagged before it is notified");
    self.headers_.data[header->user][0] = std::byte{9};
    header->loops = 1;
    return true;
  }

  std::shared_ptr<core::StreamTable> table_ = std::make_shared<core::StreamTable>();
  std::shared_ptr<core::MembershipMask> membership_ = std::make_shared<core::MembershipMask>();
  Headers<6> headers_;
  std::size_t written_ = 0;
  std::size_t notified_ = 0;
};

}  // namespace refwave::memory_model
