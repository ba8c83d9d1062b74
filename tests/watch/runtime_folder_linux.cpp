#include <cstdlib>

#include "tests/watch/runtime_folder.h"

namespace refwave::test {

RuntimeFolder::RuntimeFolder() { ::setenv("XDG_RUNTIME_DIR", folder_.path().c_str(), 1); }

}  // namespace refwave::test
