#include "inf/install/plan/file_plan.h"

#include <algorithm>

#include "driver/cli/console/failure.h"

namespace refwave::install {
namespace {

using Content = File::Content;

void discard_leftovers(const File& file, Plan& plan) {
  plan.discards.insert(plan.discards.end(), file.leftovers.begin(), file.leftovers.end());
}

/// Returns: a name that no file has: `beginning` and a number.
std::string free_name(const std::string& beginning, const File& file) {
  for (int number = 1;; ++number) {
    std::string name = beginning + std::to_string(number);
    if (std::ranges::find(file.leftovers, name) == file.leftovers.end()) return name;
  }
}

/// Effects: renames our file to a name that is free, and throws it away at the end.
void make_room(const File& file, Plan& plan) {
  const std::string former = free_name(former_name(file.path), file);
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
  if (file.is_source_foreign)
    throw cli::Failure(file.source + ": not refwave's; unpack refwave's archive again, with all its folders");
  if (file.source.empty()) {
    // An earlier version of refwave is better than none.
    if (file.content == Content::ours) return;
    throw cli::Failure(file.path +
                       ": the new file is missing; unpack refwave's archive with all its folders");
  }
  const std::string arriving = free_name(arriving_name(file.path), file);
  plan.changes.emplace_back(FileCopy{file.source, arriving});
  if (file.content == Content::ours) make_room(file, plan);
  if (file.content == Content::foreign) keep_foreign(file, force, plan);
  plan.changes.emplace_back(FileMove{arriving, file.path});
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
