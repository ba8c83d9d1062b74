#include "inf/install/picture/program_file.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>

#include "inf/cli/console/text.h"

namespace refwave::install {
namespace {

std::optional<std::string> contents(const std::filesystem::path& path) {
  std::error_code error;
  std::ifstream file(path, std::ios::binary);
  if (!file || !std::filesystem::is_regular_file(path, error)) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// Returns: the little-endian number in `size` bytes at `offset`, 0 beyond the end.
std::uint32_t number_at(std::string_view bytes, std::size_t offset, std::size_t size) {
  std::uint32_t number = 0;
  if (size > bytes.size() || offset > bytes.size() - size) return 0;
  for (std::size_t i = size; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[offset + i]);
  return number;
}

std::optional<Architecture> architecture_of(std::string_view bytes) {
  if (!bytes.starts_with("MZ")) return std::nullopt;
  const std::size_t header = number_at(bytes, 0x3C, 4);
  if (header >= bytes.size() || bytes.substr(header, 4) != std::string_view("PE\0\0", 4)) return std::nullopt;
  switch (number_at(bytes, header + 4, 2)) {
    // Programs for ARM64EC name this machine, too, and load DLLs for x64 ("Understanding Arm64EC ABI").
    case 0x8664:
      return Architecture::x64;
    case 0x014C:
      return Architecture::x86;
    case 0xAA64:
      return Architecture::arm64;
    default:
      return Architecture::other;
  }
}

std::string utf16(std::string_view ascii) {
  std::string wide;
  for (const char c : ascii) wide.append({c, '\0'});
  return wide.append(2, '\0');
}

/// Returns: a string of the version resource, found by its key in UTF-16, which zeros pad to four bytes. Text
/// beyond ASCII reads as '?'.
std::string version_string(std::string_view bytes, std::string_view key) {
  const std::string wide = utf16(key);
  const std::size_t found = bytes.find(wide);
  if (found == std::string_view::npos) return {};
  std::size_t at = found + wide.size();
  if (number_at(bytes, at, 2) == 0) at += 2;
  std::string text;
  std::uint32_t unit = number_at(bytes, at, 2);
  while (unit != 0) {
    text += unit < 0x80 ? static_cast<char>(unit) : '?';
    at += 2;
    unit = number_at(bytes, at, 2);
  }
  return text;
}

/// An executable's bytes by their addresses in memory. Its headers may lie: whatever is not there reads as 0.
class Image {
 public:
  explicit Image(std::string_view bytes)
      : bytes_(bytes),
        header_(number_at(bytes, 0x3C, 4)),
        wide_(number_at(bytes, header_ + 24, 2) == 0x20B) {}

  bool is_64_bit() const { return wide_; }
  std::uint32_t base() const { return number_at(bytes_, header_ + 52, 4); }  // of 32 bits
  std::uint32_t number(std::uint32_t address, std::size_t size) const {
    return number_at(bytes_, offset_of(address), size);
  }
  std::string name(std::uint32_t address) const {
    const std::size_t at = offset_of(address);
    if (at >= bytes_.size()) return {};
    const std::string_view rest = bytes_.substr(at, kLongestName);
    return cli::visible(rest.substr(0, rest.find('\0')));
  }
  /// Returns: the address of the directory, 0 without.
  std::uint32_t directory(std::uint32_t index) const {
    const std::size_t count = header_ + (wide_ ? 132 : 116);
    return index < number_at(bytes_, count, 4) ? number_at(bytes_, count + 4 + std::size_t{8} * index, 4) : 0;
  }

 private:
  static constexpr std::size_t kLongestName = 256;
  static constexpr std::uint32_t kMostSections = 96;  // as Windows' loader

  std::size_t offset_of(std::uint32_t address) const {
    const std::size_t sections = header_ + 24 + number_at(bytes_, header_ + 20, 2);
    for (std::uint32_t i = 0; i < std::min(number_at(bytes_, header_ + 6, 2), kMostSections); ++i) {
      const std::size_t section = sections + std::size_t{40} * i;
      const std::uint32_t inside = address - number_at(bytes_, section + 12, 4);
      if (inside < number_at(bytes_, section + 16, 4))
        return std::size_t{number_at(bytes_, section + 20, 4)} + inside;
    }
    return bytes_.size();
  }

  std::string_view bytes_;
  std::size_t header_;
  bool wide_;
};

// Far more than any program has, so that headers that lie cost no time.
constexpr std::uint32_t kMostDlls = 1'024;
constexpr std::size_t kMostFunctions = 4'096;

/// Effects: adds a DLL, and its functions if it is winmm. `functions`: where their names or numbers are
/// listed.
void add_dll(const Image& image, std::uint32_t name, std::uint32_t functions, Imports& imports) {
  std::string dll = cli::lower(image.name(name));
  if (dll.find('.') == std::string::npos) dll += ".dll";
  imports.dlls.push_back(dll);
  if (dll != "winmm.dll") return;
  const std::uint32_t size = image.is_64_bit() ? 8 : 4;
  for (; imports.winmm.size() < kMostFunctions; functions += size) {
    const std::uint32_t low = image.number(functions, 4);
    const std::uint32_t high = image.number(functions + size - 4, 4);
    if (low == 0 && high == 0) return;
    const bool is_numbered = high >> 31 != 0;
    imports.winmm.push_back(is_numbered ? "#" + std::to_string(low & 0xFFFF) : image.name(low + 2));
  }
}

void read_imports(const Image& image, Imports& imports) {
  std::uint32_t at = image.directory(1);
  for (std::uint32_t i = 0; at != 0 && i < kMostDlls && image.number(at + 12, 4) != 0; ++i, at += 20) {
    const std::uint32_t names = image.number(at, 4);  // some old linkers list them only where they are bound
    add_dll(image, image.number(at + 12, 4), names != 0 ? names : image.number(at + 16, 4), imports);
  }
  at = image.directory(13);
  for (std::uint32_t i = 0; at != 0 && i < kMostDlls && image.number(at + 4, 4) != 0; ++i, at += 32) {
    const std::uint32_t base = (image.number(at, 4) & 1) != 0 ? 0 : image.base();  // Visual C++ 6
    add_dll(image, image.number(at + 4, 4) - base, image.number(at + 16, 4) - base, imports);
  }
}

/// Returns: whether the linker's option /DEPENDENTLOADFLAG leaves out the program's folder.
bool searches_system_alone(const Image& image) {
  constexpr std::uint32_t kProgramFolder = 0x200;
  constexpr std::uint32_t kSystemFolder = 0x800;
  const std::uint32_t at = image.directory(10);
  const std::uint32_t flags = image.is_64_bit() ? 78 : 54;
  if (at == 0 || image.number(at, 4) < flags + 2) return false;
  return (image.number(at + flags, 2) & (kProgramFolder | kSystemFolder)) == kSystemFolder;
}

/// Returns: whether `text`, in lower case, is there in any case, in ASCII or UTF-16.
bool has_text(std::string_view bytes, std::string_view text) {
  const auto is_at = [&](std::size_t at, std::size_t width) {
    if (width * text.size() > bytes.size() - at) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = bytes[at + i * width];
      if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != text[i]) return false;
      if (width == 2 && bytes[at + 2 * i + 1] != 0) return false;
    }
    return true;
  };
  for (std::size_t at = 0; at < bytes.size(); ++at)
    if (is_at(at, 1) || is_at(at, 2)) return true;
  return false;
}

/// The bytes of CLSID_MMDeviceEnumerator, with which programs reach WASAPI.
constexpr std::string_view kWasapi("\x95\x03\xDE\xBC\x2F\xE5\x7C\x46\x8E\x3D\xC4\x57\x92\x91\x69\x2E", 16);

}  // namespace

