// The steps of an installation. Each has an inverse step and a text. Files that are no longer needed are
// deleted after the last step (Plan::discards).
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "inf/install/picture/snapshot.h"

namespace refwave::install {

struct SetValue {
  View view;
  std::size_t slot;
  std::optional<Value> before;
  std::optional<Value> after;
};

struct SetRecord {
  std::optional<Record> before;
  std::optional<Record> after;
};

struct SetDevice {
  std::string hardware_id;
  std::optional<Device> before;
  std::optional<Device> after;
};

/// Neither this nor FileCopy replaces a file.
struct FileMove {
  std::string from;
  std::string to;
};

struct FileCopy {
  std::string from;
  std::string to;
};

struct FileDelete {
  std::string path;
};

using Change = std::variant<SetValue, SetRecord, SetDevice, FileMove, FileCopy, FileDelete>;

/// First `changes`, in order; if all succeed, the files and empty folders in `discards` are deleted, those in
/// use at the next restart. `remarks` are for the user.
struct Plan {
  std::vector<Change> changes;
  std::vector<std::string> discards;
  std::vector<std::string> remarks;
};

/// Returns: what undoes `change`; not of a FileDelete, which only undoes a copy.
Change inverse(const Change& change);

/// Returns: "alias wave1".
std::string alias_text(const Device& device);

/// Returns: one line for the user.
std::string text_of(const Change& change);

}  // namespace refwave::install
