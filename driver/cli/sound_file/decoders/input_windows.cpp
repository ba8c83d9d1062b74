#include <fcntl.h>
#include <io.h>
#include <windows.h>

#include <system_error>
#include <utility>

#include "driver/cli/console/failure.h"
#include "driver/cli/console/text.h"
#include "driver/cli/sound_file/decoders/input.h"
#include "driver/cli/sound_file/sound_file.h"

namespace refwave::cli {
namespace {

constexpr int kStandardInput = 0;
constexpr DWORD kBeginning = 4;
constexpr DWORD kBetweenLooksMs = 10;

/// Windows has no wait for bytes that stay in the pipe.
std::optional<std::string> beginning_of_pipe(HANDLE pipe) {
  for (;;) {
    std::string bytes(kBeginning, '\0');
    DWORD got = 0;
    if (PeekNamedPipe(pipe, bytes.data(), kBeginning, &got, nullptr, nullptr) == FALSE)
      return GetLastError() == ERROR_BROKEN_PIPE ? std::optional<std::string>("") : std::nullopt;
    bytes.resize(got);
    if (got == kBeginning) return bytes;
    Sleep(kBetweenLooksMs);
  }
}

}  // namespace

Input::Input(std::string path) : path_(std::move(path)) {
  if (path_ == kStandardStream) {
    descriptor_ = kStandardInput;
    _setmode(descriptor_, _O_BINARY);
  } else {
    descriptor_ = _wopen(to_path(path_).c_str(), _O_RDONLY | _O_BINARY | _O_NOINHERIT);
  }
  if (descriptor_ < 0)
    throw Failure(path_ + ": " + std::generic_category().message(errno) + "; check its permissions");
  // A pipe takes a seek here, and reports success.
  const auto handle = reinterpret_cast<HANDLE>(_get_osfhandle(descriptor_));
  is_seekable_ = GetFileType(handle) == FILE_TYPE_DISK;
}

Input::~Input() {
  if (descriptor_ != kStandardInput) _close(descriptor_);
}

std::optional<std::string> Input::beginning() const {
  if (!is_seekable_) return beginning_of_pipe(reinterpret_cast<HANDLE>(_get_osfhandle(descriptor_)));
  const std::int64_t at = _lseeki64(descriptor_, 0, SEEK_CUR);
  std::string bytes(kBeginning, '\0');
  const int got = _read(descriptor_, bytes.data(), kBeginning);
  _lseeki64(descriptor_, at, SEEK_SET);
  if (got < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(got));
  return bytes;
}

std::ptrdiff_t Input::read(void* bytes, std::size_t count) {
  return _read(descriptor_, bytes, static_cast<unsigned>(count));
}

std::int64_t Input::seek(std::int64_t offset, int whence) {
  return is_seekable_ ? _lseeki64(descriptor_, offset, whence) : -1;
}

}  // namespace refwave::cli
