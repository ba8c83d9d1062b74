// Replaces a stream's audio state while an audio thread is inside.
#pragma once

#include <gtest/gtest.h>

#include <utility>

#include "driver/core/stream/stream.h"

namespace refwave::test {

inline void replace_state(core::Stream& stream) {
  core::Stream::Spare spare = stream.make_spare();
  const core::RtLock::Token mine = stream.lock.seize(stream.lock.inside());
  ASSERT_NE(mine, 0U);
  stream.replace_state(std::move(spare));
  stream.lock.release(mine);
}

/// Effects: enters as an audio thread, whose audio state is then replaced. Returns: its acquisition.
inline core::RtLock::Token stay_while_replaced(core::Stream& stream) {
  const core::RtLock::Token acquisition = stream.lock.try_acquire();
  stream.audio().enter(acquisition);
  replace_state(stream);
  return acquisition;
}

}  // namespace refwave::test
