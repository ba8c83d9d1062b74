// A simulated machine: registry values and files are maps. Any step can fail, and the installer can be killed
// inside any step.
#pragma once

#include <functional>
#include <map>
#include <set>

#include "inf/install/carry_out.h"
#include "inf/install/picture/slots.h"
#include "inf/install/plan/plan.h"

namespace refwave::test {

using namespace install;

/// Returns: what a call that fails says; empty if it does not fail.
std::string failure_of(const std::function<void()>& call);

/// Thrown where the installer is killed. Only the test catches it.
struct Killed {};

class Machine : public System {
 public:
  /// A 64-bit Windows, or a 32-bit one, with wdmaud.drv in slot 0; refwave's own files are "refwave 1".
  explicit Machine(std::vector<View> views = {View::bits_64, View::bits_32});

  Snapshot look();
  void set_value(View view, std::size_t slot, const std::optional<Value>& value) override;
  void set_record(const std::optional<Record>& record) override;
  void set_device(const std::optional<Device>& device) override;
  void move_file(const std::string& from, const std::string& to) override;
  void copy_file(const std::string& from, const std::string& to) override;
  void delete_file(const std::string& path) override;
  void delete_at_restart(const std::string& path) override;

  /// Effects: plans and carries out; messages go into `said`.
  void install(Force force = Force::no) { carry_out_noted(plan_install(look(), force)); }
  void repair(Force force = Force::no) { carry_out_noted(plan_repair(look(), force)); }
  void uninstall() { carry_out_noted(plan_uninstall(look())); }
  void carry_out_noted(const Plan& plan);

  ProgramFiles program(const std::string& folder = "game/");
  Health health() { return diagnose(look()).health; }
  /// Effects: restarts Windows, which clears refwave's slots if they belong to no device.
  void restart();

  static std::string driver_path(View view, const std::string& name = kDriverName);
  void put(View view, std::size_t slot, const std::string& text) { slots[view][slot] = Value{.text = text}; }
  std::string at(View view, std::size_t slot) const;
  /// Effects: fills every free slot of the view: "a1.drv" in slot 1 …
  void fill(View view);

  std::string name = kDriverName;  // of the driver to install
  std::map<View, Slots> slots;
  std::optional<Record> record;
  std::optional<Device> device;
  std::string foreign_device;
  std::map<std::string, std::string> files;  // path → contents; ours begin with "refwave"
  std::set<std::string> in_use;              // can be renamed, not deleted
  std::set<std::string> doomed;              // to be deleted at restart
  std::string source = "refwave 1";
  std::string said;
  int steps = 0;  // taken so far
  std::function<bool(int step)> fails = [](int) { return false; };
  /// Returns: how much of that step is carried out before the installer is killed: 0 nothing, 1 a part;
  /// nullopt if it survives.
  std::function<std::optional<int>(int step)> dies = [](int) { return std::nullopt; };

  /// What a failed change must not alter.
  auto state() const { return std::tie(slots, record, device, foreign_device, files); }

 private:
  /// Returns: whether the installer is killed halfway through the step. Throws: SystemError or Killed if the
  /// step is not carried out at all.
  [[nodiscard]] bool step(const std::string& what);
  void store(const NamedValues& values);
  File file(const std::string& path);
};

}  // namespace refwave::test
