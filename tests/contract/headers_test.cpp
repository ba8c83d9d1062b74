// One header: what PREPARE, UNPREPARE and WRITE do to its flags, and which they refuse.
#include <gtest/gtest.h>

#include "tests/contract/client.h"

namespace refwave::contract {
namespace {

constexpr DWORD kStateFlags = WHDR_DONE | WHDR_PREPARED | WHDR_INQUEUE;

/// Both directions' messages about headers, sent to the driver itself.
struct HeaderMessages {
  WaveEntry entry;
  UINT prepare, unprepare, queue;
  DWORD_PTR user;

  DWORD send(UINT message, const WAVEHDR* header, DWORD_PTR size = sizeof(WAVEHDR)) const {
    return entry(0, message, user, reinterpret_cast<DWORD_PTR>(header), size);
  }
};

/// An output and an input, opened behind winmm's back, so that the driver gets what the test sends.
class Headers : public testing::Test {
 protected:
  Headers() {
    description.lpFormat = reinterpret_cast<LPWAVEFORMAT>(&format);
    output.entry(0, WODM_OPEN, reinterpret_cast<DWORD_PTR>(&output.user),
                 reinterpret_cast<DWORD_PTR>(&description), CALLBACK_NULL);
    input.entry(0, WIDM_OPEN, reinterpret_cast<DWORD_PTR>(&input.user),
                reinterpret_cast<DWORD_PTR>(&description), CALLBACK_NULL);
  }
  ~Headers() override {
    output.entry(0, WODM_RESET, output.user, 0, 0);
    output.entry(0, WODM_CLOSE, output.user, 0, 0);
    input.entry(0, WIDM_RESET, input.user, 0, 0);
    input.entry(0, WIDM_CLOSE, input.user, 0, 0);
  }

