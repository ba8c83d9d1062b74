// The configuration's word for dither, in dsp's. A pure function.
#pragma once

#include "driver/configuration/configuration.h"
#include "driver/core/conversion/pipeline.h"

namespace refwave::engine {

constexpr dsp::Dither dither_of(configuration::Dither dither) {
  switch (dither) {
    case configuration::Dither::off:
      return dsp::Dither::off;
    case configuration::Dither::on:
      return dsp::Dither::on;
    case configuration::Dither::automatic:
      break;
  }
  return dsp::Dither::automatic;
}

}  // namespace refwave::engine
