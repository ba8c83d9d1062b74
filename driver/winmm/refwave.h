#pragma GCC system_header
// refwave's own messages, for programs that know which driver they talk to: statistics, devices, warnings,
// stepping, tracing. Send them with SendDriverMessage to an opened refwave.drv; the stream's also with
// waveOutMessage and waveInMessage (dw1 and dw2 for lParam1 and lParam2). Other drivers answer 0 or
// MMSYSERR_NOTSUPPORTED.
#pragma once

#include <windows.h>
// mmsystem.h wants windows.h first.
#include <mmsystem.h>
// mmddk.h wants mmsystem.h first.
#include <mmddk.h>

/// refwave's own messages are those from BASE to LAST. Those that do not exist answer 0.
#define REFWAVE_MESSAGE_BASE (DRV_USER + 0x5700)
#define REFWAVE_MESSAGE_LAST (REFWAVE_MESSAGE_BASE + 0xFF)

/// Fills a REFWAVE_STATISTICS. lParam1: its address, cbSize set by the caller; lParam2: 0, or
/// REFWAVE_WITH_LEVELS. By waveOutMessage or waveInMessage: of that stream. By SendDriverMessage: of all
/// streams since DRV_ENABLE, without levels; waits two seconds at most until a `capture` has all that was
/// played. Returns MMSYSERR_NOERROR, MMSYSERR_INVALPARAM or MMSYSERR_NOTENABLED. Thread: any.
#define REFWAVE_GET_STATISTICS (REFWAVE_MESSAGE_BASE + 0)

/// lParam2 of REFWAVE_GET_STATISTICS: fPeak and fRms are wanted. The audio thread measures them for the next
/// two seconds, so ask once a second. The first answer has none yet.
#define REFWAVE_WITH_LEVELS 1

/// Lists the sound devices. lParam1: a REFWAVE_DEVICE array or NULL; lParam2: how many it holds. Returns the
/// number of devices, 0 while the driver is disabled or without memory (SendDriverMessage only). Thread: any
/// but a client callback; may take a second.
#define REFWAVE_LIST_DEVICES (REFWAVE_MESSAGE_BASE + 9)

/// Reads the newest 200 warnings since DRV_ENABLE: UTF-8 lines. lParam1: a char buffer or NULL; lParam2: its
/// size in bytes. Copies the newest whole lines that fit, with a terminating 0. Returns the bytes that the
/// whole text needs, 0 while the driver is disabled or without memory (SendDriverMessage only). Thread: any.
#define REFWAVE_GET_WARNINGS (REFWAVE_MESSAGE_BASE + 2)

/// Lets every stepped clocked device run lParam1 periods on the calling thread (`clock = 0` in the
/// configuration). Returns MMSYSERR_NOERROR, MMSYSERR_NOTENABLED, MMSYSERR_NOMEM before all periods have run,
/// or MMSYSERR_ERROR inside a callback of such a step (completion = direct). SendDriverMessage only.
#define REFWAVE_STEP (REFWAVE_MESSAGE_BASE + 3)

/// Waits until the messages of all finished blocks have been delivered, at most lParam1 milliseconds. Returns
/// MMSYSERR_NOERROR, or MMSYSERR_ERROR after that time (SendDriverMessage only). Not from a client callback.
#define REFWAVE_SETTLE (REFWAVE_MESSAGE_BASE + 4)

/// Starts a trace, and discards the one before: every block's way through the driver, stamped on the thread
/// that does each step. lParam1: 0 for all events, or the sum of 1 << wKind for the wanted kinds; lParam2: 0.
/// Returns MMSYSERR_NOERROR, _NOMEM or _NOTENABLED (SendDriverMessage only, as the next three). Thread: any.
#define REFWAVE_TRACE_START (REFWAVE_MESSAGE_BASE + 5)

/// Ends the trace. Recorded events can still be read. Both lParams 0. Returns as REFWAVE_TRACE_START.
#define REFWAVE_TRACE_STOP (REFWAVE_MESSAGE_BASE + 6)

/// Takes the oldest events, while the trace runs or after it. lParam1: the address of a REFWAVE_TRACE_BATCH;
/// lParam2: 0. The driver holds 65,536 events until they are read, and counts the events that find no room.
/// Returns MMSYSERR_NOERROR, MMSYSERR_INVALPARAM or MMSYSERR_NOTENABLED. Thread: any.
#define REFWAVE_TRACE_READ (REFWAVE_MESSAGE_BASE + 7)

