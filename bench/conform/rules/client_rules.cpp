// What clients may do: everything inside a callback; several clients, threads and lives; waveOut and waveIn.
#include <atomic>
#include <latch>
#include <map>
#include <memory>

#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

/// Effects: plays or records its blocks; none is done before all are queued.
void begin_at_once(Client& client) {
  client.stream.is_input() ? client.begin() : client.stream.queue_at_once(client.blocks);
}

/// Returns: so many short blocks and three long ones, which are queued still, however late a callback comes.
Blocks blocks_before_long_ones(std::size_t count) {
  Blocks blocks = silent_blocks(count, 480);
  for (int i = 0; i < 3; ++i) blocks.emplace_back(kVeryLong * kFrameBytes);
  return blocks;
}

constexpr Entry kClientRules[] = {
    {"WOM_DONE.may_write", "WIM_DATA.may_add",
     "a client may queue headers inside its callback; no callback is nested",
     [](Subject& subject, Direction direction) {
       constexpr std::size_t kTimes = 50;
       std::size_t reported = 0;
       Client client(subject, direction, 2, 480, [&](Client& self, const Note& note) {
         if (++reported > kTimes) return;
         self.stream.queue(note.header() == &self.blocks[0].header ? self.blocks[0] : self.blocks[1]);
       });
       begin_at_once(client);
       client.diary.need_done(kTimes + client.blocks.size());
       client.diary.need_not_nested();
       const std::vector<LPWAVEHDR> done = client.diary.done();
       for (std::size_t i = 0; i < done.size(); ++i)
         require(done[i] == &client.blocks[i % 2].header, "the headers came back in another order");
     }},
    {"WOM_DONE.may_reset", "WIM_DATA.may_reset",
     "a client may reset inside its callback; no callback is nested",
     [](Subject& subject, Direction direction) {
       Client client(subject, direction, blocks_before_long_ones(20), [](Client& self, const Note& note) {
         if (note.header() != &self.blocks[2].header) return;
         self.stream.reset();
         for (const Block& block : self.blocks)
           require(block.done(), "a header is not DONE when the reset returns");
         require(self.diary.done().size() == 3, "a message came inside the reset");
       });
       begin_at_once(client);
       client.need_all_in_order();
       client.diary.need_not_nested();
     }},
    {"WOM_DONE.may_close", "WIM_DATA.may_close",
     "a client may reset and close inside its callback; CLOSE is the last message",
     [](Subject& subject, Direction direction) {
       std::atomic<bool> closed{false};
       Client client(subject, direction, blocks_before_long_ones(3), [&](Client& self, const Note& note) {
         if (note.header() != &self.blocks[2].header) return;
         require_result(self.stream.close(), WAVERR_STILLPLAYING, "CLOSE with headers queued");
         self.stream.reset();
         require_ok(self.stream.close(), "CLOSE");
         require(self.diary.all().back().message == messages_of(direction).closed,
                 "CLOSE was not reported last");
         closed = true;
       });
       begin_at_once(client);  // what is written after the close is refused
       require(eventually([&] { return closed.load(); }), "CLOSE does not return");
       client.diary.need_idle();
       let_pass(subject, direction, kSecond / 20);
       client.diary.need_in_order(client.blocks);
       require(client.diary.all().back().message == messages_of(direction).closed,
               "CLOSE was not reported last");
     }},
    {"WOM_DONE.may_ask", "a client may ask, pause, restart and write to other streams inside its callback",
     [](Subject& subject) {
       Client other(subject, kOut, 1, 480);
       Client client(subject, kOut, 5, 480, [&](Client& self, const Note& note) {
         const Stream& stream = self.stream;
         stream.position();
         stream.pause();
         // Not every driver has these.
         stream.send(WODM_SETVOLUME, 0x80008000);
         stream.send(WODM_SETPLAYBACKRATE, 0x18000);
         stream.send(WODM_SETPITCH, 0xC000);
         stream.restart();
         stream.must_send(WODM_BREAKLOOP, "WODM_BREAKLOOP");
         if (note.header() == &self.blocks[0].header) other.queue();
       });
       client.run();
       other.need_all();
     }},
    {"WOM_DONE.may_open", "a client may open, play and close another stream inside its callback",
     [](Subject& subject) {
       Client(subject, kOut, 5, 480, [&](Client&, const Note&) { play_something(subject); }).run();
     }},
    // A player of several files: the end of one stream opens the next.
    {"WOM_DONE.may_follow", "a client may open the next stream inside its callback, and close its own",
     [](Subject& subject) {
       constexpr std::size_t kNested = 5;
       Diary diaries[kNested];
       Blocks blocks = silent_blocks(kNested, 480);
       std::unique_ptr<Stream> streams[kNested];
       const auto start = [&](std::size_t i) {
         streams[i] = std::make_unique<Stream>(subject, kOut, diaries[i]);
         streams[i]->queue(blocks[i]);
       };
       std::latch first_is_known{1};
       for (std::size_t i = 0; i < kNested; ++i) {
         diaries[i].reaction = [&, i](const Note& note) {
           if (note.message != WOM_DONE) return;
           first_is_known.wait();
           if (i + 1 < kNested) start(i + 1);
           require_ok(streams[i]->close(), "CLOSE");
         };
       }
       start(0);
       first_is_known.count_down();
       diaries[kNested - 1].need_done(1);
       for (const Diary& diary : diaries) diary.need_idle();
       for (const Diary& diary : diaries)
         require(diary.size() == 3, "not OPEN, DONE and CLOSE of each stream came");
     }},
    // The other stream is paused, so that no callback of its own can be running.
    {"WOM_DONE.may_close_another", "a client may reset and close another stream inside its callback",
     [](Subject& subject) {
       Client other(subject, kOut, 30, 480);
       other.stream.pause();
       other.queue();
       Client client(subject, kOut, 1, 480, [&](Client&, const Note&) {
         other.stream.reset();
         other.diary.need_in_order(other.blocks);
         require_ok(other.stream.close(), "CLOSE of another stream");
       });
       client.run();
       require(other.diary.all().back().message == WOM_CLOSE, "WOM_CLOSE was not the last");
       other.diary.need_not_nested();
     }},
    {"WOM_DONE.may_close_at_end", "WIM_DATA.may_close_at_end", "a client may close inside its last callback",
     [](Subject& subject, Direction direction) {
       std::atomic<bool> closed{false};
       Client client(subject, direction, 3, 480, [&](Client& self, const Note& note) {
         if (note.header() != &self.blocks[2].header) return;
         require_ok(self.stream.close(), "CLOSE in the last callback");
         closed = true;
       });
       client.begin();
       require(eventually([&] { return closed.load(); }), "CLOSE does not return");
       client.diary.need_idle();
       client.diary.need_in_order(client.blocks);
     }},
};

