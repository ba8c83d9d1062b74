#include "driver/cli/sound_file/decoders/pipe_window.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

namespace refwave::cli {
namespace {

constexpr sf_count_t kUnknownLength = sf_count_t{1} << 60;
constexpr sf_count_t kFarEnd = sf_count_t{1} << 58;     // libmpg123 can count the samples up to there
constexpr sf_count_t kMostKept = sf_count_t{64} << 20;  // of tags and pictures before the sound

}  // namespace

SNDFILE* PipeWindow::open(SF_INFO& info, Kind kind) {
  SNDFILE* file = try_to_open(info);
  if (file == nullptr && kind == Kind::mpeg) {
    has_end_ = true;
    position_ = 0;
    info = {};
    file = try_to_open(info);
  }
  is_open_ = file != nullptr;
  return file;
}

SNDFILE* PipeWindow::try_to_open(SF_INFO& info) {
  SF_VIRTUAL_IO calls{length, seek, read, write, tell};
  return sf_open_virtual(&calls, SFM_READ, &info, this);
}

sf_count_t PipeWindow::length(void* self) {
  return static_cast<PipeWindow*>(self)->has_end_ ? kFarEnd : kUnknownLength;
}

sf_count_t PipeWindow::tell(void* self) { return static_cast<PipeWindow*>(self)->position_; }

sf_count_t PipeWindow::seek(sf_count_t offset, int whence, void* self) {
  auto* window = static_cast<PipeWindow*>(self);
  if (whence == SEEK_END && (!window->has_end_ || window->is_open_)) return -1;
  const sf_count_t from = whence == SEEK_END ? kFarEnd : whence == SEEK_CUR ? window->position_ : 0;
  const sf_count_t target = from + offset;
  if (target == window->position_) return target;
  if (target < 0) return -1;
  if (window->is_open_) return window->skip_to(target);
  if (whence != SEEK_END && (target > kMostKept || !window->keep_up_to(static_cast<std::size_t>(target))))
    return -1;
  window->position_ = target;
  return target;
}

/// Effects: reads on to that place, as libmpg123 does with a tag between frames where it believes that it can
/// seek. Returns: the place that was reached; -1 if that is no way.
sf_count_t PipeWindow::skip_to(sf_count_t target) {
  if (!has_end_ || target < position_) return -1;
  std::array<char, 4096> bytes{};
  sf_count_t got = 1;
  while (position_ < target && got > 0)
    got = read(bytes.data(), std::min<sf_count_t>(bytes.size(), target - position_), this);
  return position_;
}

/// Returns: bytes read; 0 at the end.
std::size_t PipeWindow::read_on(void* bytes, std::size_t count) {
  const auto got = static_cast<std::size_t>(std::max<std::ptrdiff_t>(input_.read(bytes, count), 0));
  tail_.append(bytes, got);
  return got;
}

/// Effects: reads on until that many bytes are kept. Returns: whether they are.
bool PipeWindow::keep_up_to(std::size_t end) {
  std::array<char, 4096> bytes{};
  while (kept_.size() < end) {
    const std::size_t got = read_on(bytes.data(), std::min(bytes.size(), end - kept_.size()));
    if (got == 0) return false;
    kept_.append(bytes.data(), got);
  }
  return true;
}

sf_count_t PipeWindow::read(void* bytes, sf_count_t count, void* self) {
  auto* window = static_cast<PipeWindow*>(self);
  const auto wanted = static_cast<std::size_t>(std::max<sf_count_t>(count, 0));
  const std::size_t done = window->position_ > kMostKept && !window->is_open_
                               ? window->read_end(bytes, wanted)
                               : window->read_here(bytes, wanted);
  window->position_ += static_cast<sf_count_t>(done);
  return static_cast<sf_count_t>(done);
}

/// libmpg123 looks for a tag at the end of a file, and finds none.
std::size_t PipeWindow::read_end(void* bytes, std::size_t count) {
  std::memset(bytes, 0, count);
  return count;
}

std::size_t PipeWindow::read_here(void* bytes, std::size_t count) {
  if (!is_open_)
    keep_up_to(static_cast<std::size_t>(std::min(position_ + static_cast<sf_count_t>(count), kMostKept)));
  const auto kept = static_cast<sf_count_t>(kept_.size());
  const auto at = static_cast<std::size_t>(std::min(position_, kept));
  const std::size_t done = std::min(count, kept_.size() - at);
  std::memcpy(bytes, kept_.data() + at, done);
  return is_open_ && done == 0 ? read_on(bytes, count) : done;
}

sf_count_t PipeWindow::write(const void*, sf_count_t, void*) { return 0; }

}  // namespace refwave::cli
