// Which of the driver's messages a program has sent. One thread at a time.
#pragma once

#include <cstdint>
#include <string>

#include "tests/contract/model/direct_driver.h"

namespace refwave::simulation {

enum class Entry : std::uint8_t { driver, output, input };

/// Effects: notes that a message was sent to that entry point.
void note_message(Entry entry, UINT message);
/// Returns: the names of the messages that were never sent; empty if there are none.
std::string messages_missing();

}  // namespace refwave::simulation
