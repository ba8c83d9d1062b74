// A machine that does not exist and on which all is right. A test changes it to have a fault.
#pragma once

#include "bench/doctor/page/facts.h"

namespace refwave::test {

doctor::Facts good_linux();
doctor::Facts good_windows();

}  // namespace refwave::test
