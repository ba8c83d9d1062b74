// A machine that is made up: one on which all is right, for a test to spoil.
#pragma once

#include "bench/doctor/page/facts.h"

namespace refwave::test {

doctor::Facts good_linux();
doctor::Facts good_windows();

}  // namespace refwave::test
