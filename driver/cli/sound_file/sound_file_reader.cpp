#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <numeric>

#include "driver/cli/console/failure.h"
#include "driver/cli/console/text.h"
#include "driver/cli/sound_file/decoders/decoders.h"
#include "driver/cli/sound_file/raw_format.h"
#include "driver/cli/sound_file/sound_file.h"

namespace refwave::cli {
namespace {

/// Returns: where the file can be opened a second time, if standard input is one.
std::string place_of(const std::string& path) { return path == kStandardStream ? "/dev/stdin" : path; }

bool is_pipe_name(const std::string& path) {
  std::error_code error;
  return path == kStandardStream || std::filesystem::is_fifo(to_path(path), error);
}

void check_is_readable(const std::string& path) {
  if (path == kStandardStream && is_at_terminal(SFM_READ))
    throw Failure("-: standard input is a terminal; pipe a sound file into it");
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(to_path(place_of(path)), error);
  if (std::filesystem::is_directory(status)) throw Failure(path + ": a folder; name the files in it");
  if (is_pipe_name(path)) return;
  if (status.type() == std::filesystem::file_type::not_found)
    throw Failure(path + ": no such file; check the name");
  if (status.type() == std::filesystem::file_type::none)
    throw Failure(path + ": " + error.message() + "; check its permissions");
  if (!std::filesystem::is_regular_file(status))
    throw Failure(path + ": neither a file nor a pipe; save it as a file first");
  if (std::filesystem::file_size(to_path(path), error) == 0)
    throw Failure(path + ": an empty file; download or create it again");
}

/// Effects: puts each frame's channels where `order` says that they come from.
void reorder(std::span<std::byte> bytes, const dsp::Format& format, const std::vector<std::size_t>& order) {
  const std::size_t width = dsp::bytes_per_sample(format.type);
  std::array<std::byte, dsp::kMaxChannels * sizeof(double)> frame;
  for (; !bytes.empty(); bytes = bytes.subspan(format.bytes_per_frame())) {
    std::ranges::copy(bytes.first(format.bytes_per_frame()), frame.begin());
    for (std::size_t i = 0; i < order.size(); ++i)
      std::memcpy(&bytes[i * width], &frame[order[i] * width], width);
  }
}

}  // namespace

std::string reason_of(SNDFILE* file) {
  constexpr std::string_view kPrefix = "Error : ";
  std::string why = sf_strerror(file);
  if (why.starts_with(kPrefix)) why.erase(0, kPrefix.size());
  while (why.ends_with('.') || why.ends_with('\n')) why.pop_back();
  return why;
}

std::unique_ptr<SoundFileReader> open_reader(const std::string& path, const std::optional<RawFormat>& raw) {
  check_is_readable(path);
  return open_by_library(std::make_shared<Input>(path), raw);
}

void SoundFileReader::begin(dsp::SampleType type, std::int64_t rate, std::int64_t channels) {
  if (channels < 1 || channels > dsp::kMaxChannels) {
    throw Failure(input_->path() + ": " + std::to_string(channels) +
                  " channels, and 1 to 8 can be played; mix it down, as with `sox IN OUT channels 2`");
  }
  if (rate < dsp::kMinRate || rate > dsp::kMaxRate) {
    throw Failure(input_->path() + ": " + std::to_string(rate) +
                  " Hz, and 8000 to 192000 Hz can be played; convert it, as with `sox IN -r 48000 OUT`");
  }
  format_ = {type, static_cast<std::uint16_t>(channels), static_cast<std::uint32_t>(rate)};
  frames_ = 0;
  position_ = 0;
  order_.clear();
}

void SoundFileReader::set_order(std::span<const int> speakers) {
  std::uint32_t mask = 0;
  for (const int speaker : speakers) {
    const std::uint32_t bit = speaker >= 0 && speaker < 18 ? std::uint32_t{1} << speaker : 0;
    if (bit == 0 || (mask & bit) != 0) return;
    mask |= bit;
  }
  format_.channel_mask = mask == dsp::default_channel_mask(format_.channels) ? 0 : mask;
  order_.resize(speakers.size());
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::ranges::sort(order_, {}, [&](std::size_t channel) { return speakers[channel]; });
  if (std::ranges::is_sorted(order_)) order_.clear();
}

bool SoundFileReader::seek(std::uint64_t frame) {
  if (!input_->is_seekable() || !go_to(frame)) return false;
  position_ = frame;
  return true;
}

bool SoundFileReader::skip_to(std::uint64_t frame) {
  if (length_ != Length::guessed && frames_ != 0 && frame >= frames_) return false;
  if (seek(frame)) return true;
  constexpr std::size_t kAtOnce = 4096;
  std::vector<std::byte> block(kAtOnce * format().bytes_per_frame());
  float peak = 0;
  while (position_ < frame) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kAtOnce, frame - position_));
    if (read(std::span(block).first(wanted * format().bytes_per_frame()), peak) < wanted) return false;
  }
  return true;
}

std::size_t SoundFileReader::read(std::span<std::byte> block, float& peak) {
  const std::size_t frame_bytes = format().bytes_per_frame();
  const std::size_t wanted = block.size() / frame_bytes;
  std::size_t done = 0;
  while (done < wanted) {
    const std::size_t frames = decode(block.data() + done * frame_bytes, wanted - done);
    if (frames == 0) break;
    done += frames;
    position_ += frames;
  }
  const auto samples = block.first(done * frame_bytes);
  if (!order_.empty()) reorder(samples, format_, order_);
  peak = peak_of(samples, format_.type);
  return done;
}

std::string SoundFileReader::complaint() const {
  const std::string remedy = "; the rest was played; download the file again";
  if (const std::string& failure = input_->failure(); !failure.empty())
    return input_->path() + ": " + failure + remedy;
  if (length_ == Length::promised && frames_ > position_) {
    const double missing = static_cast<double>(frames_ - position_) / format_.rate;
    return input_->path() +
           formatted(": cut short or damaged: %.3f s of %.3f s are missing", missing,
                     static_cast<double>(frames_) / format_.rate) +
           remedy;
  }
  if (const std::string why = damage(); !why.empty()) return input_->path() + ": " + why + remedy;
  return {};
}

}  // namespace refwave::cli
