// The tag on everything that runs on the audio thread: dsp's, as dsp is reached from there too.
#pragma once

#include "dsp/audio_thread.h"