/// Streams that run side by side, each with a client of its own.
struct Crowd {
  Crowd(Subject& subject, Direction direction, std::size_t count, std::size_t blocks_each, DWORD frames) {
    for (std::size_t i = 0; i < count; ++i)
      clients.emplace_back(subject, direction, blocks_each, frames + i).begin();
  }
  void need_all_in_order() {
    for (Client& client : clients) client.need_all_in_order();
  }

  std::deque<Client> clients;
};

constexpr Entry kCrowdRules[] = {
    {"Crowd.writers", "several threads may write to one stream; each one's headers keep their order",
     [](Subject& subject) {
       constexpr std::size_t kWriters = 4;
       constexpr std::size_t kEach = 100;
       Diary diary;
       Blocks blocks[kWriters];
       for (Blocks& own : blocks) own = silent_blocks(kEach, 60);
       const Stream stream(subject, kOut, diary);
       stream.pause();
       std::vector<std::thread> writers;
       writers.reserve(kWriters);
       for (Blocks& own : blocks) writers.emplace_back([&stream, &own] { stream.queue(own); });
       for (std::thread& writer : writers) writer.join();
       stream.restart();
       diary.need_done(kWriters * kEach);
       std::map<LPWAVEHDR, std::size_t> writer_of;
       for (std::size_t i = 0; i < kWriters; ++i) {
         for (LPWAVEHDR header : addresses_of(blocks[i])) writer_of[header] = i;
       }
       std::vector<LPWAVEHDR> told_of[kWriters];
       for (LPWAVEHDR header : diary.done()) told_of[writer_of.at(header)].push_back(header);
       for (std::size_t i = 0; i < kWriters; ++i)
         require(told_of[i] == addresses_of(blocks[i]), "one writer's headers came back in another order");
     }},
    // Returned by a reset or played to its end, each header comes back once, in the order of the writes.
    {"Crowd.reset", "a thread may reset while another writes; each header comes back once, in order",
     [](Subject& subject) {
       Client client(subject, kOut, 200, 60);
       std::atomic<bool> written{false};
       std::thread writer([&] {
         client.queue();
         written = true;
       });
       while (!written) client.stream.reset();
       writer.join();
       client.need_all();
       let_pass(subject, kOut, kSecond / 20);
       client.diary.need_in_order(client.blocks);
     }},
    // Two clients that each reset the other, over and over.
    {"Crowd.each_other", "two clients may reset each other inside their callbacks; none is nested",
     [](Subject& subject) {
       constexpr int kWrites = 400;
       Diary diaries[2];
       Blocks blocks[2] = {silent_blocks(6, 100), silent_blocks(6, 101)};
       std::atomic<const Stream*> streams[2] = {nullptr, nullptr};
       std::atomic<int> written{12};
       for (int i = 0; i < 2; ++i) {
         diaries[i].reaction = [&, i](const Note& note) {
           if (note.message != WOM_DONE) return;
           if (note.header() == &blocks[i][3].header) streams[1 - i].load()->reset();
           if (written.fetch_add(1) >= kWrites) return;
           require_ok(streams[i].load()->send_header(WODM_WRITE, note.header()), "WODM_WRITE");
         };
       }
       const Stream first(subject, kOut, diaries[0]);
       const Stream second(subject, kOut, diaries[1]);
       streams[0] = &first;
       streams[1] = &second;
       first.queue(blocks[0]);
       second.queue(blocks[1]);
       const auto all_done = [&] { return diaries[0].done().size() + diaries[1].done().size() == kWrites; };
       require(eventually(all_done), "not all headers came back");
       for (const Diary& diary : diaries) {
         diary.need_idle();
         diary.need_not_nested();
       }
     }},
    {"Crowd.resume", "no stream loses a header when the devices are enumerated again",
     [](Subject& subject) {
       Crowd crowd(subject, kOut, 4, 10, kSecond / 10);
       crowd.clients[0].diary.need_done(1);
       for (int i = 0; i < 3; ++i) subject.send(DRV_POWER);
       crowd.need_all_in_order();
     }},
    {"Crowd.readers", "several threads may ask for one position, and none sees it decrease",
     [](Subject& subject) {
       Client client(subject, kOut, 30, 3'001);
       std::atomic<bool> over{false};
       std::vector<std::thread> readers;
       readers.reserve(3);
       for (int i = 0; i < 3; ++i) {
         readers.emplace_back([&] {
           for (DWORD before = 0; !over;) {
             before = client.stream.position_after(before);
             require(before <= 30 * 3'001, "the position is beyond what was queued");
           }
         });
       }
       client.run();
       over = true;
       for (std::thread& reader : readers) reader.join();
     }},
    {"Crowd.outputs", "Crowd.inputs", "64 streams play or record at the same time, and all finish",
     [](Subject& subject, Direction direction) {
       Crowd crowd(subject, direction, 64, 4, 480);
       crowd.need_all_in_order();
     }},
    // What the blocked client's callback uses is static: it outlives the rule.
    {"Crowd.blocked_client", "a client that blocks in its callback delays no other client and no close",
     [](Subject& subject) {
       static std::atomic<bool> inside{false}, may_return{false};
       static Diary blocked;
       static Block block(480 * kFrameBytes);
       blocked.reaction = [](const Note& note) {
         if (note.message != WOM_DONE) return;
         inside = true;
         while (!may_return) std::this_thread::sleep_for(std::chrono::milliseconds(1));
       };
       const Stream stream(subject, kOut, blocked);
       stream.queue(block);
       require(eventually([] { return inside.load(); }), "no header is reported");
       for (int i = 0; i < 5; ++i) play_something(subject);
       may_return = true;
     }},
    {"Crowd.lives", "load, open, play, close and free leave no thread and no file behind",
     [](Subject& subject) {
       for (int i = 0; i < 3; ++i) {  // after these everything that is kept for ever exists
         play_something(subject);
         subject.unload();
       }
       const std::size_t threads = threads_alive(subject.file());
       const std::size_t files = files_open();
       for (int i = 0; i < 20; ++i) {
         play_something(subject);
         subject.unload();
       }
       if (!eventually([&] { return threads_alive(subject.file()) == threads; }))
         require_equal(threads_alive(subject.file()), threads, "the number of threads");
       require_equal(files_open(), files, "the number of open files");
     }},
    {"Crowd.waveOut", "the driver plays through waveOut",
     [](Subject& subject) {
       subject.need_device(kOut);
       Diary diary;
       Block block(4'800 * kFrameBytes);
       const WAVEFORMATEX format = usual_format();
       HWAVEOUT out = nullptr;
       require_ok(
           waveOutOpen(&out, WAVE_MAPPER, &format, to(diary).callback, to(diary).instance, CALLBACK_FUNCTION),
           "waveOutOpen");
       require_ok(waveOutPrepareHeader(out, &block.header, sizeof(WAVEHDR)), "waveOutPrepareHeader");
       require_ok(waveOutWrite(out, &block.header, sizeof(WAVEHDR)), "waveOutWrite");
       diary.need_done(1);
       require_ok(waveOutUnprepareHeader(out, &block.header, sizeof(WAVEHDR)), "waveOutUnprepareHeader");
       require_ok(waveOutClose(out), "waveOutClose");
       for (const Note& note : diary.all())
         require(note.device == reinterpret_cast<HDRVR>(out),
                 "a message came with another handle than waveOutOpen's");
     }},
    {"Crowd.waveIn", "the driver records through waveIn",
     [](Subject& subject) {
       subject.need_device(kIn);
       Diary diary;
       Block block(4'800 * kFrameBytes);
       const WAVEFORMATEX format = usual_format();
       HWAVEIN in = nullptr;
       require_ok(
           waveInOpen(&in, WAVE_MAPPER, &format, to(diary).callback, to(diary).instance, CALLBACK_FUNCTION),
           "waveInOpen");
       require_ok(waveInPrepareHeader(in, &block.header, sizeof(WAVEHDR)), "waveInPrepareHeader");
       require_ok(waveInAddBuffer(in, &block.header, sizeof(WAVEHDR)), "waveInAddBuffer");
       require_ok(waveInStart(in), "waveInStart");
       diary.need_done(1);
       require_ok(waveInUnprepareHeader(in, &block.header, sizeof(WAVEHDR)), "waveInUnprepareHeader");
       require_ok(waveInClose(in), "waveInClose");
     }},
};

}  // namespace

std::span<const Entry> client_rules() { return kClientRules; }
std::span<const Entry> crowd_rules() { return kCrowdRules; }

}  // namespace refwave::conform
