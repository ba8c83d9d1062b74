// What differs from an output: START, STOP, RESET, and how much was recorded.
#include <algorithm>
#include <cstring>
#include <numeric>

#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

DWORD recorded(const Blocks& blocks) {
  return std::accumulate(blocks.begin(), blocks.end(), DWORD{0}, [](DWORD sum, const Block& block) {
    return block.done() ? sum + block.header.dwBytesRecorded : sum;
  });
}

void require_full_buffers(Subject& subject, const WAVEFORMATEX& format) {
  const DWORD bytes = DWORD{1'013} * format.nBlockAlign;
  Client client(subject, kIn, silent_blocks(3, 1'013, format.nBlockAlign), {}, format);
  client.run();
  for (const Note& note : client.diary.all()) {
    if (note.message == WIM_DATA)
      require_equal(note.bytes_recorded, bytes, "dwBytesRecorded inside the callback");
  }
}

constexpr Entry kInputRules[] = {
    {"WIDM_ADDBUFFER.bytes_recorded", "sets dwBytesRecorded to 0",
     [](Subject& subject) {
       Client client(subject, kIn, 1, 480);
       WAVEHDR& header = client.blocks[0].header;
       header.dwBytesRecorded = 99;
       client.queue();
       require_equal(DWORD{header.dwBytesRecorded}, 0, "dwBytesRecorded");
     }},
    {"WIDM_ADDBUFFER.broken_frames", "a buffer holds whole frames, and comes back empty if it holds none",
     [](Subject& subject) {
       Client client(subject, kIn, silent_blocks({400, 3, 0, 401}, 1));
       client.begin();
       client.need_all_in_order();
       require(client.blocks[1].header.dwBytesRecorded == 0 && client.blocks[3].header.dwBytesRecorded == 400,
               "a part of a frame was recorded");
     },
     kOurs},
    {"WIDM_START.records", "nothing is recorded before it",
     [](Subject& subject) {
       Client client(subject, kIn, 1, 480);
       client.queue();
       let_pass(subject, kIn, kSecond / 10);
       require(!client.blocks[0].done() && client.stream.position() == 0, "it records without WIDM_START");
     }},
    {"WIDM_START.again", "answers NOERROR when started, as WIDM_STOP does when stopped",
     [](Subject& subject) {
       const Client client(subject, kIn);
       const Stream& stream = client.stream;
       stream.must_send(WIDM_STOP, "WIDM_STOP of a stopped stream");
       for (int i = 0; i < 2; ++i) stream.start();
       for (int i = 0; i < 2; ++i) stream.must_send(WIDM_STOP, "WIDM_STOP");
     }},
    {"WIDM_START.after_stop", "continues with the remaining buffers",
     [](Subject& subject) {
       Client client(subject, kIn, 5, 960);
       client.queue();
       for (const Block& block : client.blocks) {
         client.stream.start();
         require(eventually([&] { return block.done(); }), "a buffer that was left is not filled");
         client.stream.must_send(WIDM_STOP, "WIDM_STOP");
       }
     }},
    {"WIM_DATA.bytes_recorded", "comes when dwBytesRecorded is set, exact to the frame in any format",
     [](Subject& subject) {
       for (WORD channels = 1; channels <= 8; ++channels) {
         for (const WORD bits : {WORD{8}, WORD{16}, WORD{24}, WORD{32}, WORD{64}}) {
           WAVEFORMATEX format = pcm(channels, bits);
           if (bits == 64) format.wFormatTag = WAVE_FORMAT_IEEE_FLOAT;
           require_full_buffers(subject, format);
         }
       }
     }},
    {"WIM_DATA.inside_buffer", "nothing is written beyond the buffer",
     [](Subject& subject) {
       Diary diary;
       Block block(4'000);
       std::memset(block.header.lpData, 0x55, 4'000);
       block.header.dwBufferLength = 2'000;
       const Stream stream(subject, kIn, diary);
       stream.queue(block);
       stream.start();
       diary.need_done(1);
       let_pass(subject, kIn, kSecond / 20);
       const char* data = block.header.lpData;
       require(std::all_of(data + 2'000, data + 4'000, [](char byte) { return byte == 0x55; }),
               "it wrote beyond the buffer");
     }},
    // However many buffers were full by then: the last one returned holds what was recorded since, the next
    // is still queued.
    {"WIDM_STOP.returns_current",
     "returns the buffer that holds data before it returns, and keeps the others",
     [](Subject& subject) {
       Client client(subject, kIn, 3, kVeryLong);
       const Stream& stream = client.stream;
       const Blocks& blocks = client.blocks;
       client.begin();
       require(eventually([&] { return stream.position() > 0; }), "nothing is recorded");
       stream.must_send(WIDM_STOP, "WIDM_STOP");
       const auto returned = static_cast<std::size_t>(
           std::count_if(blocks.begin(), blocks.end(), [](const Block& b) { return b.done(); }));
       require(returned > 0, "the buffer that holds data is not DONE when it returns");
       require(returned < blocks.size() && blocks.back().queued(), "it returned buffers that hold nothing");
       require(client.diary.wait_for_done(returned), "no WIM_DATA comes for it");
       require_equal(stream.position(TIME_BYTES), recorded(blocks), "the position");
       let_pass(subject, kIn, 960);
       require(recorded(blocks) == stream.position(TIME_BYTES), "the position moves on");
     }},
    {"WIDM_STOP.no_data", "returns no buffer that holds nothing",
     [](Subject& subject) {
       Client client(subject, kIn, 1, 480);
       client.queue();
       client.stream.must_send(WIDM_STOP, "WIDM_STOP");
       require(client.blocks[0].queued() && client.diary.done().empty(),
               "it returned a buffer that holds nothing");
     }},
    {"WIDM_RESET.flags", "every buffer is DONE when it returns, empty ones with dwBytesRecorded 0",
     [](Subject& subject) {
       Client client(subject, kIn, 300, 480);
       for (Block& block : client.blocks) block.header.dwBytesRecorded = 99;
       client.queue();
       client.stream.reset();
       for (const Block& block : client.blocks) {
         require(block.done() && !block.queued(), "a buffer is not DONE when it returns");
         require(block.header.dwBytesRecorded == 0, "dwBytesRecorded of an empty buffer is not 0");
       }
     }},
    {"WIDM_RESET.once_in_order", "each header is reported once, in order",
     [](Subject& subject) {
       Client client(subject, kIn, 2'000, 480);
       const Blocks& blocks = client.blocks;
       client.begin();
       client.diary.need_done(3);
       client.stream.reset();
       client.diary.wait_for_done(blocks.size());
       let_pass(subject, kIn, kSecond / 20);
       client.diary.need_in_order(client.blocks);
       // Full ones, perhaps one with a part, and empty ones.
       const auto empty = [](const Block& block) { return block.header.dwBytesRecorded == 0; };
       const auto full = [](const Block& block) { return block.header.dwBytesRecorded == 480 * kFrameBytes; };
       auto next = std::find_if_not(blocks.begin(), blocks.end(), full);
       if (next != blocks.end() && !empty(*next)) ++next;
       require(std::all_of(next, blocks.end(), empty),
               "a buffer after the one that was being filled is not empty");
     }},
    {"WIDM_RESET.stops_at_zero", "stops, and the position is 0",
     [](Subject& subject) {
       Client client(subject, kIn, 2, 480);
       const Stream& stream = client.stream;
       stream.queue(client.blocks[0]);
       stream.start();
       client.diary.need_done(1);
       stream.reset();
       require(stream.position() == 0, "the position is not 0");
       stream.queue(client.blocks[1]);
       let_pass(subject, kIn, kSecond / 10);
       require(!client.blocks[1].done(), "it still records");
       require(stream.position() == 0, "the position does not stay 0");
     }},
    {"WIDM_GETPOS.recorded", "after a full buffer equals its dwBytesRecorded, and remains so",
     [](Subject& subject) {
       Client client(subject, kIn, 1, 1'013);
       client.run();
       const DWORD bytes = client.blocks[0].header.dwBytesRecorded;
       for (int i = 0; i < 2; ++i) {
         require(eventually([&] { return client.stream.position(TIME_BYTES) == bytes; }),
                 "the position is " + std::to_string(client.stream.position(TIME_BYTES)) +
                     " and dwBytesRecorded " + std::to_string(bytes));
         let_pass(subject, kIn, 960);
       }
     }},
    {"WIDM_GETPOS.no_buffer", "does not count frames for which there was no buffer",
     [](Subject& subject) {
       Client client(subject, kIn, 1, 480);
       client.stream.start();
       let_pass(subject, kIn, kSecond / 10);
       require(client.stream.position() == 0, "frames count for which there was no buffer");
       client.queue();
       client.need_all();
       client.stream.need_position(480);
     }},
};

}  // namespace

std::span<const Entry> input_rules() { return kInputRules; }

}  // namespace refwave::conform
