// A named section of the session, which ends with its process and has its default rights. Windows
// documentation: "CreateFileMappingW function", "Kernel object namespaces".
#include <windows.h>

#include <atomic>
#include <cstdint>
#include <cstring>

#include "driver/watch/place.h"
#include "driver/watch/record.h"
#include "hal/system/process.h"
#include "hal/system/wide_text.h"

namespace refwave::watch {
namespace {

class Section final : public Place {
 public:
  explicit Section(HANDLE section)
      : section_(section), view_(static_cast<std::byte*>(MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0))) {}
  ~Section() override {
    UnmapViewOfFile(view_);
    CloseHandle(section_);
  }
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;
  bool is_mapped() const { return view_ != nullptr; }

  // The words are relaxed; the fence orders them after those of earlier calls, and so the rest between the
  // odd and the even sequence. Readers (reader_windows.cpp) copy by a system call between two reads of the
  // sequence.
  std::string write(std::size_t at, std::span<const std::byte> bytes) override {
    std::atomic_thread_fence(std::memory_order_release);
    for (std::size_t i = 0; i < bytes.size(); i += sizeof(std::uint64_t)) {
      std::uint64_t value = 0;
      std::memcpy(&value, &bytes[i], sizeof value);
      std::atomic_ref(*reinterpret_cast<std::uint64_t*>(view_ + at + i))
          .store(value, std::memory_order_relaxed);
    }
    return {};
  }

 private:
  const HANDLE section_;
  std::byte* const view_;
};

}  // namespace

std::unique_ptr<Place> make_place(std::string& reason) {
  if (hal::is_elevated()) {
    reason = "the program has more rights than its user";
    return nullptr;
  }
  constexpr DWORD kBytes = sizeof(Record) + kStreams * sizeof(OpenStream);
  const std::wstring name = kSectionName + std::to_wstring(hal::process_number());
  const HANDLE section =
      CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, kBytes, name.c_str());
  const DWORD error = GetLastError();
  reason = hal::words_for(error);
  if (section == nullptr) return nullptr;
  auto place = std::make_unique<Section>(section);
  // An existing one may be another process's, and open to other users.
  return error != ERROR_ALREADY_EXISTS && place->is_mapped() ? std::move(place) : nullptr;
}

}  // namespace refwave::watch
