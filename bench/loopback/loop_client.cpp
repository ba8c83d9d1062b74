#include "bench/loopback/loop_client.h"

#include <algorithm>
#include <cstring>

#include "bench/loopback/noise.h"
#include "driver/cli/console/failure.h"
#include "driver/cli/console/interruption.h"
#include "driver/cli/console/progress.h"
#include "hal/system/clock.h"

namespace refwave::loopback {
namespace {

// The output must be refilled in time even if the input reports nothing, so the wait is short. It is long
// enough to cost nothing.
constexpr std::int64_t kWaitMicroseconds = 1'000;

}  // namespace

LoopClient::LoopClient(const dsp::Format& format, std::uint32_t buffers, std::uint32_t block_frames)
    : format_(format),
      buffers_(buffers),
      in_(format, buffers, block_frames),
      out_(format, buffers, block_frames, done_) {
  recording_.rate = format.rate;
  recording_.block_frames = block_frames;
}

void LoopClient::open(cli::DriverSession& session, const std::string& device,
                      const std::string& capture_device) {
  const MMRESULT input = in_.open();
  if (input != MMSYSERR_NOERROR)
    throw cli::Failure("recording: " + cli::open_failure(session, input,
                                                         capture_device.empty() ? device : capture_device,
                                                         1));
  const MMRESULT output = out_.open();
  if (output != MMSYSERR_NOERROR)
    throw cli::Failure("playing: " + cli::open_failure(session, output, device, 0));
  buffers_ = static_cast<std::uint32_t>(std::max(in_.suit_device(), out_.suit_device()));
}

Recording LoopClient::run(double seconds) {
  cli::Progress progress("measuring the loop", seconds);
  recording_.samples.reserve(static_cast<std::size_t>((seconds + 1) * format_.rate));
  const std::int64_t began_ns = hal::monotonic_now_ns();
  in_.start();
  while (recording_.seconds < seconds && !cli::is_interrupted()) {
    play_on();
    record_on(kWaitMicroseconds);
    recording_.seconds = static_cast<double>(hal::monotonic_now_ns() - began_ns) / 1e9;
    progress.show(recording_.seconds, 0);
    if (in_watchdog_.is_stalled(recording_.recorded_ns.size()))
      throw cli::Failure("the device has recorded nothing for five seconds; try another --capture-device");
    if (out_watchdog_.is_stalled(recording_.done_ns.size()))
      throw cli::Failure("the device has taken no audio for five seconds; try another --device");
  }
  return std::move(recording_);
}

std::string LoopClient::input_name() {
  WAVEINCAPSA caps{};
  return waveInGetDevCapsA(0, &caps, sizeof caps) == MMSYSERR_NOERROR ? caps.szPname : "the input";
}

std::string LoopClient::output_name() {
  WAVEOUTCAPSA caps{};
  return waveOutGetDevCapsA(0, &caps, sizeof caps) == MMSYSERR_NOERROR ? caps.szPname : "the output";
}

/// Effects: takes back the blocks that were played, fills them with the next frames and writes them.
void LoopClient::play_on() {
  cli::BlockQueue& queue = out_.queue();
  while (queue.has_block()) {
    cli::Block& block = queue.next();
    if (queue.sent() >= queue.blocks().size()) recording_.done_ns.push_back(block.returned_ns);
    const std::uint64_t first = queue.sent() * recording_.block_frames;
    std::byte* to = block.memory.data();
    for (std::uint32_t i = 0; i < recording_.block_frames; ++i) {
      const std::int16_t sample = noise(first + i);
      for (std::uint16_t c = 0; c < format_.channels; ++c, to += sizeof sample)
        std::memcpy(to, &sample, sizeof sample);
    }
    recording_.written_ns.push_back(hal::monotonic_now_ns());
    out_.write(block.memory.size());
  }
  // The semaphore's counts are not needed here, because each block tells whether it is back.
  while (done_.tryWait()) {
  }
}

/// Effects: keeps the first channel of the blocks that are full, and gives these blocks to the driver again.
void LoopClient::record_on(std::int64_t timeout_us) {
  const std::size_t frame_bytes = format_.bytes_per_frame();
  for (cli::Block* block = in_.wait(timeout_us); block != nullptr; block = in_.wait(0)) {
    recording_.recorded_ns.push_back(block->returned_ns);
    for (std::size_t at = 0; at + frame_bytes <= block->header.dwBytesRecorded; at += frame_bytes) {
      std::int16_t sample = 0;
      std::memcpy(&sample, block->memory.data() + at, sizeof sample);
      recording_.samples.push_back(sample);
    }
    in_.recycle();
  }
}

}  // namespace refwave::loopback
