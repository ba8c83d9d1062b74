#include "inf/cli/sound_file/sound_file.h"

#include "inf/cli/console/failure.h"
#include "inf/cli/console/text.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/targets.h"

namespace refwave::fuzz {
namespace {

constexpr std::size_t kMostBlocks = 64;

/// Returns: whether the end was reached.
bool read_blocks(cli::SoundFileReader& reader) {
  const dsp::Format& format = reader.format();
  require(format.channels >= 1 && format.channels <= dsp::kMaxChannels, "a file's channels can be played");
  require(format.rate >= dsp::kMinRate && format.rate <= dsp::kMaxRate, "a file's rate can be played");
  // The end of a block is no whole frame.
  std::vector<std::byte> block(1'000 * format.bytes_per_frame() + format.bytes_per_frame() - 1);
  std::size_t blocks = 0;
  for (std::size_t frames = 1'000; frames == 1'000 && blocks < kMostBlocks; ++blocks) {
    frames = reader.read(block);
    require(frames <= 1'000, "no more frames are read than fit");
  }
  return blocks < kMostBlocks;
}

void read(const std::string& path) {
  const auto opened = cli::open_reader(path);
  cli::SoundFileReader& reader = *opened;
  if (read_blocks(reader)) require_harmless(cli::visible(reader.complaint()));
}

}  // namespace

void sound_file(Bytes input) {
  const MemoryFile file(input);
  try {
    read(file.path());
  } catch (const cli::Failure& failure) {
    require_harmless(cli::visible(failure.what()));
  }
}

}  // namespace refwave::fuzz