/// Measures the cost of one point of the trace, on the calling thread. lParam1: 1 while a trace runs, 0 while
/// none does; lParam2: 0. Returns picoseconds; 0 while the driver is disabled or without memory. Thread: any.
#define REFWAVE_TRACE_COST (REFWAVE_MESSAGE_BASE + 8)

/// Returns the number of warnings since DRV_ENABLE (SendDriverMessage only). Both lParams 0. Thread: any.
#define REFWAVE_COUNT_WARNINGS (REFWAVE_MESSAGE_BASE + 10)

/// The values of REFWAVE_TRACE_EVENT's wKind, in the order of a block's life. dwBlock is the number of the
/// block in its stream, from 0, unless a comment says otherwise. A block that a reset returned from outside
/// the driver's full ring has the number of the block before it.
#define REFWAVE_TRACE_WRITTEN 1         // a client's header is about to be queued
#define REFWAVE_TRACE_PERIOD_BEGIN 2    // the device has called the driver; dwBlock: the period's frames
#define REFWAVE_TRACE_STARTED 3         // the block's first frame is about to be taken or filled
#define REFWAVE_TRACE_FINISHED 4        // its last frame was taken or filled: buffer-done latency begins
#define REFWAVE_TRACE_RELEASED 5        // it and the blocks before it are WHDR_DONE; their messages follow
#define REFWAVE_TRACE_RENDERED 6        // the audio thread has served all streams; dwBlock: frames
#define REFWAVE_TRACE_WAKE_SENT 7       // it has woken a notifier; the system call is over
#define REFWAVE_TRACE_WAKE_SPARED 8     // a notifier was looking already
#define REFWAVE_TRACE_ROLE_TAKEN 9      // a notifier was woken, and looks for streams with finished blocks
#define REFWAVE_TRACE_CLAIMED 10        // it has found this stream
#define REFWAVE_TRACE_CALLING 11        // just before DriverCallback: buffer-done latency ends
#define REFWAVE_TRACE_CALLED 12         // DriverCallback has returned
#define REFWAVE_TRACE_PERIOD_END 13     // back to the device; dwBlock: the period's frames
#define REFWAVE_TRACE_DEVICE_LOST 14    // the clocked device is to take over; dwBlock: a device's number
#define REFWAVE_TRACE_DEVICE_SERVES 15  // this device serves the streams now; dwBlock: its number
#define REFWAVE_TRACE_READY 16  // after RELEASED: a notifier that is awake sees the stream from now on

#define REFWAVE_TRACE_NO_SLOT 0xFFFF

/// One stamp. The events of one thread come in order; the events of different threads nearly so.
typedef struct REFWAVE_TRACE_EVENT {
  ULONGLONG ullNs;      // the monotonic clock: CLOCK_MONOTONIC, QueryPerformanceCounter
  ULONGLONG ullThread;  // a number that no other living thread has
  DWORD dwBlock;
  WORD wSlot;  // REFWAVE_STATISTICS::dwSlot of the stream; REFWAVE_TRACE_NO_SLOT
  WORD wKind;  // REFWAVE_TRACE_WRITTEN …
} REFWAVE_TRACE_EVENT;

/// Where REFWAVE_TRACE_READ writes events.
typedef struct REFWAVE_TRACE_BATCH {
  DWORD cbSize;       // set by the caller: sizeof(REFWAVE_TRACE_BATCH)
  DWORD cbEvent;      // set by the caller: sizeof(REFWAVE_TRACE_EVENT)
  DWORD dwRoom;       // set by the caller: how many events pEvents holds
  DWORD dwEvents;     // how many the driver has written there
  ULONGLONG ullLost;  // events since REFWAVE_TRACE_START that found no room
  struct REFWAVE_TRACE_EVENT* pEvents;
} REFWAVE_TRACE_BATCH;

