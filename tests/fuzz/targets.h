// What is fuzzed: functions that take any bytes. libFuzzer calls one of them without end (libfuzzer.cpp), and
// the ordinary tests call each with every file of its corpus (corpus_test.cpp). One thread.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace refwave::fuzz {

using Bytes = std::span<const std::uint8_t>;

/// Each reads `input` in its own way. Throws: Broken, where a promise was not kept.
void settings_file(Bytes input);  // refwave.toml, read and changed
void sound_file(Bytes input);     // what `refwave play` reads
void program_file(Bytes input);   // what `refwave install` reads of an .exe or .dll
void trace_picture(Bytes input);  // the driver's trace as a picture, which is read back
void report(Bytes input);         // what `refwave latency --compare` reads, and texts in JSON
void watch_record(Bytes input);   // what `refwave watch` reads of another process

struct Target {
  std::string_view name;  // of its folder in corpus/
  void (*run)(Bytes input);
};
inline constexpr Target kTargets[] = {
    {"settings_file", settings_file}, {"sound_file", sound_file}, {"program_file", program_file},
    {"trace_picture", trace_picture}, {"report", report},         {"watch_record", watch_record}};

class Broken : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

inline void require(bool kept, const std::string& promise) {
  if (!kept) throw Broken(promise);
}

inline std::string_view text_of(Bytes input) {
  return {reinterpret_cast<const char*>(input.data()), input.size()};
}

/// Throws: Broken, unless `line` is one line of UTF-8 in which a terminal finds nothing to obey.
void require_harmless(std::string_view line);

/// Numbers off the front of the input; zeros after its end.
class Reader {
 public:
  explicit Reader(Bytes input) : rest_(input) {}

  bool at_end() const { return rest_.empty(); }
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const std::uint8_t first = rest_.front();
    rest_ = rest_.subspan(1);
    return first;
  }
  template <class T>
  T number() {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) value |= std::uint64_t{byte()} << 8 * i;
    return static_cast<T>(value);
  }
  /// Returns: a number below `count`.
  std::size_t one_of(std::size_t count) { return byte() % count; }
  Bytes rest() const { return rest_; }

 private:
  Bytes rest_;
};

}  // namespace refwave::fuzz
