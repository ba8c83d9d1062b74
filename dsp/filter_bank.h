// A filter's coefficients for many places between two input frames. Control threads make banks, and all
// resamplers of one ratio and quality share one. The audio threads read it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "dsp/audio_thread.h"
#include "dsp/filter_design.h"

namespace refwave::dsp {

/// Memory for floats, aligned for vectors and cache lines.
inline constexpr std::align_val_t kFloatsAlignment{64};
/// Frees what make_floats() allocated.
struct FloatsDeleter {
  void operator()(float* floats) const noexcept { ::operator delete[](floats, kFloatsAlignment); }
};
using Floats = std::unique_ptr<float[], FloatsDeleter>;
/// Returns: zeros; null without memory. Thread: control.
Floats make_floats(std::size_t count) noexcept;

/// With so many rows a frame of the lower rate, a cubic's error through four (-160 dB) is below float's.
inline constexpr std::uint32_t kRowsBetween = 128;

/// The groups of an exact ratio's output frames (dsp/kernels/kernels.h). After a cycle of frames the filters
/// repeat, and a group ends. Plain arithmetic; any thread.
struct GroupLayout {
  std::uint32_t in_rate = 1;  // both in lowest terms
  std::uint32_t out_rate = 1;
  std::uint32_t group_frames = 1;
  std::uint32_t cycle_frames = 1;

  std::size_t groups() const noexcept { return (cycle_frames + group_frames - 1) / group_frames; }

  /// Returns: input frames by which a frame of a cycle lies after the first frame of its group.
  std::size_t offset_in_group(std::uint32_t frame) const noexcept {
    const std::uint32_t first = frame - frame % group_frames;
    return first == frame ? 0 : input_of(frame) - input_of(first);
  }
  std::size_t most_offset() const noexcept { return input_of(group_frames - 1) + 1; }

  friend bool operator==(const GroupLayout&, const GroupLayout&) = default;

 private:
  std::size_t input_of(std::uint32_t frame) const noexcept {
    return static_cast<std::size_t>(std::uint64_t{frame} * in_rate / out_rate);
  }
};

/// The key of a bank, which has either the layout's groups, or rows to interpolate between: `rows_a_frame`
/// for each input frame, and three more.
struct BankKey {
  FilterShape shape;
  std::uint32_t rows_a_frame = 0;  // 0: groups
  GroupLayout layout = {};

  bool has_groups() const noexcept { return rows_a_frame == 0; }
  std::size_t rows() const noexcept { return std::size_t{rows_a_frame} + 3; }
  /// Returns: the input frames that one output frame needs.
  REFWAVE_AUDIO_THREAD std::size_t row_length() const noexcept;
  /// Returns: the coefficients for each frame of a group.
  REFWAVE_AUDIO_THREAD std::size_t taps() const noexcept;
  /// Returns: how many of them, in the middle, are large in some frame.
  REFWAVE_AUDIO_THREAD std::size_t middle() const noexcept;
  std::size_t coefficients() const noexcept;

  friend bool operator==(const BankKey&, const BankKey&) = default;
};

/// Returns: the key for in_rate / out_rate, in lowest terms: groups if their table is of moderate size, else
/// rows. Thread: control.
BankKey bank_key(Quality quality, std::uint32_t in_rate, std::uint32_t out_rate) noexcept;

struct FilterBank {
  BankKey key;
  Floats coefficients;  // group by group or row by row

  // For the resamplers that share the bank. The mutex of the list of banks guards these.
  FilterBank* next = nullptr;
  std::size_t users = 0;
};

/// Gives a share of a bank back.
struct BankReturn {
  void operator()(const FilterBank* bank) const noexcept;
};
/// One user's share of a bank. The last one destroys it. Thread: control.
using SharedBank = std::unique_ptr<const FilterBank, BankReturn>;

/// Returns: the bank of that key, perhaps a new one; null without memory. Thread: control.
SharedBank shared_bank(const BankKey& key) noexcept;

}  // namespace refwave::dsp
