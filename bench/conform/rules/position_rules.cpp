// GETPOS.
#include <algorithm>

#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

/// Effects: plays or records a block of 1,009 frames, and lets a little more time pass.
void run_through(Subject& subject, Client& client) {
  client.run();
  let_pass(subject, client.stream.is_input() ? kIn : kOut, 960);
}

void require_exact(Subject& subject, const WAVEFORMATEX& format) {
  Client client(subject, kOut, silent_blocks(3, 1'009, format.nBlockAlign), {}, format);
  client.run();
  client.stream.need_position(3 * 1'009);
}

constexpr Entry kPositionRules[] = {
    {"WODM_GETPOS.types", "WIDM_GETPOS.types", "answers in TIME_BYTES and TIME_SAMPLES as asked",
     [](Subject& subject, Direction direction) {
       Client client(subject, direction, 1, 1'009);
       run_through(subject, client);
       const Stream& stream = client.stream;
       // Other rules check that it is right, and constant.
       const DWORD before = stream.position(TIME_SAMPLES);
       const DWORD bytes = stream.position(TIME_BYTES);
       const DWORD after = stream.position(TIME_SAMPLES);
       require(before != 0 && bytes % kFrameBytes == 0 && before <= bytes / kFrameBytes &&
                   bytes / kFrameBytes <= after,
               "TIME_SAMPLES is " + std::to_string(before) + ", TIME_BYTES " + std::to_string(bytes) +
                   ", of frames of 4 bytes, and TIME_SAMPLES then " + std::to_string(after));
     }},
    {"WODM_GETPOS.other_types", "WIDM_GETPOS.other_types",
     "answers every other type in TIME_BYTES, and says so",
     [](Subject& subject, Direction direction) {
       Client client(subject, direction, 1, 1'009);
       run_through(subject, client);
       const Stream& stream = client.stream;
       stream.need_position(1'009);
       for (const UINT type :
            std::initializer_list<UINT>{TIME_MS, TIME_SMPTE, TIME_MIDI, TIME_TICKS, 0, 0x1234, 0xFFFF}) {
         MMTIME time{};
         time.wType = type;
         stream.must_send(messages_of(direction).get_pos, "GETPOS", reinterpret_cast<DWORD_PTR>(&time),
                          sizeof(time));
         require(time.wType == TIME_BYTES,
                 "type " + std::to_string(type) + " was answered in type " + std::to_string(time.wType));
         require(time.u.cb == 1'009 * kFrameBytes,
                 "type " + std::to_string(type) + " was answered with another position");
       }
     },
     kOurs},
    {"WODM_GETPOS.bad_target", "WIDM_GETPOS.bad_target",
     "answers MMSYSERR_INVALPARAM to NULL and MMSYSERR_ERROR to a short MMTIME",
     [](Subject& subject, Direction direction) {
       Diary diary;
       const Stream stream(subject, direction, diary);
       const UINT message = messages_of(direction).get_pos;
       MMTIME time{};
       time.wType = TIME_BYTES;
       time.u.cb = 77;
       require_result(stream.send(message, 0, sizeof(time)), MMSYSERR_INVALPARAM, "GETPOS to NULL");
       require_result(stream.send(message, reinterpret_cast<DWORD_PTR>(&time), sizeof(time) - 1),
                      MMSYSERR_ERROR, "GETPOS to a short MMTIME");
       require_result(stream.send(message, reinterpret_cast<DWORD_PTR>(&time), 0), MMSYSERR_ERROR,
                      "GETPOS to no bytes");
       require(time.u.cb == 77, "a refused GETPOS wrote all the same");
     }},
    {"WODM_GETPOS.zero_at_open", "WIDM_GETPOS.zero_at_open", "is 0 in a new stream",
     [](Subject& subject, Direction direction) {
       subject.need_device(direction);
       // A stream's slot may depend on how soon the driver's threads leave the previous one.
       for (int i = 0; i < 5; ++i) {
         play_something(subject);
         const Client client(subject, direction);
         require_equal(client.stream.position(), 0, "the position of a new stream");
       }
     }},
    {"WODM_GETPOS.monotonic", "WIDM_GETPOS.monotonic", "never decreases, and is never beyond what was queued",
     [](Subject& subject, Direction direction) {
       // A late client sees only the end of a round.
       constexpr std::size_t kRounds = 3;
       constexpr std::size_t kBlocks = 20;
       Client client(subject, direction, kRounds * kBlocks, 3'001);
       const Stream& stream = client.stream;
       Blocks& blocks = client.blocks;
       if (direction == kIn) stream.start();
       DWORD before = 0;
       for (std::size_t queued = 0; queued < blocks.size();) {
         for (std::size_t i = 0; i < kBlocks; ++i) stream.queue(blocks[queued++]);
         const auto all_done_after_many_looks = [&] {
           for (int looks = 0; looks < 1'000; ++looks) {
             before = stream.position_after(before);
           }
           return client.diary.done().size() == queued;
         };
         require(eventually(all_done_after_many_looks), "not all headers came back");
       }
       require(before != 0, "the position does not move");
       let_pass(subject, direction, 960);
       require(stream.position() <= blocks.size() * 3'001, "the position is beyond what was queued");
     }},
    {"WODM_GETPOS.exact", "is exact to the frame when all is done, and remains so",
     [](Subject& subject) {
       Client client(subject, kOut, 7, 1'009);
       client.run();
       client.stream.need_position(7 * 1'009);
       let_pass(subject, kOut, 960);
       client.stream.need_position(7 * 1'009);
     }},
    {"WODM_GETPOS.rates", "is exact to the frame at any rate",
     [](Subject& subject) {
       for (const DWORD rate :
            {8'000U, 11'025U, 16'000U, 22'050U, 32'000U, 44'100U, 88'200U, 96'000U, 176'400U, 192'000U})
         require_exact(subject, pcm(2, 16, rate));
     }},
    {"WODM_GETPOS.formats", "is exact to the frame in any format",
     [](Subject& subject) {
       for (WORD channels = 1; channels <= 8; ++channels) {
         for (const WORD bits : {WORD{8}, WORD{16}, WORD{24}, WORD{32}, WORD{64}}) {
           WAVEFORMATEX format = pcm(channels, bits);
           if (bits == 64) format.wFormatTag = WAVE_FORMAT_IEEE_FLOAT;
           require_exact(subject, format);
         }
       }
     }},
    // When the client is notified of a header, the position has reached its end.
    {"WODM_GETPOS.when_notified", "has reached the end of a header when the client is notified of it",
     [](Subject& subject) {
       // All messages of one round may come after its last block was played.
       constexpr std::size_t kRounds = 5;
       constexpr std::size_t kBlocks = 50;
       constexpr DWORD kFrames = 331;
       DWORD reported = 0;
       Client client(subject, kOut, kRounds * kBlocks, kFrames, [&](Client& self, const Note&) {
         const DWORD position = self.stream.position();
         ++reported;
         require(position >= reported * kFrames, "the position is " + std::to_string(position) +
                                                     " when header " + std::to_string(reported) +
                                                     " of 331 frames is reported");
       });
       for (std::size_t queued = 0; queued < client.blocks.size();) {
         for (std::size_t i = 0; i < kBlocks; ++i) client.stream.queue(client.blocks[queued++]);
         client.diary.need_done(queued);
       }
     }},
    {"WODM_GETPOS.played", "counts what was played, not what was queued",
     [](Subject& subject) {
       Client client(subject, kOut, 3, 480);
       client.stream.pause();
       client.queue();
       require(client.stream.position() == 0, "the position counts what is queued and was not played");
     }},
    // Four gigabytes of audio, of the largest frames there are.
    {"WODM_GETPOS.modulo", "is right beyond 2^32 bytes, modulo 2^32",
     [](Subject& subject) {
       if (subject.speed() <= 1) not_applicable("it takes six minutes in real time");
       subject.add_parameters("clock=1000000; rate=192000; period=16384");
       WAVEFORMATEX format = pcm(8, 64, 192'000);
       format.wFormatTag = WAVE_FORMAT_IEEE_FLOAT;
       constexpr DWORD kFrames = 4'096;
       constexpr DWORD kPasses = 16'500;
       Diary diary;
       Block block(std::size_t{kFrames} * format.nBlockAlign);
       block.header.dwFlags = WHDR_BEGINLOOP | WHDR_ENDLOOP;
       block.header.dwLoops = kPasses;
       const Stream stream(subject, kOut, diary, format);
       stream.queue(block);
       for (DWORD before = 0; diary.done().empty();) {
         before = stream.position_after(before);
         std::this_thread::sleep_for(std::chrono::milliseconds(1));
       }
       stream.need_position(kFrames * kPasses);
       require(stream.position(TIME_BYTES) == kFrames * kPasses * format.nBlockAlign,
               "TIME_BYTES is not the position modulo 2^32");
     },
     kThorough},
};

}  // namespace

std::span<const Entry> position_rules() { return kPositionRules; }

}  // namespace refwave::conform
