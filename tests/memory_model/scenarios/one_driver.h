// One driver as Streams, Engine, Notifiers, Housekeeper and DeviceThread make it, with one stream. The client
// keeps its headers; its callback checks the order, takes its memory back and does what `inside` says.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "driver/control/streams.h"
#include "driver/engine/engine.h"
#include "driver/notify/notifiers.h"
#include "tests/memory_model/checker/scenario.h"
#include "tests/memory_model/scenarios/doubles.h"
#include "tests/memory_model/scenarios/headers.h"

namespace refwave::memory_model {

inline constexpr auto kOutput = hal::Direction::output;
inline constexpr auto kInput = hal::Direction::input;

/// Returns: the default configuration with one other value.
template <typename Value>
configuration::Configuration with(Value configuration::Configuration::*key, Value value) {
  configuration::Configuration configuration;
  configuration.*key = value;
  return configuration;
}

class OneDriver : public Play {
 public:
  void finish() override;

 protected:
  explicit OneDriver(const configuration::Configuration& configuration = {},
                     hal::Direction direction = kOutput, std::uint32_t ring = 4);

  void open();
  void write();
  static void periods(int count);
  std::size_t flagged() const;
  /// What the callback does, and the housekeeper. Returns: whether the housekeeper ticks on.
  virtual void inside() {}
  virtual bool tick() { return false; }
  /// Whether the client may change its data, because no thread reads them any more.
  virtual bool data_are_back() const { return true; }
  core::Stream& slot() { return context_.table->streams[control::slot_of(handle_)]; }

  const hal::Direction direction_;
  const std::uint32_t ring_;
  engine::EngineContext context_;
  engine::Housekeeper housekeeper_{[this] { return tick(); }};
  std::shared_ptr<control::Streams> streams_;
  std::unique_ptr<notify::Notifiers> notifiers_;
  std::shared_ptr<engine::Engine> engine_;
  control::Handle handle_ = 0;
  Headers<6> headers_;
  std::size_t written_ = 0;
  std::size_t told_ = 0;
  std::atomic<bool> is_closed_{false};
  bool gives_up_ = false;
  std::size_t told_at_close_ = 0;

 private:
  static bool called(const core::ClientCallback& callback, core::Notice notice, core::ClientHeader* header,
                     core::Stack) noexcept;
};

}  // namespace refwave::memory_model
