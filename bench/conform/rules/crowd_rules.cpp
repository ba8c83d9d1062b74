// Several clients, several threads, several lives; and the driver as part of waveOut and waveIn.
#include <atomic>
#include <map>

#include "bench/conform/client/client.h"
#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

void several_writers(Subject& subject) {
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
}

/// Returned by a reset or played to its end, each header comes back once, in the order of the writes.
void reset_while_another_writes(Subject& subject) {
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
}

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

void resume_loses_nothing(Subject& subject) {
  Crowd crowd(subject, kOut, 4, 10, kSecond / 10);
  crowd.clients[0].diary.need_done(1);
  for (int i = 0; i < 3; ++i) subject.send(DRV_POWER);
  crowd.need_all_in_order();
}

void several_readers(Subject& subject) {
  Client client(subject, kOut, 30, 3'001);
  std::atomic<bool> over{false};
  std::vector<std::thread> readers;
  readers.reserve(3);
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      for (DWORD before = 0; !over;) {
        const DWORD now = client.stream.position();
        require(now >= before,
                "the position goes from " + std::to_string(before) + " back to " + std::to_string(now));
        require(now <= 30 * 3'001, "the position is beyond what was queued");
        before = now;
      }
    });
  }
  client.run();
  over = true;
  for (std::thread& reader : readers) reader.join();
}

void sixty_four_streams(Subject& subject, Direction direction) {
  Crowd crowd(subject, direction, 64, 4, 480);
  crowd.need_all_in_order();
}

/// What the blocked client's callback uses is static: it outlives the rule.
void blocked_client_delays_no_other(Subject& subject) {
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
}

void lives_leave_nothing(Subject& subject) {
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
  require(eventually([&] { return threads_alive(subject.file()) == threads; }),
          std::to_string(threads_alive(subject.file())) + " threads are alive, and " +
              std::to_string(threads) + " were before");
  require(files_open() == files,
          std::to_string(files_open()) + " files are open, and " + std::to_string(files) + " were before");
}

void need(MMRESULT result, std::string_view what) { require_result(result, MMSYSERR_NOERROR, what); }

void plays_through_winmm(Subject& subject) {
  subject.need_device(kOut);
  Diary diary;
  Block block(4'800 * kFrameBytes);
  const WAVEFORMATEX format = usual_format();
  HWAVEOUT out = nullptr;
  need(waveOutOpen(&out, WAVE_MAPPER, &format, to(diary).callback, to(diary).instance, CALLBACK_FUNCTION),
       "waveOutOpen");
  need(waveOutPrepareHeader(out, &block.header, sizeof(WAVEHDR)), "waveOutPrepareHeader");
  need(waveOutWrite(out, &block.header, sizeof(WAVEHDR)), "waveOutWrite");
  diary.need_done(1);
  need(waveOutUnprepareHeader(out, &block.header, sizeof(WAVEHDR)), "waveOutUnprepareHeader");
  need(waveOutClose(out), "waveOutClose");
  for (const Note& note : diary.all())
    require(note.device == reinterpret_cast<HDRVR>(out),
            "a message came with another handle than waveOutOpen's");
}

void records_through_winmm(Subject& subject) {
  subject.need_device(kIn);
  Diary diary;
  Block block(4'800 * kFrameBytes);
  const WAVEFORMATEX format = usual_format();
  HWAVEIN in = nullptr;
  need(waveInOpen(&in, WAVE_MAPPER, &format, to(diary).callback, to(diary).instance, CALLBACK_FUNCTION),
       "waveInOpen");
  need(waveInPrepareHeader(in, &block.header, sizeof(WAVEHDR)), "waveInPrepareHeader");
  need(waveInAddBuffer(in, &block.header, sizeof(WAVEHDR)), "waveInAddBuffer");
  need(waveInStart(in), "waveInStart");
  diary.need_done(1);
  need(waveInUnprepareHeader(in, &block.header, sizeof(WAVEHDR)), "waveInUnprepareHeader");
  need(waveInClose(in), "waveInClose");
}

/// Two clients that each reset the other, over and over.
void clients_reset_each_other(Subject& subject) {
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
      require_result(streams[i].load()->send_header(WODM_WRITE, note.header()), MMSYSERR_NOERROR,
                     "WODM_WRITE");
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
}

constexpr Entry kCrowdRules[] = {
    {"Crowd.writers", "several threads may write to one stream; each one's headers keep their order",
     several_writers},
    {"Crowd.reset", "a thread may reset while another writes; each header comes back once, in order",
     reset_while_another_writes},
    {"Crowd.each_other", "two clients may reset each other inside their callbacks; none is nested",
     clients_reset_each_other},
    {"Crowd.resume", "no stream loses a header when the devices are enumerated again", resume_loses_nothing},
    {"Crowd.readers", "several threads may ask for one position, and none sees it decrease", several_readers},
    {"Crowd.outputs", "Crowd.inputs", "64 streams play or record at the same time, and all finish",
     sixty_four_streams},
    {"Crowd.blocked_client", "a client that blocks in its callback delays no other client and no close",
     blocked_client_delays_no_other},
    {"Crowd.lives", "load, open, play, close and free leave no thread and no file behind",
     lives_leave_nothing},
    {"Crowd.waveOut", "the driver plays through waveOut", plays_through_winmm},
    {"Crowd.waveIn", "the driver records through waveIn", records_through_winmm},
};

}  // namespace

std::span<const Entry> crowd_rules() { return kCrowdRules; }

}  // namespace refwave::conform
