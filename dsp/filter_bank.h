// A filter's coefficients for many places between two input frames. Control threads make banks, and all
// resamplers of one ratio and quality share one. The audio threads read it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "dsp/filter_design.h"

namespace refwave::dsp {

/// Memory for floats, aligned for vectors and the lines of a cache.
inline constexpr std::align_val_t kFloatsAlignment{64};
struct FloatsDeleter {
  void operator()(float* floats) const noexcept { ::operator delete[](floats, kFloatsAlignment); }
};
using Floats = std::unique_ptr<float[], FloatsDeleter>;
/// Returns: zeros; null without memory. Thread: control.
Floats make_floats(std::size_t count) noexcept;

/// With so many rows for each frame of the lower rate, the error of the cubic through four of them (-160 dB)
/// is below that of float.
inline constexpr std::uint32_t kRowsBetween = 128;

/// What makes one bank differ from another. The rows are laid out as dsp/kernels/filter.h says:
/// `rows_a_frame` of them for each phase, or to be read between them, and then three more.
struct BankKey {
  FilterShape shape;
  std::uint32_t rows_a_frame = 0;
  bool between_rows = false;

  std::size_t rows() const noexcept { return std::size_t{rows_a_frame} + (between_rows ? 3 : 0); }
  std::size_t row_length() const noexcept;

  friend bool operator==(const BankKey&, const BankKey&) = default;
};

/// Returns: what a conversion by in_rate / out_rate, in lowest terms, needs: a row for every phase where that
/// is a table of moderate size, and otherwise a bank to be read between its rows.
BankKey bank_key(Quality quality, std::uint32_t in_rate, std::uint32_t out_rate) noexcept;

struct FilterBank {
  BankKey key;
  Floats coefficients;  // row by row

  // For the resamplers that share the bank. The mutex of the list of banks guards these.
  FilterBank* next = nullptr;
  std::size_t users = 0;
};

struct BankReturn {
  void operator()(const FilterBank* bank) const noexcept;
};
/// One user's share of a bank. The last one destroys it. Thread: control.
using SharedBank = std::unique_ptr<const FilterBank, BankReturn>;

/// Returns: the bank of that key, which is made if no resampler has it yet; null without memory. Thread:
/// control.
SharedBank shared_bank(const BankKey& key) noexcept;

}  // namespace refwave::dsp
