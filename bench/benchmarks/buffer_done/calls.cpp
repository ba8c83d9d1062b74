// Work that is shorter than a stamp: DriverCallback, and a whole message under completion = direct, beside a
// bare call.
#include <dlfcn.h>

#include "bench/benchmarks/buffer_done/clients.h"
#include "bench/benchmarks/common/samples.h"
#include "driver/abi/windows_headers.h"
#include "driver/core/period/device_round.h"
#include "driver/core/stream/stream.h"
#include "driver/core/stream/stream_table.h"

namespace refwave::bench {
namespace {

constexpr std::size_t kCalls = 1'000;
constexpr std::uint32_t kMessages = 256;

void CALLBACK count_message(HDRVR, UINT, DWORD_PTR user, DWORD_PTR, DWORD_PTR) {
  auto& count = *reinterpret_cast<std::size_t*>(user);
  benchmark::DoNotOptimize(++count);
}

bool count_notice(const core::ClientCallback& client, core::Notice, core::ClientHeader*) noexcept {
  benchmark::DoNotOptimize(++*reinterpret_cast<std::size_t*>(client.instance));
  return true;
}

/// The audio thread's whole work for a message under completion = direct, from one client's return to the
/// next client's call, without DriverCallback, which is measured separately. As many blocks are timed as in
/// the driver.
class DirectMessages {
 public:
  DirectMessages() {
    membership_->add(0);
    stream_.furnish(hal::Direction::output, {dsp::SampleType::s16, 2, 48'000, 0}, kMessages,
                    core::Done::consumed);
    stream_.audio().move_to(kEpoch, core::Timed::one_in_eight);
    stream_.callback.function = count_notice;
    stream_.callback.instance = reinterpret_cast<std::uintptr_t>(&count_);
    stream_.delivery.claim();
    stream_.delivery.publish();
  }
  double step() noexcept {
    for (std::uint32_t i = 0; i < kMessages; ++i) stream_.audio().ring().push({.header = &header_});
    round_.each(true, [](core::AudioState& state) noexcept {
      state.return_all();
      return kMessages;
    });
    const std::int64_t begin_ns = now_ns();
    round_.call_clients();
    return static_cast<double>(now_ns() - begin_ns) / kMessages;
  }

 private:
  static constexpr std::uint32_t kEpoch = 1;

  const std::shared_ptr<core::StreamTable> table_ = std::make_shared<core::StreamTable>();
  const std::shared_ptr<core::MembershipMask> membership_ = std::make_shared<core::MembershipMask>();
  core::DeviceRound round_{table_, membership_, kEpoch, core::Completion::direct};
  core::Stream& stream_ = table_->streams[0];
  core::ClientHeader header_{};
  std::size_t count_ = 0;
};

/// `call(count)`: calls count_message() once.
template <typename Call>
void add_calls(const char* name, Call call) {
  add(std::string("call/") + name, kCalls, [call](benchmark::State&) {
    return [call, count = std::make_unique<std::size_t>(0)] {
      return loop_ns(kCalls, [&] { call(reinterpret_cast<DWORD_PTR>(count.get())); });
    };
  });
}

}  // namespace

void register_calls() {
  add_calls("bare", [](DWORD_PTR count) {
    LPDRVCALLBACK called = count_message;
    benchmark::DoNotOptimize(called);
    called(nullptr, WOM_DONE, count, 0, 0);
  });
  // Through a pointer, as a driver calls libwinmm's.
  const auto function = reinterpret_cast<decltype(&DriverCallback)>(dlsym(RTLD_NEXT, "DriverCallback"));
  add_calls("DriverCallback", [function](DWORD_PTR count) {
    auto* called = function;
    benchmark::DoNotOptimize(called);
    called(reinterpret_cast<DWORD_PTR>(count_message), DCB_FUNCTION | DCB_NOSWITCH, nullptr, WOM_DONE, count,
           0, 0);
  });
  add("call/direct_message", kMessages, [](benchmark::State&) {
    return [messages = std::make_unique<DirectMessages>()] { return messages->step(); };
  });
}

}  // namespace refwave::bench
