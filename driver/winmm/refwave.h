// refwave's own messages, for programs that know which driver they talk to: statistics, devices, warnings,
// stepping. Send them with SendDriverMessage to an opened refwave.drv; the stream's also with waveOutMessage
// and waveInMessage (dw1 and dw2 in place of lParam1 and lParam2). Every other driver answers them with 0 or
// MMSYSERR_NOTSUPPORTED.
#pragma once

#include <windows.h>
// mmsystem.h wants windows.h first.
#include <mmsystem.h>
// mmddk.h wants mmsystem.h first.
#include <mmddk.h>

#define REFWAVE_MESSAGE_BASE (DRV_USER + 0x5700)

/// Fills a REFWAVE_STATISTICS. lParam1: its address, cbSize set by the caller (fewer bytes are filled if it
/// is smaller); lParam2: 0. By waveOutMessage or waveInMessage: of that stream. By SendDriverMessage: of all
/// streams since DRV_ENABLE. Returns MMSYSERR_NOERROR, MMSYSERR_INVALPARAM or MMSYSERR_NOTENABLED. Thread:
/// any.
#define REFWAVE_GET_STATISTICS (REFWAVE_MESSAGE_BASE + 0)

/// Lists the sound devices. lParam1: a REFWAVE_DEVICE array or NULL; lParam2: how many it holds. Returns how
/// many devices there are, none while the driver is disabled (SendDriverMessage only). Thread: any but a
/// client callback; may take a second.
#define REFWAVE_LIST_DEVICES (REFWAVE_MESSAGE_BASE + 1)

/// Reads the warnings since DRV_ENABLE (configuration, devices): UTF-8 lines, each with its newline. lParam1:
/// a char buffer or NULL; lParam2: its size in bytes. Copies what fits with a terminating 0; returns the
/// bytes that all of it needs, the 0 included (SendDriverMessage only). Thread: any.
#define REFWAVE_GET_WARNINGS (REFWAVE_MESSAGE_BASE + 2)

/// Lets every stepped clocked device run lParam1 periods on the calling thread (`clock = 0` in the
/// configuration). Returns MMSYSERR_NOERROR, or MMSYSERR_NOTENABLED (SendDriverMessage only).
#define REFWAVE_STEP (REFWAVE_MESSAGE_BASE + 3)

/// Waits until no finished block's message is still to be delivered, at most lParam1 milliseconds. Returns
/// MMSYSERR_NOERROR, or MMSYSERR_ERROR when the time is over (SendDriverMessage only). Not from a client
/// callback.
#define REFWAVE_SETTLE (REFWAVE_MESSAGE_BASE + 4)

/// Buffer-done latency is the time from the audio thread taking the last frame of a block (WOM_DONE) or
/// filling it (WIM_DATA) to just before DriverCallback. Counters since open (stream) or since DRV_ENABLE
/// (driver).
struct REFWAVE_STATISTICS {
  DWORD cbSize;
  DWORD dwSlotsInUse;          // streams open
  ULONGLONG ullBlocks;         // blocks finished
  ULONGLONG ullMessages;       // WOM_DONE and WIM_DATA for which DriverCallback returned
  ULONGLONG ullUndelivered;    // DriverCallback returned FALSE, or the close gave up waiting
  ULONGLONG ullUnderruns;      // output: ran dry, then was written to too late; input: frames dropped
  ULONGLONG ullPeriods;        // callbacks of the audio thread that served the stream
  ULONGLONG ullSkipped;        // periods in which the stream's seat was taken or wanted
  ULONGLONG ullLatePeriods;    // periods that began more than a period late
  ULONGLONG ullMaxLatenessNs;  // the latest of them, in ns
  ULONGLONG ullWakes;          // wakes by the audio thread
  ULONGLONG ullDeviceLosses;   // times the clocked device had to take over
  ULONGLONG ullLatencyP50Ns;   // buffer-done latency, percentiles (resolution: a sixteenth)
  ULONGLONG ullLatencyP99Ns;
  ULONGLONG ullLatencyP999Ns;
  ULONGLONG ullLatencyMaxNs;
  DWORD dwRate;  // of the device in use, frames a second
  DWORD dwChannels;
  DWORD dwPeriodFrames;
  DWORD dwLatencyFrames;   // as the device reports it
  char szDevice[128];      // UTF-8 name of the device in use; empty if none is open
  ULONGLONG ullXruns;      // underflows and overflows that the device told of
  ULONGLONG ullReanchors;  // times the clocked device was so late that it began its schedule anew
};

struct REFWAVE_DEVICE {
  char szName[128];    // UTF-8; what `output`, `input` and `--device` take
  char szBackend[32];  // "PortAudio" or "clocked"
  DWORD bInput;        // 1: records, 0: plays
  DWORD bDefault;      // 1: what `default` stands for now
  DWORD dwMaxChannels;
  DWORD dwDefaultRate;  // frames a second
};
