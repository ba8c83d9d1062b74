// An audio thread that stays inside a stream while a fresh audio state takes the place of its own.
#pragma once

#include <gtest/gtest.h>

#include <utility>

#include "driver/core/stream/stream.h"

namespace refwave::test {

/// Effects: a control thread replaces the audio state of the audio thread that is inside.
inline void replace_state(core::Stream& stream) {
  core::Stream::Spare spare = stream.make_spare();
  const core::RtLock::Token mine = stream.lock.seize(stream.lock.inside());
  ASSERT_NE(mine, 0U);
  stream.replace_state(std::move(spare));
  stream.lock.release(mine);
}

/// Effects: an audio thread comes, and stays while its audio state is replaced. Returns: its acquisition.
inline core::RtLock::Token stay_while_replaced(core::Stream& stream) {
  const core::RtLock::Token acquisition = stream.lock.try_acquire();
  stream.audio().enter(acquisition);
  replace_state(stream);
  return acquisition;
}

}  // namespace refwave::test