const char* name_of(Architecture architecture) {
  constexpr const char* kNames[] = {"64-bit", "32-bit", "ARM64", "other"};
  return kNames[static_cast<std::size_t>(architecture)];
}

std::optional<Imports> read_imports(const std::filesystem::path& path) {
  const std::optional<std::string> bytes = contents(path);
  if (!bytes || !architecture_of(*bytes)) return std::nullopt;
  const Image image(*bytes);
  Imports imports;
  read_imports(image, imports);
  imports.searches_system_alone = searches_system_alone(image);
  imports.names_winmm = has_text(*bytes, "winmm");
  imports.names_wave = has_text(*bytes, "waveoutopen") || has_text(*bytes, "waveinopen");
  imports.has_wasapi = bytes->find(kWasapi) != std::string::npos;
  return imports;
}

std::optional<ProgramFile> read_program_file(const std::filesystem::path& path) {
  const std::optional<std::string> bytes = contents(path);
  const std::optional<Architecture> architecture = bytes ? architecture_of(*bytes) : std::nullopt;
  if (!architecture) return std::nullopt;
  std::string product = version_string(*bytes, "ProductName");
  if (product.empty()) product = version_string(*bytes, "FileDescription");
  return ProgramFile{*architecture, std::move(product), version_string(*bytes, "ProductVersion")};
}

bool same_contents(const std::filesystem::path& one, const std::filesystem::path& other) {
  const std::optional<std::string> bytes = contents(one);
  return bytes && bytes == contents(other);
}

}  // namespace refwave::install
