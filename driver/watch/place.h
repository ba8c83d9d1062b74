// Where the record of this process is: on Linux a file in $XDG_RUNTIME_DIR/refwave, on Windows a named
// section of the session. Control threads, one at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace refwave::watch {

/// On Windows the process's number follows in the section's name.
inline constexpr wchar_t kSectionName[] = L"Local\\refwave-watch-";

/// Bytes of a record. Precondition: both numbers are multiples of 8.
struct Piece {
  std::size_t at;
  std::span<const std::byte> bytes;
};

class Place {
 public:
  /// Effects: removes the record, except in a forked child.
  virtual ~Place() = default;
  /// Effects: writes the pieces in order. Returns: why it failed, or nothing.
  virtual std::string write(std::span<const Piece> pieces) = 0;
};

/// Effects: makes the place, for this user alone, and removes records of dead processes. Errors: null, and
/// `reason`.
std::unique_ptr<Place> make_place(std::string& reason);

}  // namespace refwave::watch
