// Where the record of this process lies: on Linux in a file in $XDG_RUNTIME_DIR/refwave, on Windows in a
// named section of the session. Control threads, one at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace refwave::watch {

/// On Windows: what the number of the process follows in the section's name.
inline constexpr wchar_t kSectionName[] = L"Local\\refwave-watch-";

/// Bytes of a record. Precondition: both numbers are multiples of 8.
struct Piece {
  std::size_t at;
  std::span<const std::byte> bytes;
};

class Place {
 public:
  /// Effects: the record is gone; but not in a child of the process that made it.
  virtual ~Place() = default;
  /// Effects: puts the pieces there, one after the other. Returns: nothing, or why there is no room.
  virtual std::string write(std::span<const Piece> pieces) = 0;
};

/// Effects: makes the place, for this user alone, and removes the records of processes that are gone.
/// Returns: null if it cannot be had, and then `reason` says why.
std::unique_ptr<Place> make_place(std::string& reason);

}  // namespace refwave::watch
