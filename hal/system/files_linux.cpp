#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "hal/system/files.h"

namespace refwave::hal {
namespace {

namespace fs = std::filesystem;

FileKind kind_of(fs::file_type type) {
  if (type == fs::file_type::not_found) return FileKind::absent;
  if (type == fs::file_type::regular) return FileKind::regular;
  return type == fs::file_type::directory ? FileKind::folder : FileKind::other;
}

/// Returns: the descriptor of a regular file, perhaps a new one, for writing; -1, and the reason.
int open_regular(const std::string& path, int flags, std::string& reason) {
  constexpr const char* kNoFile = "not a regular file";
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags, 0666);
  if (file < 0) {
    // ENXIO: a pipe without a reader.
    reason = errno == ENXIO ? kNoFile : std::strerror(errno);
    return -1;
  }
  struct stat look {};
  if (fstat(file, &look) == 0 && S_ISREG(look.st_mode)) return file;
  reason = kNoFile;
  close(file);
  return -1;
}

/// Returns: a stream for the descriptor; null, and the reason, if not `is_ready`, or without memory.
File stream_of(int file, bool is_ready, const char* mode, std::string& reason) {
  if (std::FILE* const stream = is_ready ? fdopen(file, mode) : nullptr)
    return File(stream, {FileIdentity(file)});
  reason = std::strerror(errno);
  close(file);
  return nullptr;
}

Status status_of(const std::error_code& error) { return error ? Status::failure(error.message()) : Status(); }

}  // namespace

FileIdentity::FileIdentity(int descriptor) {
  struct stat look {};
  if (fstat(descriptor, &look) != 0) return;
  device_ = look.st_dev;
  number_ = look.st_ino;
}

bool FileIdentity::is_still(int descriptor) const {
  struct stat now {};
  // Another error says nothing.
  if (fstat(descriptor, &now) != 0) return errno != EBADF;
  return number_ == 0 || (now.st_ino == number_ && now.st_dev == device_);
}

void CloseFile::operator()(std::FILE* file) const {
  if (made.is_still(fileno(file))) std::fclose(file);
}

bool is_open(const File& file) { return file && file.get_deleter().made.is_still(fileno(file.get())); }

FileLook look_at_file(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  FileLook look{.kind = kind_of(status.type())};
  if (look.kind == FileKind::absent) return look;
  look.read_only = (status.permissions() & fs::perms::owner_write) == fs::perms::none;
  if (look.kind == FileKind::regular) look.bytes = fs::file_size(path, error);
  return look;
}

File open_file(const std::string& path, const char* mode) {
  std::FILE* const stream = std::fopen(path.c_str(), mode);
  return stream != nullptr ? File(stream, {FileIdentity(fileno(stream))}) : nullptr;
}

File create_file(const std::string& path, std::string& reason) {
  const int file = open_regular(path, 0, reason);
  // It is emptied only after it is known to be a regular file.
  return file < 0 ? nullptr : stream_of(file, ftruncate(file, 0) == 0, "wb", reason);
}

File create_only(const std::string& path, std::string& reason) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOCTTY | O_CLOEXEC, 0666);
  if (file >= 0) return stream_of(file, true, "wb", reason);
  reason = errno == EEXIST ? "" : std::strerror(errno);
  return nullptr;
}

File open_to_append(const std::string& path, std::string& reason) {
  const int file = open_regular(path, O_APPEND, reason);
  return file < 0 ? nullptr : stream_of(file, true, "ab", reason);
}

std::size_t append(const File& file, std::string_view text) {
  if (!is_open(file)) return 0;
  sigset_t too_large;
  sigset_t before;
  sigemptyset(&too_large);
  sigaddset(&too_large, SIGXFSZ);
  pthread_sigmask(SIG_BLOCK, &too_large, &before);
  const ssize_t written = write(fileno(file.get()), text.data(), text.size());
  const bool raised = written < 0 && errno == EFBIG;
  const timespec at_once{};
  if (raised) sigtimedwait(&too_large, nullptr, &at_once);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return written < 0 ? 0 : static_cast<std::size_t>(written);
}

bool set_aside(std::FILE* file, const std::string& path, std::uint64_t most) {
  const int own = fileno(file);
  struct stat look {};
  if (fstat(own, &look) != 0 || static_cast<std::uint64_t>(look.st_size) <= most) return false;
  // Only one of several programs renames it; the others then find another file of that name.
  if (flock(own, LOCK_EX | LOCK_NB) != 0) return false;
  struct stat named {};
  const bool is_named = stat(path.c_str(), &named) == 0;
  const bool is_other = !is_named || named.st_ino != look.st_ino || named.st_dev != look.st_dev;
  const bool is_aside = is_other || std::rename(path.c_str(), (path + ".1").c_str()) == 0;
  flock(own, LOCK_UN);
  return is_aside;
}

bool seek_file(std::FILE* file, std::uint64_t place) {
  return fseeko(file, static_cast<off_t>(place), SEEK_SET) == 0;
}

bool resize_file(std::FILE* file, std::uint64_t bytes) {
  return std::fflush(file) == 0 && ftruncate(fileno(file), static_cast<off_t>(bytes)) == 0;
}

void remove_file(const std::string& path) {
  std::error_code ignored;
  fs::remove(path, ignored);
}

std::string behind_links(const std::string& path) {
  constexpr int kMostLinks = 40;  // as the kernel
  fs::path target = path;
  std::error_code error;
  for (int i = 0; i < kMostLinks; ++i) {
    const fs::path next = fs::read_symlink(target, error);
    if (error) break;
    target = target.parent_path() / next;
  }
  return target.string();
}

Status make_folder_of(const std::string& path) {
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  if (!folder.empty()) fs::create_directories(folder, error);
  return status_of(error);
}

Status replace_file(const std::string& fresh, const std::string& target) {
  std::error_code error;
  std::error_code ignored;
  const fs::file_status old = fs::status(target, ignored);
  if (fs::exists(old)) fs::permissions(fresh, old.permissions(), error);
  if (!error) fs::rename(fresh, target, error);
  if (error) remove_file(fresh);
  return status_of(error);
}

}  // namespace refwave::hal
