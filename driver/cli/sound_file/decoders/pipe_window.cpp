#include "driver/cli/sound_file/decoders/pipe_window.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

namespace refwave::cli {
namespace {

constexpr sf_count_t kUnknownLength = sf_count_t{1} << 60;
constexpr std::size_t kMostKept = std::size_t{64} << 20;  // of tags and pictures before the sound

}  // namespace

SNDFILE* PipeWindow::open(SF_INFO& info) {
  SF_VIRTUAL_IO calls{length, seek, read, write, tell};
  SNDFILE* const file = sf_open_virtual(&calls, SFM_READ, &info, this);
  is_open_ = file != nullptr;
  return file;
}

sf_count_t PipeWindow::length(void*) { return kUnknownLength; }

sf_count_t PipeWindow::tell(void* self) {
  return static_cast<sf_count_t>(static_cast<PipeWindow*>(self)->position_);
}

sf_count_t PipeWindow::seek(sf_count_t offset, int whence, void* self) {
  auto* window = static_cast<PipeWindow*>(self);
  const sf_count_t target = whence == SEEK_CUR ? tell(self) + offset : offset;
  if (whence == SEEK_END || target < 0) return -1;
  const auto wanted = static_cast<std::size_t>(target);
  if (wanted == window->position_) return target;
  if (window->is_open_ || wanted > kMostKept || !window->keep_up_to(wanted)) return -1;
  window->position_ = wanted;
  return target;
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
  if (!window->is_open_) window->keep_up_to(std::min(window->position_ + wanted, kMostKept));
  const std::size_t at = std::min(window->position_, window->kept_.size());
  std::size_t done = std::min(wanted, window->kept_.size() - at);
  std::memcpy(bytes, window->kept_.data() + at, done);
  if (window->is_open_ && done == 0) done = window->read_on(bytes, wanted);
  window->position_ += done;
  return static_cast<sf_count_t>(done);
}

sf_count_t PipeWindow::write(const void*, sf_count_t, void*) { return 0; }

}  // namespace refwave::cli
