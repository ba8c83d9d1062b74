// The record is written by system calls and not mapped: a program whose file another one cuts short, or for
// whose file there is no room, would die of SIGBUS. The kernel orders the calls, each of which locks the
// file.
#include "driver/watch/place.h"

#include "driver/watch/folder_linux.h"
#include "hal/system/process.h"

namespace refwave::watch {
namespace {

class RecordFile final : public Place {
 public:
  RecordFile(Folder folder, std::string name, Descriptor file)
      : folder_(std::move(folder)), name_(std::move(name)), file_(std::move(file)) {}
  ~RecordFile() override {
    if (std::to_string(hal::process_number()) == name_) unlinkat(*folder_.open, name_.c_str(), 0);
  }
  RecordFile(const RecordFile&) = delete;
  RecordFile& operator=(const RecordFile&) = delete;

  std::string write(std::size_t at, std::span<const std::byte> bytes) override {
    errno = ENOSPC;  // of a write that is cut short
    const ssize_t written = pwrite(*file_, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (written == static_cast<ssize_t>(bytes.size())) return {};
    return folder_.path + ": " + std::strerror(errno);
  }

 private:
  const Folder folder_;
  const std::string name_;
  const Descriptor file_;
};

}  // namespace

std::unique_ptr<Place> make_place(std::string& reason) {
  Folder folder = folder_of_records(reason);
  if (!folder.open) return nullptr;
  std::string ignored;
  for (const std::string& name : records_in(folder)) open_record(folder, name, ignored);
  std::string name = std::to_string(hal::process_number());
  const std::string unlocked = "new-" + name;
  constexpr int kFlags = O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
  Descriptor file(openat(*folder.open, unlocked.c_str(), kFlags, 0600));
  if (file && flock(*file, LOCK_EX | LOCK_NB) == 0 &&
      linkat(*folder.open, unlocked.c_str(), *folder.open, name.c_str(), 0) == 0) {
    unlinkat(*folder.open, unlocked.c_str(), 0);
    return std::make_unique<RecordFile>(std::move(folder), std::move(name), std::move(file));
  }
  reason = folder.path + ": " +
           (errno == EEXIST ? "another driver of this process has its record" : std::strerror(errno));
  unlinkat(*folder.open, unlocked.c_str(), 0);
  return nullptr;
}

}  // namespace refwave::watch
