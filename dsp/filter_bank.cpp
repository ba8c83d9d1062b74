#include "dsp/filter_bank.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>

#include "dsp/kernels/kernels.h"

namespace refwave::dsp {
namespace {

// Half a megabyte: 44.1 to 48 kHz at `best` is 174 kB.
constexpr std::size_t kMostCoefficients = 1U << 17;

// A cycle this long may leave lanes of its last group unused.
constexpr std::uint32_t kLongCycle = 128;

constinit FilterBank* first_bank = nullptr;

/// Returns: the mutex that guards the list, and each bank's `next` and `users`. Made at its first use, so
/// that loading the module runs no constructor.
std::mutex& banks_mutex() noexcept {
  static std::mutex mutex;
  return mutex;
}

FilterBank* find(const BankKey& key) noexcept {
  FilterBank* bank = first_bank;
  while (bank != nullptr && bank->key != key) bank = bank->next;
  return bank;
}

/// Effects: computes the coefficients for `place` frames after an input frame. Their sum is one.
void compute_filter(const FilterShape& shape, double place, double* coefficients) noexcept {
  const std::size_t taps = 2 * shape.half_frames;
  const auto half = static_cast<double>(shape.half_frames);
  double sum = 0;
  for (std::size_t i = 0; i < taps; ++i)
    sum += coefficients[i] = impulse_response(shape, place + half - 1 - static_cast<double>(i));
  for (std::size_t i = 0; i < taps; ++i) coefficients[i] /= sum;
}

/// Effects: a row longer than its filter begins with zeros, which keeps the delay down.
void fill_rows(FilterBank& bank, double* exact) noexcept {
  const std::size_t taps = 2 * bank.key.shape.half_frames;
  const std::size_t length = bank.key.row_length();
  for (std::size_t row = 0; row < bank.key.rows(); ++row) {
    compute_filter(bank.key.shape, (static_cast<double>(row) - 1) / bank.key.rows_a_frame, exact);
    float* const begin = bank.coefficients.get() + row * length + (length - taps);
    for (std::size_t i = 0; i < taps; ++i) begin[i] = static_cast<float>(exact[i]);
  }
}

/// Effects: a frame's filter begins where its place is in the group. The rest is zeros.
void fill_groups(FilterBank& bank, double* exact) noexcept {
  const GroupLayout& layout = bank.key.layout;
  const std::size_t taps = 2 * bank.key.shape.half_frames;
  for (std::uint32_t frame = 0; frame < layout.cycle_frames; ++frame) {
    const std::uint64_t phase = std::uint64_t{frame} * layout.in_rate % layout.out_rate;
    compute_filter(bank.key.shape, static_cast<double>(phase) / layout.out_rate, exact);
    float* const group =
        bank.coefficients.get() + frame / layout.group_frames * bank.key.taps() * layout.group_frames;
    float* const begin =
        group + layout.offset_in_group(frame) * layout.group_frames + frame % layout.group_frames;
    for (std::size_t i = 0; i < taps; ++i) begin[i * layout.group_frames] = static_cast<float>(exact[i]);
  }
}

std::unique_ptr<FilterBank> make_bank(const BankKey& key) noexcept {
  std::unique_ptr<FilterBank> bank(new (std::nothrow) FilterBank);
  const std::unique_ptr<double[]> exact(new (std::nothrow) double[2 * key.shape.half_frames]);
  if (!bank || !exact) return nullptr;
  bank->key = key;
  bank->coefficients = make_floats(key.coefficients());
  if (!bank->coefficients) return nullptr;
  (key.has_groups() ? fill_groups : fill_rows)(*bank, exact.get());
  return bank;
}

/// Returns: a cycle of whole groups, or one so long that its last group's unused lanes matter little.
GroupLayout group_layout(std::uint32_t in_rate, std::uint32_t out_rate) noexcept {
  const auto group = static_cast<std::uint32_t>(kernels().group_frames);
  const std::uint32_t to_whole_groups = group / std::gcd(out_rate, group);
  const std::uint32_t to_long = (kLongCycle + out_rate - 1) / out_rate;
  return {.in_rate = in_rate,
          .out_rate = out_rate,
          .group_frames = group,
          .cycle_frames = out_rate * std::min(to_whole_groups, to_long)};
}

}  // namespace

Floats make_floats(std::size_t count) noexcept {
  void* memory = ::operator new[](count * sizeof(float), kFloatsAlignment, std::nothrow);
  if (memory == nullptr) return nullptr;
  auto* floats = static_cast<float*>(memory);
  std::fill_n(floats, count, 0.0F);
  return Floats(floats);
}

std::size_t BankKey::row_length() const noexcept {
  const std::size_t length = 2 * shape.half_frames;
  return has_groups() ? length : (length + kRowUnit - 1) / kRowUnit * kRowUnit;
}

std::size_t BankKey::taps() const noexcept {
  return (row_length() + layout.most_offset() + kTapsUnit - 1) / kTapsUnit * kTapsUnit;
}

std::size_t BankKey::middle() const noexcept {
  return layout.most_offset() + static_cast<std::size_t>(std::ceil(4 / shape.cutoff));
}

std::size_t BankKey::coefficients() const noexcept {
  return has_groups() ? layout.groups() * taps() * layout.group_frames : rows() * row_length();
}

BankKey bank_key(Quality quality, std::uint32_t in_rate, std::uint32_t out_rate) noexcept {
  BankKey key{.shape = filter_shape(quality, in_rate, out_rate), .layout = group_layout(in_rate, out_rate)};
  if (key.coefficients() <= kMostCoefficients) return key;
  // A filter for a lower rate is longer and smoother by the same factor: fewer rows for each frame.
  const std::uint64_t rows = std::uint64_t{kRowsBetween} * std::min(in_rate, out_rate) / in_rate;
  return {.shape = key.shape, .rows_a_frame = static_cast<std::uint32_t>(rows) + 1};
}

SharedBank shared_bank(const BankKey& key) noexcept {
  {
    const std::lock_guard lock(banks_mutex());
    if (FilterBank* bank = find(key)) {
      ++bank->users;
      return SharedBank(bank);
    }
  }
  // Not under the lock, because making a bank takes milliseconds.
  std::unique_ptr<FilterBank> made = make_bank(key);
  if (!made) return nullptr;
  const std::lock_guard lock(banks_mutex());
  FilterBank* bank = find(key);
  if (bank == nullptr) {
    made->next = first_bank;
    bank = first_bank = made.release();
  }
  ++bank->users;
  return SharedBank(bank);
}

void BankReturn::operator()(const FilterBank* shared) const noexcept {
  std::unique_ptr<FilterBank> last;
  const std::lock_guard lock(banks_mutex());
  FilterBank** link = &first_bank;
  while (*link != shared) link = &(*link)->next;
  if (--(*link)->users != 0) return;
  last.reset(*link);
  *link = last->next;
}

}  // namespace refwave::dsp
