#include "inf/cli/sound_file/input.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "inf/cli/console/failure.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/sound_file/sound_file.h"

namespace refwave::cli {

Input::Input(std::string path) : path_(std::move(path)), descriptor_(open_descriptor(path_)) {
  if (descriptor_ < 0)
    throw Failure(path_ + ": " + std::generic_category().message(errno) + "; check its permissions");
  is_seekable_ = can_seek(descriptor_);
  if (is_seekable_) base_ = ::lseek(descriptor_, 0, SEEK_CUR);
  if (!is_seekable_) end_when_interrupted(descriptor_);
}

Input::~Input() {
  if (!is_seekable_) end_when_interrupted(-1);
  if (path_ != kStandardStream) ::close(descriptor_);
}

bool Input::is_pipe() const { return !is_seekable_ || path_ == kStandardStream; }

std::int64_t Input::size() const {
  if (!is_seekable_) return kUnknown;
  const std::int64_t rest = ::lseek(descriptor_, 0, SEEK_END) - base_;
  return std::min(end_, static_cast<std::int64_t>(kept_.size()) + std::max<std::int64_t>(rest, 0));
}

std::int64_t Input::seek(std::int64_t offset, int whence) {
  const std::int64_t place = offset + (whence == SEEK_END ? size() : whence == SEEK_CUR ? position_ : 0);
  if (place < 0 || (!is_seekable_ && !is_opening_ && place != position_)) return -1;
  return position_ = place;
}

void Input::begin_at(std::int64_t place, const std::string& header, std::int64_t bytes) {
  // Only a replaced header is kept of a file.
  const std::int64_t cut = std::min(place, static_cast<std::int64_t>(kept_.size()));
  if (is_seekable_) base_ += place - cut;
  kept_.erase(0, static_cast<std::size_t>(cut));
  kept_.insert(0, header);
  end_ = static_cast<std::int64_t>(header.size()) + bytes;
  position_ = 0;
}

std::string Input::read_at(std::int64_t place, std::size_t count) {
  std::string bytes(count, '\0');
  seek(place);
  bytes.resize(read(bytes.data(), count));
  return bytes;
}

std::size_t Input::read(void* bytes, std::size_t count) {
  is_at_end_ = position_ >= end_;
  if (is_at_end_) return 0;
  auto* const to = static_cast<char*>(bytes);
  count = static_cast<std::size_t>(std::min(static_cast<std::int64_t>(count), end_ - position_));
  const bool is_kept = !is_seekable_ && is_opening_;
  if (is_kept) keep(position_ + static_cast<std::int64_t>(count));
  const auto kept = static_cast<std::int64_t>(kept_.size());
  std::size_t done = position_ < kept ? kept_.copy(to, count, static_cast<std::size_t>(position_)) : 0;
  if (is_seekable_)
    ::lseek(descriptor_, base_ + position_ + static_cast<std::int64_t>(done) - kept, SEEK_SET);
  if (!is_kept) done += read_on(to + done, count - done);
  position_ += static_cast<std::int64_t>(done);
  is_at_end_ = done == 0;
  return done;
}

/// A library may have seeked beyond what was read.
void Input::finish_opening() {
  reach_ = kUnknown;
  if (!is_seekable_) keep(position_);
  is_opening_ = false;
}

/// Effects: reads a pipe up to `end`, and keeps what it reads.
void Input::keep(std::int64_t end) {
  constexpr std::int64_t kMostKept = std::int64_t{64} << 20;  // of tags and pictures before the sound
  if (position_ > static_cast<std::int64_t>(kept_.size()) + reach_) return;
  for (bool has_more = true; has_more;) {
    char more[4096];
    const std::int64_t missing = std::min(end, kMostKept) - static_cast<std::int64_t>(kept_.size());
    if (missing <= 0) return;
    const std::size_t wanted = std::min(sizeof more, static_cast<std::size_t>(missing));
    const std::size_t got = read_on(more, wanted);
    kept_.append(more, got);
    has_more = got == wanted;
  }
}

std::size_t Input::read_on(char* bytes, std::size_t count) {
  std::size_t done = 0;
  while (done < count) {
    const auto got = ::read(descriptor_, bytes + done, static_cast<unsigned>(count - done));
    if (got < 0 && (errno == EINTR || (errno == EAGAIN && await_more(descriptor_)))) continue;
    if (got < 0) failure_ = "cannot be read: " + std::generic_category().message(errno);
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

}  // namespace refwave::cli
