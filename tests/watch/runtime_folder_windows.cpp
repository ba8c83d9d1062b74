#include "tests/watch/runtime_folder.h"

namespace refwave::test {

RuntimeFolder::RuntimeFolder() = default;

}  // namespace refwave::test
