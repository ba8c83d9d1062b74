// A lack of memory must not end the program, even on threads that cannot report it: PortAudio's, the
// capture's, one that closes a device.
#include <gtest/gtest.h>

#include <atomic>
#include <new>

#include "hal/capture/wav_capture.h"
#include "hal/clocked/clocked_backend.h"
#include "hal/portaudio/backend.h"
#include "hal/portaudio/thread.h"
#include "hal/system/clock.h"
#include "tests/hal/clients.h"
#include "tests/support/eventually.h"
#include "tests/support/own_alsa.h"
#include "tests/support/scarce_memory.h"
#include "tests/support/silent_server.h"
#include "tests/support/status.h"

namespace refwave::hal {
namespace {

using namespace std::chrono_literals;
using test::Client;
using test::eventually;
using test::ScarceMemory;

class OutOfMemory : public testing::Test {
 protected:
  /// Returns: a device; null if none opens. It retries: on a loud machine an open may time out.
  static std::unique_ptr<Device> open(Backend& backend,
                                      const std::shared_ptr<Client>& client = std::make_shared<Client>()) {
    std::unique_ptr<Device> device;
    eventually([&] { return (device = backend.open({}, client).device) != nullptr; });
    return device;
  }

  const test::OwnAlsa folder{test::OwnAlsa::kHiddenNull};
};

TEST_F(OutOfMemory, At_any_point_of_an_open_is_an_error_or_an_exception_and_the_next_one_succeeds) {
  long points = 0;
  for (bool failed = true; failed; ++points) {
    const auto backend = make_portaudio_backend();
    backend->list(Direction::output);
    {
      const ScarceMemory scarce(points);
      try {
        OpenResult result = backend->open({}, std::make_shared<Client>());
        EXPECT_TRUE(result.device || !result.error.empty() || ScarceMemory::refused() > 0);
      } catch (const std::bad_alloc&) {
        EXPECT_GT(ScarceMemory::refused(), 0);
      }
      failed = ScarceMemory::refused() > 0;
    }
    EXPECT_NE(open(*backend), nullptr);
  }
  EXPECT_GT(points, 3) << "the open takes memory more often than that";
}

TEST_F(OutOfMemory, Of_the_watch_is_no_end_and_it_watches_again) {
  Status started;
  std::atomic<int> looks{0};
  PortAudioThread thread(
      [&looks]() -> bool {
        if (++looks == 1) throw std::bad_alloc();
        return false;
      },
      started);
  EXPECT_TRUE(thread.run([] {}, std::chrono::steady_clock::now() + 30s));
  EXPECT_TRUE(eventually([&] { return looks == 2; }));
}

TEST_F(OutOfMemory, Of_a_question_to_the_server_is_no_end_and_it_is_asked_again) {
  const test::SilentServer server(folder / "native", 8);
  setenv("PULSE_SERVER", ("unix:" + (folder / "native").string()).c_str(), 1);
  const auto backend = make_portaudio_backend();
  const auto device = backend->open({}, std::make_shared<Client>()).device;
  ASSERT_NE(device, nullptr);
  {
    const ScarceMemory scarce(0);
    EXPECT_EQ(device->ask_server(monotonic_now_ns()), ServerAnswer::unknown);
    EXPECT_THROW(backend->list(Direction::output), std::bad_alloc) << "it comes after the question";
  }
  const std::int64_t since_ns = monotonic_now_ns();
  EXPECT_TRUE(eventually([&] { return device->ask_server(since_ns) == ServerAnswer::silent; }));
  unsetenv("PULSE_SERVER");
}

TEST_F(OutOfMemory, Of_everybody_does_not_keep_a_device_from_being_stopped_and_closed) {
  const auto backend = make_portaudio_backend();
  const auto client = std::make_shared<Client>();
  auto device = open(*backend, client);
  ASSERT_NE(device, nullptr);
  EXPECT_TRUE(test::succeeded(device->start()));
  EXPECT_TRUE(eventually([&] { return client->periods > 2; }));
  {
    const ScarceMemory scarce(0, ScarceMemory::Of::everybody);
    device.reset();
  }
  EXPECT_EQ(client.use_count(), 1) << "PortAudio still has the stream";
  EXPECT_NE(open(*backend, client), nullptr);
}

TEST_F(OutOfMemory, Of_the_capture_loses_no_frame) {
  const auto path = folder / "played.wav";
  ClockedBackend backend({.speed = 0.0, .capture_path = path.string()});
  const OpenRequest s16{.period_frames = 128, .any_type = false, .type = dsp::SampleType::s16};
  auto device = backend.open(s16, std::make_shared<Client>()).device;
  device->start();
  {
    const ScarceMemory scarce(0);
    backend.step(100);
    EXPECT_TRUE(eventually([] { return ScarceMemory::refused() > 2; })) << "nobody wanted memory";
  }
  backend.step(100);
  device.reset();
  const CaptureReport report = backend.capture();
  EXPECT_EQ(report.frames, 200U * 128);
  EXPECT_EQ(report.lost_frames, 0U);
  EXPECT_EQ(report.error, "");
}

}  // namespace
}  // namespace refwave::hal
