#include "driver/cli/console/failure.h"

#include <cstdio>

#include "driver/cli/console/text.h"

namespace refwave::cli {

void print_error(const std::string& text) { std::fprintf(stderr, "refwave: %s\n", visible(text).c_str()); }

}  // namespace refwave::cli
