// The machine's state from which the installer plans: plain values, filled from the system or by a test.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace refwave::install {

inline constexpr const char* kDriverName = "refwave.drv";

/// Programs of one bitness see one view of the registry and one system folder.
enum class View { bits_64, bits_32 };

/// A value of Drivers32. One that is not text is never changed.
struct Value {
  enum class Kind { text, expandable, other };  // REG_SZ, REG_EXPAND_SZ, any other type
  Kind kind = Kind::text;
  std::string text;
  bool operator==(const Value&) const = default;
};

inline constexpr std::size_t kSlots = 10;  // wave, wave1 … wave9
using Slots = std::array<std::optional<Value>, kSlots>;

/// A file that install places: a driver in a system folder, or refwave's the driver and winmm.dll beside a
/// program.
struct File {
  enum class Content { absent, ours, foreign };
  std::string path;
  Content content = Content::absent;
  std::string product;  // by its version resource
  std::string version;
  std::string bitness;                 // of the programs that can load it: "64-bit", "32-bit"
  std::string source;                  // what to place there; empty: not found
  bool is_source_foreign = false;      // what to place there is not refwave's
  bool is_for_others = false;          // what is there is for programs of the other bitness
  bool is_source = false;              // what is there equals the source, byte for byte
  bool kept = false;                   // a foreign file of this name is under kept_name(path)
  std::vector<std::string> leftovers;  // ours under former names, or not arrived: see below
};

/// The name of a foreign file while ours has its name.
inline std::string kept_name(const std::string& path) { return path + ".kept-by-refwave"; }

/// The prefix of our replaced files' names; a number follows.
inline std::string former_name(const std::string& path) { return path + ".old-refwave-"; }

/// The prefix of our new files' names until they are complete; a number follows.
inline std::string arriving_name(const std::string& path) { return path + ".new-refwave-"; }

/// The device of class MEDIA that owns a driver's slots. Windows 10 and later clear those of a driver without
/// one at a restart. An empty text is missing in its driver key.
struct Device {
  std::string instance;  // "ROOT\\MEDIA\\0000"; Windows chooses it
  std::string driver;    // "refwave.drv"
  std::string description;
  std::string alias;  // the slot of the first view, "wave1"
  bool operator==(const Device&) const = default;
};

struct ViewState {
  View view = View::bits_64;
  Slots slots;
  File driver;
};

/// What install records of one view.
struct ViewRecord {
  std::size_t slot = 0;                   // the slot it took
  std::map<std::size_t, Value> replaced;  // by slot: another driver's value, to be restored
  bool operator==(const ViewRecord&) const = default;
};
using Record = std::map<View, ViewRecord>;

struct Snapshot {
  std::string name = kDriverName;  // of the driver
  std::vector<ViewState> views;    // a 32-bit Windows has one
  std::optional<Device> device;
  std::string foreign_device;  // without a device of ours: the instance of another's with its hardware id
  std::optional<Record> record;
  std::string empty_folder;          // left by refwave.inf in Program Files
  std::vector<std::string> remarks;  // for the user
};

}  // namespace refwave::install
