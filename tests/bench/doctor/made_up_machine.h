// A made-up machine without a fault. A test adds one.
#pragma once

#include "bench/doctor/page/facts.h"

namespace refwave::test {

doctor::Facts good_linux();
doctor::Facts good_windows();

}  // namespace refwave::test
