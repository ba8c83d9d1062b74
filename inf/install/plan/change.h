// The steps of an installation. Each step has a reverse, which is a step, too, and each says what it does.
// Files that are no longer needed are deleted after the last step (Plan::discards).
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

/// Neither this nor FileCopy replaces a file: the new name is free, or the step fails.
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

using Change = std::variant<SetValue, SetRecord, FileMove, FileCopy, FileDelete>;

/// What is to be done: first `changes`, one after the other; when all have succeeded, the files and empty
/// folders in `discards` go, those in use at the next restart. `remarks` are for the user, whether anything
/// changes or not.
struct Plan {
  std::vector<Change> changes;
  std::vector<std::string> discards;
  std::vector<std::string> remarks;
};

/// Returns: what undoes `change`. A FileDelete cannot be undone and stands in no plan: it is how a copy is.
Change inverse(const Change& change);

/// Returns: one line for people.
std::string text_of(const Change& change);

}  // namespace refwave::install
