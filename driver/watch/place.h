// Where the record of this process is: a file on Linux, a section on Windows. Control threads, one at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace refwave::watch {

/// On Windows the process's number follows in the section's name.
inline constexpr wchar_t kSectionName[] = L"Local\\refwave-watch-";

class Place {
 public:
  /// Effects: removes the record, except in a forked child.
  virtual ~Place() = default;
  /// Effects: writes the bytes to the record from `at` on, after those of earlier calls. Returns: why it
  /// failed, or nothing. Precondition: `at` and the number of bytes are multiples of 8.
  virtual std::string write(std::size_t at, std::span<const std::byte> bytes) = 0;
};

/// Effects: makes the place, for this user alone; removes stale records. Errors: null, and `reason`.
std::unique_ptr<Place> make_place(std::string& reason);

}  // namespace refwave::watch
