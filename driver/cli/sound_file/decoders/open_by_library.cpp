#include <string_view>

#include "driver/cli/console/failure.h"
#include "driver/cli/console/text.h"
#include "driver/cli/sound_file/decoders/decoders.h"

namespace refwave::cli {
namespace {

constexpr std::size_t kGsmFrame = 33;  // bytes, of which the first four bits are the same in each

bool is_gsm(std::string_view start) {
  bool is_each = start.size() > 3 * kGsmFrame;
  for (std::size_t at = 0; at < start.size(); at += kGsmFrame) is_each &= (start[at] & 0xF0) == 0xD0;
  return is_each;
}

/// Returns: how to make a file of it that can be read.
std::string conversion(const Input& input) {
  if (input.is_pipe())
    return "convert it first, as with `ffmpeg -i IN -f wav - | refwave play -` or `sox IN -t wav -`";
  std::filesystem::path wav = to_path(input.path()).filename();
  if (wav.extension() == ".wav") wav = std::filesystem::path("new-") += wav;
  wav.replace_extension(".wav");
  return "convert it, as with `ffmpeg -i IN " + path_text(wav) + "` or sox, or download it again";
}

}  // namespace

std::unique_ptr<SoundFileReader> open_by_library(const std::shared_ptr<Input>& input,
                                                 const std::optional<RawFormat>& raw) {
  if (input->read_at(0, 1).empty())
    throw Failure(input->path() + ": nothing arrived; see why the program at the other end wrote nothing");
  // libsndfile counts the blocks of GSM with 32 bits.
  if (raw && !is_linear(*raw)) input->begin_at(0, {}, std::int64_t{1} << 36);
  Hints hints = raw ? Hints{.raw = raw} : read_headers(*input);
  const std::string start = input->read_at(0, 5 * kGsmFrame);
  std::unique_ptr<SoundFileReader> reader;
  const auto try_with = [&](auto open, const auto&... with) {
    if (reader != nullptr) return;
    input->seek(0);
    reader = open(input, with...);
  };
  if (!raw && start.starts_with("OggS")) {
    try_with(vorbis_reader);
    try_with(opus_reader);
  }
  if (hints.is_mpeg) try_with(mpeg_reader);
  try_with(sndfile_reader, hints);
  const std::string reason = reason_of(nullptr);
  if (!raw) {
    // libsndfile itself would look for MP3 in such a file, and print what it thinks of it.
    hints.is_by_name =
        !input->is_pipe() && !input->path().ends_with(".mp3") && !input->path().ends_with(".MP3");
    if (hints.is_by_name) try_with(sndfile_reader, hints);
    if (reader == nullptr && is_gsm(start))
      throw Failure(input->path() + ": GSM 06.10 without a header; play it with `--raw gsm,8000,1`");
    // After zeros, or after a tag whose length is wrong.
    try_with(mpeg_reader);
  }
  if (reader == nullptr)
    throw Failure(input->path() + ": cannot be read as a sound file: " + reason + "; " + conversion(*input));
  input->finish_opening();
  return reader;
}

}  // namespace refwave::cli
