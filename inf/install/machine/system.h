// The machine as the installer changes it: its registry and its files. One implementation is Windows, another
// the simulated machine of the tests. There is none in a dry run, which therefore can write nothing.
#pragma once

#include "driver/cli/console/failure.h"
#include "inf/install/picture/snapshot.h"

namespace refwave::install {

/// Why the system refused a step: "what: why".
class SystemError : public cli::Failure {
 public:
  using cli::Failure::Failure;
};

/// The machine seen without a means to change it.
class Observer {
 public:
  virtual ~Observer() = default;

  /// Returns: the whole machine's state. Errors: SystemError.
  virtual Snapshot look() const = 0;
};

class System {
 public:
  virtual ~System() = default;

  // Each does its step wholly or throws SystemError and has done nothing.
  virtual void set_value(View view, std::size_t slot, const std::optional<Value>& value) = 0;
  virtual void set_record(const std::optional<Record>& record) = 0;
  /// The new name must be free.
  virtual void move_file(const std::string& from, const std::string& to) = 0;
  virtual void copy_file(const std::string& from, const std::string& to) = 0;
  virtual void delete_file(const std::string& path) = 0;
  /// Effects: the file goes at the next restart.
  virtual void delete_at_restart(const std::string& path) = 0;
};

}  // namespace refwave::install
