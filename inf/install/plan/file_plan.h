// One file of an installation: the steps to its place and away from there. A file that programs may be using
// is renamed, not overwritten. Windows allows this for a loaded DLL, so a new version serves at once. A new
// file is copied under another name first, so that half a file never has the name that programs load. Pure.
#pragma once

#include "inf/install/plan/change.h"

namespace refwave::install {

enum class Force { no, yes };

/// Effects: adds to `plan` what makes `file` equal its source. Errors: cli::Failure where there is no source,
/// or it is not refwave's, or where another's file has the name: with force that is kept, but only one.
void place(const File& file, Force force, Plan& plan);

/// Effects: adds to `plan` what takes our file away and gives the name back to the file that was kept. A file
/// that is not ours stays.
void remove(const File& file, Plan& plan);

}  // namespace refwave::install
