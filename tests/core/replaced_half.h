// An audio thread that stays inside a stream while a fresh half takes the place of its own.
#pragma once

#include <gtest/gtest.h>

#include <utility>

#include "driver/core/stream/stream.h"

namespace refwave::test {

/// Effects: a control thread replaces the half of the audio thread that is inside.
inline void replace_half(core::Stream& stream) {
  core::Stream::Spare spare = stream.make_spare();
  const core::RtLock::Token mine = stream.lock.seize(stream.lock.inside());
  ASSERT_NE(mine, 0U);
  stream.replace_half(std::move(spare));
  stream.lock.release(mine);
}

/// Effects: an audio thread comes, and stays while its half is replaced. Returns: its acquisition.
inline core::RtLock::Token stay_while_replaced(core::Stream& stream) {
  const core::RtLock::Token acquisition = stream.lock.try_acquire();
  stream.audio().enter(acquisition);
  replace_half(stream);
  return acquisition;
}

}  // namespace refwave::test