/// Buffer-done latency begins when the audio thread takes the last frame of a block (WOM_DONE) or fills it
/// (WIM_DATA), and ends just before DriverCallback. Counters since open (stream) or since DRV_ENABLE
/// (driver). Under `completion = direct` one block in eight is timed, the stream's first among them, and
/// every block while a trace runs: a look at the clock costs as much as the message itself.
typedef struct REFWAVE_STATISTICS {
  DWORD cbSize;
  DWORD dwSlotsInUse;          // streams open
  ULONGLONG ullBlocks;         // blocks finished
  ULONGLONG ullMessages;       // WOM_DONE and WIM_DATA for which DriverCallback returned
  ULONGLONG ullUndelivered;    // DriverCallback returned FALSE, or the close gave up waiting
  ULONGLONG ullUnderruns;      // output: ran dry, and more was written too late; input: frames dropped
  ULONGLONG ullPeriods;        // callbacks of the audio thread that served the stream
  ULONGLONG ullSkipped;        // periods in which the stream's lock was taken or wanted
  ULONGLONG ullLatePeriods;    // periods that began when the device had run dry; by a clock, a period late
  ULONGLONG ullMaxLatenessNs;  // the latest of them, in ns
  ULONGLONG ullWakes;          // wakes by the audio thread
  ULONGLONG ullDeviceLosses;   // times the clocked device took over
  ULONGLONG ullLatencyP50Ns;   // buffer-done latency of timed blocks (resolution: a sixteenth)
  ULONGLONG ullLatencyP99Ns;
  ULONGLONG ullLatencyP999Ns;
  ULONGLONG ullLatencyMaxNs;
  DWORD dwRate;  // of the device in use, frames a second
  DWORD dwChannels;
  DWORD dwPeriodFrames;
  DWORD dwLatencyFrames;   // as the device reports it
  char szDevice[128];      // UTF-8 name of the device in use; empty if none is open
  ULONGLONG ullXruns;      // underflows and overflows that the device reported
  ULONGLONG ullReanchors;  // times the clocked device was so late that it restarted its schedule
  DWORD dwSlot;            // of the stream: REFWAVE_TRACE_EVENT::wSlot; REFWAVE_TRACE_NO_SLOT for all streams
  DWORD dwNotifiers;       // threads that call clients back; from here on for all streams together
  DWORD dwRealtimeNotifiers;   // those of them that the system wakes before ordinary threads
  DWORD dwQueuedFrames;        // output: what the device had left to play when it called last
  ULONGLONG ullHandOns;        // wake-ups of notifiers by notifiers, in addition to ullWakes
  ULONGLONG ullSpunNs;         // time that notifiers spent awake and waiting (wake = predict, spin)
  ULONGLONG ullDeviceReturns;  // times the configured device came back after a loss (ullDeviceLosses)
  ULONGLONG ullSilenced;       // samples of float clients that were NaN or infinite, and were not played
  // From here on of one stream, with REFWAVE_WITH_LEVELS; else 0. Over a tenth of a second, of all channels;
  // 1 is full scale. Output: as the program wrote the samples, before the volume.
  float fPeak;  // the greatest sample
  float fRms;   // the root of the mean square
  // What the device, or the plugin before it, takes or gives at once, and its whole buffer; 0: not known.
  DWORD dwDevicePeriodFrames;
  DWORD dwDeviceBufferFrames;
  // From here on of the device again.
  DWORD dwMissed;  // REFWAVE_MISSED_*: why the configured device does not serve; 0 if it does, or if there is
                   // none
  DWORD dwReserved2;
  ULONGLONG ullDroppedNs;  // output: sound that the device took, and that it cannot have played in the time
  ULONGLONG ullUncapturedNs;  // of all streams: what is not in the file of `capture`, because of its disk
} REFWAVE_STATISTICS;

/// The bits of REFWAVE_STATISTICS::dwMissed. A machine without sound misses nothing.
enum {
  REFWAVE_MISSED_DEVICE = 1,  // the device was lost, or is there and did not open: nothing is heard
  REFWAVE_MISSED_SERVER = 2,  // its sound server is there, and had not answered when it was opened
};

enum {
  REFWAVE_RATE_44100 = 1,
  REFWAVE_RATE_48000 = 2,
  REFWAVE_RATE_96000 = 4,
  REFWAVE_RATE_192000 = 8,
};

/// A device that the driver found.
typedef struct REFWAVE_DEVICE {
  char szName[128];     // UTF-8; the name that `output`, `input` and `--device` take
  char szBackend[32];   // "PortAudio" or "clocked"
  DWORD bInput;         // 1: records, 0: plays
  DWORD bDefault;       // 1: the present default device
  DWORD dwMaxChannels;  // this, the next and dwRates: 0 if not known, as of a sound card that is not open
  DWORD dwDefaultRate;  // frames a second
  DWORD dwRates;        // REFWAVE_RATE_*: the rates that the device says it takes
  char szUser[128];  // the programs that keep every other one out: "aplay (process 431)"; empty if it is free
} REFWAVE_DEVICE;
