#include <algorithm>
#include <filesystem>

#include "driver/cli/console/failure.h"
#include "driver/cli/console/text.h"
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

}  // namespace

std::string reason_of(SNDFILE* file) {
  constexpr std::string_view kPrefix = "Error : ";
  std::string why = sf_strerror(file);
  if (why.starts_with(kPrefix)) why.erase(0, kPrefix.size());
  while (why.ends_with('.') || why.ends_with('\n')) why.pop_back();
  return why;
}

SoundFileReader::SoundFileReader(const std::string& path, const std::optional<RawFormat>& raw)
    : path_(path), is_pipe_(is_pipe_name(path)) {
  check_is_readable(path);
  decoder_ = open_decoder(path, is_pipe_ ? Source::pipe : Source::file, raw);
}

bool SoundFileReader::seek(std::uint64_t frame) {
  if (!decoder_->seek(frame)) return false;
  position_ = frame;
  return true;
}

bool SoundFileReader::skip_to(std::uint64_t frame) {
  if (length() == Length::stated && frames() != 0 && frame >= frames()) return false;
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
  peak = 0;
  while (done < wanted) {
    const std::size_t frames = decoder_->read(block.data() + done * frame_bytes, wanted - done, peak);
    if (frames == 0) break;
    done += frames;
  }
  position_ += done;
  return done;
}

std::string SoundFileReader::complaint() const {
  const std::string remedy = "; the rest was played; download the file again";
  if (const std::string& failure = decoder_->input().failure(); !failure.empty())
    return path_ + ": " + failure + remedy;
  if (decoder_->stated().is_exact && frames() > position_) {
    const double missing = static_cast<double>(frames() - position_) / format().rate;
    return path_ +
           formatted(": cut short or damaged: %.3f s of %.3f s are missing", missing,
                     static_cast<double>(frames()) / format().rate) +
           remedy;
  }
  if (const std::string damage = decoder_->damage(); !damage.empty()) return path_ + ": " + damage + remedy;
  return {};
}

bool SoundFileReader::has_next_part() const { return decoder_->has_next_part(); }

void SoundFileReader::begin_next_part() {
  if (!has_next_part()) return;
  decoder_->begin_next_part();
  position_ = 0;
}

}  // namespace refwave::cli
