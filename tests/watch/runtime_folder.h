// Where a test's records lie: on Linux in a folder of its own, on Windows in the session.
#pragma once

#include "tests/support/temporary_folder.h"

namespace refwave::test {

class RuntimeFolder {
 public:
  /// Effects: programs find it as the user's folder (XDG_RUNTIME_DIR).
  RuntimeFolder();
  std::filesystem::path records() const { return folder_ / "refwave"; }

 private:
  TemporaryFolder folder_;
};

}  // namespace refwave::test
