#include "inf/install/carry_out.h"

#include "inf/cli/console/failure.h"

namespace refwave::install {
namespace {

struct Step {
  System& system;
  void operator()(const SetValue& c) const { system.set_value(c.view, c.slot, c.after); }
  void operator()(const SetRecord& c) const { system.set_record(c.after); }
  void operator()(const SetDevice& c) const { system.set_device(c.after); }
  void operator()(const FileMove& c) const { system.move_file(c.from, c.to); }
  void operator()(const FileCopy& c) const { system.copy_file(c.from, c.to); }
  void operator()(const FileDelete& c) const { system.delete_file(c.path); }
};

/// Effects: undoes the first `count` changes. Returns: what could not be undone.
std::string undo(const std::vector<Change>& changes, std::size_t count, System& system) {
  std::string left;
  while (count-- > 0) {
    const Change back = inverse(changes[count]);
    try {
      std::visit(Step{system}, back);
    } catch (const SystemError& error) {
      left += "; could not " + text_of(back) + " again: " + error.what();
    }
  }
  return left;
}

void discard(const std::string& path, System& system, const Say& say) {
  try {
    system.delete_file(path);
    say("delete " + path);
    return;
  } catch (const SystemError&) {
  }
  try {
    system.delete_at_restart(path);
    say(path + " is in use by a running program, which keeps it; Windows deletes it at the next restart");
  } catch (const SystemError& error) {
    say(path + " is in use and was not deleted (" + error.what() + "); delete it when no program uses it");
  }
}

}  // namespace

void carry_out(const Plan& plan, System& system, const Say& say) {
  for (std::size_t done = 0; done < plan.changes.size(); ++done) {
    try {
      std::visit(Step{system}, plan.changes[done]);
    } catch (const SystemError& error) {
      const std::string left = undo(plan.changes, done, system);
      const std::string outcome = left.empty()
                                      ? "; nothing was changed"
                                      : left + "; `refwave status` shows what is left, `repair` completes it";
      throw cli::Failure(std::string(error.what()) + outcome);
    }
    say(text_of(plan.changes[done]));
  }
  for (const std::string& path : plan.discards) discard(path, system, say);
}

void preview(const Plan& plan, const Say& say) {
  for (const Change& change : plan.changes) say(text_of(change));
  for (const std::string& path : plan.discards)
    say("delete " + path + ", at the next restart if a program is using it");
}

}  // namespace refwave::install
