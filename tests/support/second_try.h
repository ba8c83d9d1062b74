// What a case does once more because a machine may have stood still. It counts among the second tries of the
// whole run, of which there may be few (support/count).
#pragma once

#include <iostream>
#include <string>

namespace refwave::test {

/// Effects: says that `what` was not as it must be, and is tried again. Thread: any.
inline void note_second_try(const std::string& what) { std::cout << "\ntried again: " << what << std::endl; }

}  // namespace refwave::test
