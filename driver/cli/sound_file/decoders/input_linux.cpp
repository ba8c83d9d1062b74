#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "driver/cli/console/failure.h"
#include "driver/cli/sound_file/decoders/input.h"
#include "driver/cli/sound_file/sound_file.h"

namespace refwave::cli {
namespace {

constexpr std::size_t kBeginning = 4;
constexpr int kBetweenLooksMs = 10;

/// Returns: how many of the first bytes of the pipe have arrived, which then lie in `copy`, another pipe.
std::ptrdiff_t tee_beginning(int pipe, int copy) {
  ::ssize_t arrived = -1;
  do arrived = ::tee(pipe, copy, kBeginning, 0);
  while (arrived < 0 && errno == EINTR);
  return arrived;
}

/// Returns: the beginning of a pipe; nothing if it is none.
std::optional<std::string> beginning_of_pipe(int pipe) {
  for (;;) {
    pollfd state{pipe, POLLIN, 0};
    ::poll(&state, 1, 0);
    const bool has_writer = (state.revents & POLLHUP) == 0;  // asked before, so that nothing comes after it
    std::array<int, 2> copy{-1, -1};
    if (::pipe2(copy.data(), O_CLOEXEC) != 0) return std::nullopt;
    const std::ptrdiff_t arrived = tee_beginning(pipe, copy[1]);
    std::string bytes(kBeginning, '\0');
    const ::ssize_t got = arrived > 0 ? ::read(copy[0], bytes.data(), kBeginning) : 0;
    for (const int end : copy) ::close(end);
    if (arrived < 0) return std::nullopt;
    bytes.resize(static_cast<std::size_t>(std::max<::ssize_t>(got, 0)));
    if (bytes.size() == kBeginning || bytes.empty() || !has_writer) return bytes;
    // What has arrived stays readable, so there is no event for more of it.
    ::poll(nullptr, 0, kBetweenLooksMs);
  }
}

}  // namespace

Input::Input(std::string path) : path_(std::move(path)) {
  descriptor_ = path_ == kStandardStream ? STDIN_FILENO : ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0)
    throw Failure(path_ + ": " + std::generic_category().message(errno) + "; check its permissions");
  is_seekable_ = ::lseek(descriptor_, 0, SEEK_CUR) >= 0;
}

Input::~Input() {
  if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
}

std::optional<std::string> Input::beginning() const {
  if (!is_seekable_) return beginning_of_pipe(descriptor_);
  std::string bytes(kBeginning, '\0');
  const ::ssize_t got = ::pread(descriptor_, bytes.data(), kBeginning, ::lseek(descriptor_, 0, SEEK_CUR));
  if (got < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(got));
  return bytes;
}

std::ptrdiff_t Input::read(void* bytes, std::size_t count) {
  ::ssize_t got = -1;
  do got = ::read(descriptor_, bytes, count);
  while (got < 0 && errno == EINTR);
  return got;
}

std::int64_t Input::seek(std::int64_t offset, int whence) {
  return is_seekable_ ? ::lseek(descriptor_, static_cast<off_t>(offset), whence) : -1;
}

}  // namespace refwave::cli
