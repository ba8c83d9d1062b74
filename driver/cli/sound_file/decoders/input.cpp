#include "driver/cli/sound_file/decoders/input.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include "driver/cli/console/failure.h"
#include "driver/cli/console/interruption.h"
#include "driver/cli/sound_file/sound_file.h"

namespace refwave::cli {
namespace {

constexpr std::size_t kMostKept = std::size_t{64} << 20;  // of tags and pictures before the sound

}  // namespace

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

std::int64_t Input::size() { return is_seekable_ ? ::lseek(descriptor_, 0, SEEK_END) - base_ : kUnknown; }

std::int64_t Input::seek(std::int64_t place) {
  if (place < 0 || (!is_seekable_ && !is_opening_ && place != position_)) return -1;
  return position_ = place;
}

void Input::begin_here() {
  if (is_seekable_) {
    base_ += position_;
  } else {
    kept_.erase(0, static_cast<std::size_t>(position_));
  }
  position_ = 0;
}

std::size_t Input::read(void* bytes, std::size_t count) {
  auto* const to = static_cast<char*>(bytes);
  std::size_t done = 0;
  if (is_seekable_) {
    ::lseek(descriptor_, base_ + position_, SEEK_SET);
  } else {
    done = read_kept(to, count);
  }
  if (is_seekable_ || !is_opening_) done += read_on(to + done, count - done);
  for (const auto& [place, other] : replaced_)
    for (std::size_t i = 0; i < other.size(); ++i) {
      const std::int64_t at = place + static_cast<std::int64_t>(i) - position_;
      if (at >= 0 && at < static_cast<std::int64_t>(done)) to[at] = other[i];
    }
  position_ += static_cast<std::int64_t>(done);
  return done;
}

/// Effects: while the file is being opened, reads the pipe as far as is wanted, and keeps it.
std::size_t Input::read_kept(char* bytes, std::size_t count) {
  const auto from = static_cast<std::size_t>(position_);
  const bool is_far = position_ > static_cast<std::int64_t>(kept_.size()) + reach_;
  if (is_opening_ && is_far) {
    std::memset(bytes, 0, count);
    return count;
  }
  while (is_opening_ && kept_.size() < from + count && kept_.size() < kMostKept) {
    char more[4096];
    const std::size_t got = read_on(more, std::min(sizeof more, from + count - kept_.size()));
    if (got == 0) break;
    kept_.append(more, got);
  }
  const std::size_t done = from < kept_.size() ? std::min(count, kept_.size() - from) : 0;
  if (done > 0) std::memcpy(bytes, kept_.data() + from, done);
  return done;
}

std::size_t Input::read_on(char* bytes, std::size_t count) {
  std::size_t done = 0;
  while (done < count) {
    const auto got = ::read(descriptor_, bytes + done, static_cast<unsigned>(count - done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) failure_ = "cannot be read: " + std::generic_category().message(errno);
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

}  // namespace refwave::cli
