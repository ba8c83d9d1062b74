// A lack of memory must not end the program, even on threads that cannot report it: PortAudio's, the
// capture's, one that closes a device.
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>
#include <thread>

#include "hal/capture/wav_capture.h"
#include "hal/clocked/clocked_backend.h"
#include "hal/portaudio/backend.h"
#include "hal/system/clock.h"
#include "tests/hal/clients.h"
#include "tests/support/eventually.h"
#include "tests/support/own_alsa.h"
#include "tests/support/silent_server.h"
#include "tests/support/status.h"

namespace {

/// How many more allocations succeed; below 0: all.
std::atomic<long> left{-1};
std::atomic<bool> anybody{false};  // else only threads whose name begins with "refwave-"
std::atomic<long> refused{0};

bool is_starved() {
  char name[16] = "";
  pthread_getname_np(pthread_self(), name, sizeof name);
  return anybody.load() || std::strncmp(name, "refwave-", 8) == 0;
}

void* allocate(std::size_t bytes) {
  if (long few = left; few >= 0 && is_starved()) {
    while (few > 0 && !left.compare_exchange_weak(few, few - 1)) {
    }
    if (few == 0) {
      ++refused;
      throw std::bad_alloc();
    }
  }
  if (void* const memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}

void* allocate_or_null(std::size_t bytes) noexcept {
  try {
    return allocate(bytes);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

/// While it lives, memory ends after so many allocations.
class Starvation {
 public:
  explicit Starvation(long after, bool everywhere = false) {
    refused = 0;
    anybody = everywhere;
    left = after;
  }
  ~Starvation() { left = -1; }
  Starvation(const Starvation&) = delete;
  Starvation& operator=(const Starvation&) = delete;
};

}  // namespace

// Not inlined: the compiler would see free() end what new began.
[[gnu::noinline]] void* operator new(std::size_t bytes) { return allocate(bytes); }
[[gnu::noinline]] void* operator new[](std::size_t bytes) { return allocate(bytes); }
[[gnu::noinline]] void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return allocate_or_null(bytes);
}
[[gnu::noinline]] void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
  return allocate_or_null(bytes);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace refwave::hal {
namespace {

using namespace std::chrono_literals;
using test::Client;
using test::eventually;

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
      const Starvation starvation(points);
      try {
        OpenResult result = backend->open({}, std::make_shared<Client>());
        EXPECT_TRUE(result.device || !result.error.empty() || refused > 0);
      } catch (const std::bad_alloc&) {
        EXPECT_GT(refused, 0);
      }
      failed = refused > 0;
    }
    EXPECT_NE(open(*backend), nullptr);
  }
  EXPECT_GT(points, 3) << "the open takes memory more often than that";
}

TEST_F(OutOfMemory, Does_not_hide_a_server_that_comes_meanwhile) {
  const auto socket = folder / "run/native";
  setenv("PULSE_SERVER", ("unix:" + socket.string()).c_str(), 1);
  const auto backend = make_portaudio_backend();
  auto device = open(*backend);
  ASSERT_NE(device, nullptr);
  EXPECT_TRUE(test::succeeded(device->start()));
  const std::uint32_t before = backend->changes();
  {
    const Starvation starvation(0);
    std::filesystem::create_directory(socket.parent_path());
    std::ofstream{socket};
    EXPECT_TRUE(eventually([] { return refused > 2; })) << "nobody wanted memory";
  }
  EXPECT_TRUE(eventually([&] { return backend->changes() > before; }));
  device.reset();
  unsetenv("PULSE_SERVER");
}

TEST_F(OutOfMemory, Of_a_question_to_the_server_is_no_end_and_it_is_asked_again) {
  const test::SilentServer server(folder / "native", 8);
  setenv("PULSE_SERVER", ("unix:" + (folder / "native").string()).c_str(), 1);
  const auto backend = make_portaudio_backend();
  const auto device = backend->open({}, std::make_shared<Client>()).device;
  ASSERT_NE(device, nullptr);
  {
    const Starvation starvation(0);
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
    const Starvation starvation(0, true);
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
    const Starvation starvation(0);
    backend.step(100);
    EXPECT_TRUE(eventually([] { return refused > 2; })) << "nobody wanted memory";
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
