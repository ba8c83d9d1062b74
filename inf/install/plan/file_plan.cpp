#include "inf/install/plan/file_plan.h"

#include <algorithm>

#include "driver/cli/console/failure.h"

namespace refwave::install {
namespace {

using Content = File::Content;

void discard_leftovers(const File& file, Plan& plan) {
  plan.discards.insert(plan.discards.end(), file.leftovers.begin(), file.leftovers.end());
}

/// Effects: renames our file to a name that is free, and throws it away at the end.
void make_room(const File& file, Plan& plan) {
  std::string former;
  for (int number = 1; former.empty(); ++number) {
    const std::string name = former_name(file.path) + std::to_string(number);
    if (std::ranges::find(file.leftovers, name) == file.leftovers.end()) former = name;
  }
  plan.changes.emplace_back(FileMove{file.path, former});
  plan.discards.push_back(former);
}

void keep_foreign(const File& file, Force force, Plan& plan) {
  if (force == Force::no) {
    throw cli::Failure(file.path +
                       ": a file of this name is there and is not refwave's; --force keeps it aside until "
                       "refwave is uninstalled");
  }
  if (file.kept) {
    throw cli::Failure(file.path + ": not refwave's, and " + kept_name(file.path) +
                       " was kept already; move one of them away");
  }
  plan.changes.emplace_back(FileMove{file.path, kept_name(file.path)});
}

}  // namespace

void place(const File& file, Force force, Plan& plan) {
  discard_leftovers(file, plan);
  if (file.content == Content::ours && file.is_source) return;
  if (file.source.empty()) {
    // An earlier version of refwave is better than none.
    if (file.content == Content::ours) return;
    throw cli::Failure(file.path +
                       ": found no file to put there; unpack refwave's archive with all its folders");
  }
  if (file.content == Content::ours) make_room(file, plan);
  if (file.content == Content::foreign) keep_foreign(file, force, plan);
  plan.changes.emplace_back(FileCopy{file.source, file.path});
}

void remove(const File& file, Plan& plan) {
  discard_leftovers(file, plan);
  if (file.content == Content::ours) make_room(file, plan);
  if (file.content != Content::foreign) {
    if (file.kept) plan.changes.emplace_back(FileMove{kept_name(file.path), file.path});
    return;
  }
  plan.remarks.push_back(file.path + " is not refwave's and stays");
  if (file.kept) plan.remarks.push_back(kept_name(file.path) + ", which had that name before, stays too");
}

}  // namespace refwave::install