  LoadedDriver driver;
  WAVEFORMATEX format = usual_format();
  WAVEOPENDESC description{};
  HeaderMessages output{driver.wod(), WODM_PREPARE, WODM_UNPREPARE, WODM_WRITE, 0};
  HeaderMessages input{driver.wid(), WIDM_PREPARE, WIDM_UNPREPARE, WIDM_ADDBUFFER, 0};
  Block block{400};
};

/// CONTRACT.md, WODM_PREPARE: "sets PREPARED, clears DONE and INQUEUE; on a prepared header nothing changes".
TEST_F(Headers, Prepare_sets_prepared_and_clears_the_rest) {
  for (const HeaderMessages& side : {output, input}) {
    block.header.dwFlags = WHDR_DONE | WHDR_INQUEUE | WHDR_BEGINLOOP;
    EXPECT_EQ(side.send(side.prepare, &block.header), MMSYSERR_NOERROR);
    EXPECT_EQ(block.flags(), DWORD{WHDR_PREPARED | WHDR_BEGINLOOP});
    block.header.dwFlags |= WHDR_DONE;
    EXPECT_EQ(side.send(side.prepare, &block.header), MMSYSERR_NOERROR);
    EXPECT_EQ(block.flags(), DWORD{WHDR_PREPARED | WHDR_BEGINLOOP | WHDR_DONE});
  }
}

/// CONTRACT.md, WODM_UNPREPARE: "not prepared → NOERROR, else clears PREPARED and leaves DONE".
TEST_F(Headers, Unprepare_clears_prepared_and_leaves_done) {
  for (const HeaderMessages& side : {output, input}) {
    block.header.dwFlags = 0;
    EXPECT_EQ(side.send(side.unprepare, &block.header), MMSYSERR_NOERROR);
    block.header.dwFlags = WHDR_PREPARED | WHDR_DONE;
    EXPECT_EQ(side.send(side.unprepare, &block.header), MMSYSERR_NOERROR);
    EXPECT_EQ(block.flags(), DWORD{WHDR_DONE});
  }
}

/// CONTRACT.md, WODM_UNPREPARE: "INQUEUE → WAVERR_STILLPLAYING (tested first)"; WODM_WRITE: "already queued →
/// WAVERR_STILLPLAYING".
TEST_F(Headers, A_queued_header_is_still_playing) {
  for (const HeaderMessages& side : {output, input}) {
    block.header.dwFlags = 0;
    side.send(side.prepare, &block.header);
    EXPECT_EQ(side.send(side.queue, &block.header), MMSYSERR_NOERROR);
    EXPECT_EQ(block.flags() & kStateFlags, DWORD{WHDR_PREPARED | WHDR_INQUEUE});
    EXPECT_EQ(side.send(side.unprepare, &block.header), WAVERR_STILLPLAYING);
    EXPECT_EQ(side.send(side.queue, &block.header), WAVERR_STILLPLAYING);
    side.entry(0, side.queue == WODM_WRITE ? WODM_RESET : WIDM_RESET, side.user, 0, 0);
    EXPECT_EQ(block.flags() & kStateFlags, DWORD{WHDR_PREPARED | WHDR_DONE});
  }
}

/// CONTRACT.md, WODM_WRITE: "unprepared or lpData NULL → WAVERR_UNPREPARED".
TEST_F(Headers, What_is_not_prepared_or_has_no_data_is_not_queued) {
  for (const HeaderMessages& side : {output, input}) {
    block.header.dwFlags = 0;
    EXPECT_EQ(side.send(side.queue, &block.header), WAVERR_UNPREPARED);
    EXPECT_EQ(block.flags(), 0U);
    WAVEHDR nothing{};
    nothing.dwBufferLength = 100;
    side.send(side.prepare, &nothing);
    EXPECT_EQ(side.send(side.queue, &nothing), WAVERR_UNPREPARED);
  }
}

/// CONTRACT.md, WODM_PREPARE and WODM_WRITE: "NULL or a short size → INVALPARAM".
TEST_F(Headers, No_header_or_half_a_one_is_an_error) {
  for (const HeaderMessages& side : {output, input}) {
    for (const UINT message : {side.prepare, side.unprepare, side.queue}) {
      EXPECT_EQ(side.send(message, nullptr), MMSYSERR_INVALPARAM) << message;
      EXPECT_EQ(side.send(message, &block.header, 0), MMSYSERR_INVALPARAM) << message;
      EXPECT_EQ(side.send(message, &block.header, sizeof(WAVEHDR) - 1), MMSYSERR_INVALPARAM) << message;
    }
  }
}

/// CONTRACT.md, WODM_PREPARE: "State follows the header's flags, and a host that keeps them itself … works
/// too".
TEST_F(Headers, A_host_may_keep_the_flags_itself) {
  block.header.dwFlags = WHDR_PREPARED;
  EXPECT_EQ(output.send(WODM_WRITE, &block.header), MMSYSERR_NOERROR);
  EXPECT_TRUE(driver.step_until([&] { return block.done(); }));
}

/// CONTRACT.md, WODM_WRITE: "only the flags named here and the fields reserved for drivers are written".
TEST_F(Headers, Playing_leaves_the_clients_fields_alone) {
  block.header.dwUser = 0x1122334455667788;
  block.header.dwBytesRecorded = 99;
  block.header.dwLoops = 1;
  const WAVEHDR before = block.header;
  output.send(WODM_PREPARE, &block.header);
  output.send(WODM_WRITE, &block.header);
  EXPECT_TRUE(driver.step_until([&] { return block.done(); }));
  EXPECT_EQ(block.header.lpData, before.lpData);
  EXPECT_EQ(block.header.dwBufferLength, before.dwBufferLength);
  EXPECT_EQ(block.header.dwBytesRecorded, before.dwBytesRecorded);
  EXPECT_EQ(block.header.dwUser, before.dwUser);
  EXPECT_EQ(block.header.dwLoops, before.dwLoops);
}

/// CONTRACT.md, widMessage: "ADDBUFFER sets dwBytesRecorded to 0".
TEST_F(Headers, Adding_a_buffer_zeroes_the_bytes_recorded) {
  block.header.dwBytesRecorded = 99;
  input.send(WIDM_PREPARE, &block.header);
  input.send(WIDM_ADDBUFFER, &block.header);
  EXPECT_EQ(block.header.dwBytesRecorded, 0U);
}

/// CONTRACT.md, wodMessage: "any with a bad dwUser (0 where a stream is needed, closed, of the other
/// direction) → MMSYSERR_INVALHANDLE".
TEST_F(Headers, No_message_takes_a_handle_that_is_not_an_open_stream_of_its_direction) {
  DWORD_PTR closed = 0;
  output.entry(0, WODM_OPEN, reinterpret_cast<DWORD_PTR>(&closed), reinterpret_cast<DWORD_PTR>(&description),
               0);
  EXPECT_EQ(output.entry(0, WODM_CLOSE, closed, 0, 0), MMSYSERR_NOERROR);
  block.header.dwFlags = WHDR_PREPARED;
  const auto header = reinterpret_cast<DWORD_PTR>(&block.header);
  MMTIME time{};
  const auto time_address = reinterpret_cast<DWORD_PTR>(&time);
  for (const DWORD_PTR user : {DWORD_PTR{0}, closed, input.user, ~DWORD_PTR{0}}) {
    for (const UINT message : {WODM_PREPARE, WODM_UNPREPARE, WODM_WRITE})
      EXPECT_EQ(output.entry(0, message, user, header, sizeof(WAVEHDR)), MMSYSERR_INVALHANDLE) << message;
    for (const UINT message : {WODM_CLOSE, WODM_PAUSE, WODM_RESTART, WODM_RESET, WODM_BREAKLOOP})
      EXPECT_EQ(output.entry(0, message, user, 0, 0), MMSYSERR_INVALHANDLE) << message;
    EXPECT_EQ(output.entry(0, WODM_GETPOS, user, time_address, sizeof(time)), MMSYSERR_INVALHANDLE);
  }
  for (const DWORD_PTR user : {DWORD_PTR{0}, output.user, ~DWORD_PTR{0}}) {
    for (const UINT message : {WIDM_CLOSE, WIDM_START, WIDM_STOP, WIDM_RESET})
      EXPECT_EQ(input.entry(0, message, user, 0, 0), MMSYSERR_INVALHANDLE) << message;
    EXPECT_EQ(input.entry(0, WIDM_GETPOS, user, time_address, sizeof(time)), MMSYSERR_INVALHANDLE);
  }
}

}  // namespace
}  // namespace refwave::contract
