// One view of Drivers32 while its plan is made: its slots as they will be, the changes that make them so, and
// what is remembered of others' values. Pure.
#pragma once

#include "inf/install/picture/slots.h"
#include "inf/install/plan/change.h"

namespace refwave::install {

class Slotting {
 public:
  /// `record` and `plan` are added to.
  Slotting(const ViewState& view, ViewRecord& record, Plan& plan)
      : view_(view), record_(record), plan_(plan) {}

  /// Effects: puts refwave into the first free slot. Returns: whether there was one.
  bool take_free();
  /// Effects: as take_free; otherwise into the last slot of another driver, whose value is remembered.
  /// Returns: false if every slot holds what is no text.
  bool take_by_force();
  /// Effects: moves refwave to the first free slot if it stands after that, or in another's slot.
  void move_forward();
  /// Effects: takes refwave out of all slots, and gives back all that is remembered, where nobody has taken
  /// the place since.
  void leave_all();

  const ViewState& view() const { return view_; }

 private:
  void set(std::size_t slot, const std::optional<Value>& value);
  std::optional<Value> remembered(std::size_t slot);
  void remark_lost(std::size_t slot);
  void remark_gap();
  std::string place(std::size_t slot) const;

  ViewState view_;
  ViewRecord& record_;
  Plan& plan_;
};

}  // namespace refwave::install
