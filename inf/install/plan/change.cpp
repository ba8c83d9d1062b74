#include "inf/install/plan/change.h"

#include <stdexcept>

#include "inf/install/picture/slots.h"

namespace refwave::install {
namespace {

struct Inverse {
  Change operator()(const SetValue& c) const { return SetValue{c.view, c.slot, c.after, c.before}; }
  Change operator()(const SetRecord& c) const { return SetRecord{c.after, c.before}; }
  Change operator()(const SetDevice& c) const { return SetDevice{c.hardware_id, c.after, c.before}; }
  Change operator()(const FileMove& c) const { return FileMove{c.to, c.from}; }
  Change operator()(const FileCopy& c) const { return FileDelete{c.to}; }
  Change operator()(const FileDelete& c) const { throw std::logic_error("cannot undo: delete " + c.path); }
};

struct Text {
  std::string operator()(const SetValue& c) const {
    const std::string place = slot_name(c.slot) + " of Drivers32, " + name_of(c.view) + " programs";
    const std::string was = c.before ? " (was " + text_of(c.before) + ")" : "";
    return c.after ? "set " + place + ", to " + text_of(c.after) + was : "clear " + place + was;
  }
  std::string operator()(const SetRecord& c) const {
    return c.after ? "note in refwave's registry key what was done"
                   : "delete the note in refwave's registry key";
  }
  std::string operator()(const SetDevice& c) const {
    if (!c.after) return "remove the device " + c.hardware_id;
    const bool moves = c.before && c.before->alias != c.after->alias;
    return (c.before ? "correct the device " : "make the device ") + c.hardware_id + ", " +
           alias_text(*c.after) + (moves ? " (was " + alias_text(*c.before) + ")" : "");
  }
  std::string operator()(const FileMove& c) const { return "rename " + c.from + " to " + c.to; }
  std::string operator()(const FileCopy& c) const { return "copy " + c.from + " to " + c.to; }
  std::string operator()(const FileDelete& c) const { return "delete " + c.path; }
};

}  // namespace

Change inverse(const Change& change) { return std::visit(Inverse(), change); }

std::string alias_text(const Device& device) {
  return "alias " + (device.alias.empty() ? "(none)" : device.alias);
}

std::string text_of(const Change& change) { return std::visit(Text(), change); }

}  // namespace refwave::install
