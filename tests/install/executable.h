// Files of Windows' executable format, as far as the installer reads them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace refwave::test {

inline constexpr std::uint16_t kX64 = 0x8664;
inline constexpr std::uint16_t kX86 = 0x014C;
inline constexpr std::uint16_t kArm64 = 0xAA64;

/// A DLL that an executable imports: functions by name, or by number as "#2".
struct Dll {
  std::string name;
  std::vector<std::string> functions;
  enum class Linked { normal, old_style, delayed, delayed_old_style } linked = Linked::normal;
};

/// Makes an executable of one section, which lies in memory as in the file.
class ExecutableFile {
 public:
  ExecutableFile(std::uint16_t architecture, const std::string& product, const std::vector<Dll>& dlls)
      : wide_(architecture != kX86) {
    put(0, 2, 0x5A4D);
    put(0x3C, 4, kHeader);
    put(kHeader, 4, 0x4550);
    put(kHeader + 4, 2, architecture);
    put(kHeader + 6, 2, 1);
    put(kHeader + 20, 2, 0xF0);
    put(kHeader + 24, 2, wide_ ? 0x20B : 0x10B);
    if (!wide_) put(kHeader + 52, 4, kBase);
    put(kHeader + (wide_ ? 132 : 116), 4, 16);
    const std::size_t section = kHeader + 24 + 0xF0;
    for (const std::size_t at : {section + 12, section + 20}) put(at, 4, kSection);
    bytes_.resize(kSection);
    for (const bool delayed : {false, true}) add_imports(dlls, delayed);
    for (const std::string& text : {std::string("ProductName"), product})
      for (const char c : text + std::string(1, '\0')) bytes_.append({c, '\0'});
    bytes_.append(8, '\0');
    put(section + 16, 4, static_cast<std::uint32_t>(bytes_.size() - kSection));
  }

  void set_directory(std::size_t number, std::uint32_t address) {
    put(kHeader + (wide_ ? 136 : 120) + 8 * number, 4, address);
  }
  /// Effects: appends it, in the section. Returns: its address.
  std::uint32_t append(const std::string& bytes) {
    const std::size_t at = bytes_.size();
    bytes_ += bytes;
    put(kHeader + 24 + 0xF0 + 16, 4, static_cast<std::uint32_t>(bytes_.size() - kSection));
    return static_cast<std::uint32_t>(at);
  }
  void put(std::size_t at, std::size_t size, std::uint64_t number) {
    if (bytes_.size() < at + size) bytes_.resize(at + size);
    for (std::size_t i = 0; i < size; ++i) bytes_[at + i] = static_cast<char>(number >> 8 * i & 0xFF);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  static constexpr std::size_t kHeader = 0x40;
  static constexpr std::uint32_t kSection = 0x200;
  static constexpr std::uint32_t kBase = 0x400000;

  void add_imports(const std::vector<Dll>& dlls, bool delayed) {
    const std::size_t size = delayed ? 32 : 20;
    std::vector<Dll> ours;
    for (const Dll& dll : dlls)
      if ((dll.linked >= Dll::Linked::delayed) == delayed) ours.push_back(dll);
    if (ours.empty()) return;
    std::uint32_t at = append(std::string(size * (ours.size() + 1), '\0'));
    set_directory(delayed ? 13 : 1, at);
    for (const Dll& dll : ours) {
      const std::uint32_t name = append(dll.name + '\0');
      const std::uint32_t list = functions(dll.functions);
      const bool is_old =
          dll.linked == Dll::Linked::old_style || dll.linked == Dll::Linked::delayed_old_style;
      const std::uint32_t base = delayed && is_old ? kBase : 0;
      if (delayed) {
        put(at, 4, is_old ? 0 : 1);
        put(at + 4, 4, base + name);
        put(at + 16, 4, base + list);
      } else {
        put(at + 12, 4, name);
        put(at + (is_old ? 16 : 0), 4, list);
      }
      at += static_cast<std::uint32_t>(size);
    }
  }

  /// Returns: where a list of pointers to the names is.
  std::uint32_t functions(const std::vector<std::string>& names) {
    const std::size_t size = wide_ ? 8 : 4;
    const std::uint32_t list = append(std::string(size * (names.size() + 1), '\0'));
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::uint64_t by_number = std::uint64_t{1} << (8 * size - 1);
      put(list + size * i, size,
          names[i][0] == '#' ? by_number | std::stoul(names[i].substr(1))
                             : append(std::string(2, '\0') + names[i] + '\0'));
    }
    return list;
  }

  std::string bytes_;
  bool wide_;
};

/// Returns: a file for that processor, with ProductName in its version resource; it imports these.
inline std::string executable(std::uint16_t architecture, const std::string& product,
                              const std::vector<Dll>& dlls = {}) {
  return ExecutableFile(architecture, product, dlls).bytes();
}

/// Returns: a program that plays through waveOut.
inline std::string player(std::uint16_t architecture) {
  return executable(architecture, "a game", {{"WINMM.dll", {"waveOutOpen", "timeGetTime"}}});
}

}  // namespace refwave::test
