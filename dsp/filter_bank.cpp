#include "dsp/filter_bank.h"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "dsp/kernels/filter.h"

namespace refwave::dsp {
namespace {

// Half a megabyte: 44.1 to 48 kHz at `best` is 164 kB.
constexpr std::size_t kMostCoefficients = 1U << 17;

constinit FilterBank* first_bank = nullptr;

/// Returns: the mutex that guards the list, and each bank's `next` and `users`. Made at its first use: where
/// a mutex has a constructor, a module that is loaded runs none.
std::mutex& banks_mutex() noexcept {
  static std::mutex mutex;
  return mutex;
}

FilterBank* find(const BankKey& key) noexcept {
  FilterBank* bank = first_bank;
  while (bank != nullptr && bank->key != key) bank = bank->next;
  return bank;
}

/// Effects: fills the row for a place of `place` frames after an input frame. The sum of its coefficients is
/// one: a level stays that level. `exact`: room for them. A row longer than its filter begins with zeros,
/// which keeps the delay down.
void fill_row(const BankKey& key, double place, double* exact, float* row) noexcept {
  const std::size_t taps = 2 * key.shape.half_frames;
  const auto half = static_cast<double>(key.shape.half_frames);
  double sum = 0;
  for (std::size_t i = 0; i < taps; ++i)
    sum += exact[i] = impulse_response(key.shape, place + half - 1 - static_cast<double>(i));
  float* const begin = row + (key.row_length() - taps);
  for (std::size_t i = 0; i < taps; ++i) begin[i] = static_cast<float>(exact[i] / sum);
}

std::unique_ptr<FilterBank> make_bank(const BankKey& key) noexcept {
  std::unique_ptr<FilterBank> bank(new (std::nothrow) FilterBank);
  const std::unique_ptr<double[]> exact(new (std::nothrow) double[2 * key.shape.half_frames]);
  if (!bank || !exact) return nullptr;
  bank->key = key;
  bank->coefficients = make_floats(key.rows() * key.row_length());
  if (!bank->coefficients) return nullptr;
  for (std::size_t row = 0; row < key.rows(); ++row) {
    const double place = (static_cast<double>(row) - (key.between_rows ? 1 : 0)) / key.rows_a_frame;
    fill_row(key, place, exact.get(), bank->coefficients.get() + row * key.row_length());
  }
  return bank;
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
  return (2 * shape.half_frames + kRowUnit - 1) / kRowUnit * kRowUnit;
}

BankKey bank_key(Quality quality, std::uint32_t in_rate, std::uint32_t out_rate) noexcept {
  BankKey key{.shape = filter_shape(quality, in_rate, out_rate), .rows_a_frame = out_rate};
  if (key.rows() * key.row_length() <= kMostCoefficients) return key;
  key.between_rows = true;
  // A filter for a lower rate is longer and smoother by the same factor, so it needs fewer rows for each
  // frame.
  const std::uint64_t rows = std::uint64_t{kRowsBetween} * std::min(in_rate, out_rate) / in_rate;
  key.rows_a_frame = static_cast<std::uint32_t>(rows) + 1;
  return key;
}

SharedBank shared_bank(const BankKey& key) noexcept {
  {
    const std::lock_guard lock(banks_mutex());
    if (FilterBank* bank = find(key)) return ++bank->users, SharedBank(bank);
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
