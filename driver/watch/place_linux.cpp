// The record is written by system calls and not mapped, because a mapped file that another program truncates,
// or for which there is no room, raises SIGBUS.
#include "driver/watch/place.h"

#include "driver/watch/folder_linux.h"
#include "hal/system/files.h"
#include "hal/system/process.h"

namespace refwave::watch {
namespace {

class RecordFile final : public Place {
 public:
  RecordFile(std::string path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}
  ~RecordFile() override {
    if (hal::process_number() == process_) unlink(path_.c_str());
    if (!made_.is_still(*file_)) file_.forget();
  }
  RecordFile(const RecordFile&) = delete;
  RecordFile& operator=(const RecordFile&) = delete;

  std::string write(std::size_t at, std::span<const std::byte> bytes) override {
    if (!made_.is_still(*file_)) return path_ + ": the program has closed it";
    errno = ENOSPC;  // of a write that is cut short
    const ssize_t written = pwrite(*file_, bytes.data(), bytes.size(), static_cast<off_t>(at));
    return written == static_cast<ssize_t>(bytes.size()) ? "" : path_ + ": " + std::strerror(errno);
  }

 private:
  const std::string path_;
  const std::uint32_t process_ = hal::process_number();
  Descriptor file_;
  const hal::FileIdentity made_{*file_};
};

}  // namespace

std::unique_ptr<Place> make_place(std::string& reason) {
  const Folder folder = folder_of_records(reason);
  if (!folder.open) return nullptr;
  std::string ignored;
  for (const std::string& name : records_in(folder)) open_record(folder, name, ignored);
  const std::string name = own_record_name();
  const std::string unlocked = "new-" + name;
  const std::string path = folder.path + "/" + name;
  constexpr int kFlags = O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
  Descriptor file(openat(*folder.open, unlocked.c_str(), kFlags, 0600));
  const bool is_made = file && flock(*file, LOCK_EX | LOCK_NB) == 0 &&
                       linkat(*folder.open, unlocked.c_str(), *folder.open, name.c_str(), 0) == 0;
  if (!is_made)
    reason = path + ": " + (errno == EEXIST ? "another driver of this process has it" : std::strerror(errno));
  unlinkat(*folder.open, unlocked.c_str(), 0);
  return is_made ? std::make_unique<RecordFile>(path, std::move(file)) : nullptr;
}

}  // namespace refwave::watch
