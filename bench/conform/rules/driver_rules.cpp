// DriverProc: the driver as a module of its host; and what refwave counts.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "bench/conform/rules/rules.h"
#include "driver/winmm/refwave.h"

namespace refwave::conform {
namespace {

/// Does not wait: a thread that ends later may run unloaded code. Only an emulator's threads end some
/// microseconds after the threads that they emulate have been joined.
void require_threads(const Subject& subject, std::size_t count, const std::string& message) {
  constexpr int kNaps = REFWAVE_EMULATED ? 20 : 0;
  std::size_t alive = threads_alive(subject.file());
  for (int i = 0; i < kNaps && alive != count; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    alive = threads_alive(subject.file());
  }
  require(alive == count, "when " + message + " returns " + std::to_string(alive) +
                              " threads are alive; before the load there were " + std::to_string(count));
}

template <UINT kMessage>
void answers_a_result(Subject& subject) {
  if (kMessage == DRV_CONFIGURE && subject.send(DRV_QUERYCONFIGURE) != 0)
    not_applicable("it has a dialog, which would be shown");
  const LRESULT answer = subject.send(kMessage);
  require(answer == DRVCNF_OK || answer == DRVCNF_CANCEL || answer == DRVCNF_RESTART,
          "another answer than DRVCNF_OK, _CANCEL or _RESTART");
}

constexpr Entry kDriverRules[] = {
    // The process of this rule is the program: it returns from main, and the time that it has for its end is
    // the
    // rule's.
    {"Process.ends", "lets a program that has closed its stream return from main without DRV_DISABLE",
     [](Subject& subject) {
       play_something(subject);
       subject.leave_loaded();
     }},
    // What the driver goes on to use is never destroyed.
    {"Process.ends_playing", "lets a program return from main while its stream plays",
     [](Subject& subject) {
       static auto& diary = *new Diary;
       static auto& blocks = *new Blocks;
       for (const std::size_t frames : {std::size_t{480}, std::size_t{kVeryLong}})
         blocks.emplace_back(frames * kFrameBytes);
       static const auto& stream = *new Stream(subject, kOut, diary);
       stream.queue(blocks);
       diary.need_done(1);
       // The usual mistake destroys what a thread of the driver waits for. No message says that it waits
       // again.
       std::this_thread::sleep_for(std::chrono::milliseconds(100));
       subject.leave_loaded();
     }},
    {"DRV_LOAD.answers_1", "answers exactly 1 to a handle of 0",
     [](Subject& subject) {
       const Module module(subject.file());
       require_equal(module.driver_proc()(0, nullptr, DRV_LOAD, 0, 0), 1, "the answer to DRV_LOAD");
     }},
    {"DRV_LOAD.starts_nothing", "neither being loaded nor DRV_LOAD starts a thread",
     [](Subject& subject) {
       const std::size_t before = threads_alive(subject.file());
       const Module module(subject.file());
       require(threads_alive(subject.file()) == before, "bringing the file into memory started a thread");
       module.driver_proc()(0, nullptr, DRV_LOAD, 0, 0);
       require(threads_alive(subject.file()) == before, "DRV_LOAD started a thread");
     }},
    {"DRV_ENABLE.again", "works again after DRV_DISABLE, any number of times",
     [](Subject& subject) {
       play_something(subject);
       for (int i = 0; i < 3; ++i) {
         subject.send(DRV_DISABLE);
         subject.send(DRV_ENABLE);
         require(subject.send_open() != 0, "DRV_OPEN was refused after DRV_DISABLE and DRV_ENABLE");
         play_something(subject);
       }
     }},
    {"DRV_ENABLE.answers_1", "answers 1, the second time too, and so does DRV_DISABLE",
     [](Subject& subject) {
       require_equal(subject.send(DRV_ENABLE), 1, "the answer to the second DRV_ENABLE");
       play_something(subject);
       for (int i = 0; i < 2; ++i) require_equal(subject.send(DRV_DISABLE), 1, "the answer to DRV_DISABLE");
       require_equal(subject.send(DRV_ENABLE), 1, "the answer to DRV_ENABLE");
     },
     kOurs},
    // Neither the load nor what programs ask for before they play.
    {"DRV_ENABLE.starts_nothing", "starts no thread, nor do GETDEVCAPS and a query; the first stream does",
     [](Subject& subject) {
       const std::size_t before = threads_alive(subject.file());
       WAVEOUTCAPSW caps{};
       subject.ask(kOut, WODM_GETDEVCAPS, 0, reinterpret_cast<DWORD_PTR>(&caps), sizeof(caps));
       const WAVEFORMATEX format = usual_format();
       Opener(subject, kOut).query(&format);
       require(threads_alive(subject.file()) == before, "a thread was started before the first stream");
     },
     kOurs},
    {"DRV_DISABLE.twice", "is harmless the second time",
     [](Subject& subject) {
       play_something(subject);
       for (int i = 0; i < 2; ++i) subject.send(DRV_DISABLE);
       subject.send(DRV_ENABLE);
       require(subject.send_open() != 0, "DRV_OPEN was refused afterwards");
       play_something(subject);
     }},
    {"DRV_DISABLE.ends_streams", "ends open streams cleanly: what is queued is DONE",
     [](Subject& subject) {
       Client client(subject, kOut, 4, kSecond / 4);
       client.queue();
       subject.send(DRV_DISABLE);
       for (const Block& block : client.blocks)
         require(block.done(), "a queued header is not DONE when DRV_DISABLE returns");
     }},
    // What is queued on an output and an input when the driver goes, and an output with nothing queued.
    {"DRV_DISABLE.tells", "reports each queued header once, in order, and the close, before it returns",
     [](Subject& subject) {
       Client player(subject, kOut, 5, kSecond / 4);
       Client listener(subject, kIn, 40, kSecond / 4);
       Client idle(subject, kOut, 0, 0);
       player.queue();
       listener.begin();
       subject.send(DRV_DISABLE);
       for (Client* client : {&player, &listener, &idle}) {
         client->diary.need_idle();
         client->diary.need_in_order(client->blocks);
         const UINT last = client->diary.all().back().message;
         require(last == WOM_CLOSE || last == WIM_CLOSE, message_name(last) + " came last");
       }
       require_result(player.stream.write(player.blocks.front()), MMSYSERR_NOTENABLED,
                      "WODM_WRITE afterwards");
     },
     kOurs},
    // In the callbacks that DRV_DISABLE makes itself.
    {"DRV_DISABLE.inside", "inside a callback of its own does nothing, and DRV_ENABLE answers 0 there",
     [](Subject& subject) {
       Diary diary;
       Blocks blocks = silent_blocks(3, kVeryLong);
       diary.reaction = [&](const Note& note) {
         if (note.message == WOM_OPEN) return;
         require_equal(subject.send(DRV_DISABLE), 1,
                       "the answer to DRV_DISABLE inside a callback of DRV_DISABLE");
         require_equal(subject.send(DRV_ENABLE), 0,
                       "the answer to DRV_ENABLE inside a callback of DRV_DISABLE");
       };
       const Stream stream(subject, kOut, diary);
       stream.pause();
       stream.queue(blocks);
       require_equal(subject.send(DRV_DISABLE), 1, "the answer to DRV_DISABLE");
       diary.need_in_order(blocks);
       diary.need_not_nested();
       require(diary.all().back().message == WOM_CLOSE, "WOM_CLOSE was not the last");
       require_equal(subject.send(DRV_ENABLE), 1, "the answer to DRV_ENABLE afterwards");
     },
     kOurs},
    // With a stream open, with headers queued, and with a client that is still in its callback: the thread
    // that
    // called it continues in the driver's code. What the callback uses is static: it may outlive the rule.
    {"DRV_DISABLE.ends_threads", "ends every thread of the driver",
     [](Subject& subject) {
       static std::atomic<bool> inside{false};
       static Diary diary;
       static Blocks blocks = silent_blocks(4, kSecond / 4);
       const std::size_t before = threads_alive(subject.file());
       diary.reaction = [](const Note& note) {
         if (note.message != WOM_DONE) return;
         inside = true;
         std::this_thread::sleep_for(std::chrono::milliseconds(100));
         inside = false;
       };
       const Stream stream(subject, kOut, diary);
       stream.queue(blocks);
       require(eventually([] { return inside.load(); }), "no header is reported");
       subject.send(DRV_DISABLE);
       require(!inside, "a thread is still in its client's callback, and will return into the driver's code");
       require_threads(subject, before, "DRV_DISABLE");
     }},
    {"DRV_OPEN.identifies_each", "answers an identifier other than 0, different for each instance",
     [](Subject& subject) {
       const DRIVERPROC proc = subject.driver_proc();
       std::set<LRESULT> identifiers;
       for (int i = 0; i < 4; ++i) identifiers.insert(proc(0, subject.handle(), DRV_OPEN, 0, i));
       require(!identifiers.contains(0), "DRV_OPEN answered 0");
       require(identifiers.size() == 4, "two instances have the same identifier");
     }},
    {"DRV_OPEN.any_string", "takes a string of unknown settings, an empty one, and none",
     [](Subject& subject) {
       constexpr std::string_view kUnknown = "such=a key is; not = known";
       const WideText none;
       const WideText unknown(kUnknown.begin(), kUnknown.end());
       for (const WCHAR* text : {static_cast<const WCHAR*>(nullptr), none.c_str(), unknown.c_str()})
         require(subject.send(DRV_OPEN, reinterpret_cast<LPARAM>(text)) != 0, "DRV_OPEN refused its string");
       play_something(subject);
     }},
    {"DRV_CLOSE.one_instance", "answers 1 and ends that instance alone",
     [](Subject& subject) {
       const DRIVERPROC proc = subject.driver_proc();
       const LRESULT other = proc(0, subject.handle(), DRV_OPEN, 0, 0);
       require_equal(proc(static_cast<DWORD_PTR>(other), subject.handle(), DRV_CLOSE, 0, 0), 1,
                     "the answer to DRV_CLOSE");
       play_something(subject);
     }},
    {"DRV_FREE.answers_1", "answers 1",
     [](Subject& subject) {
       const Module module(subject.file());
       const DRIVERPROC proc = module.driver_proc();
       for (const UINT message : std::initializer_list<UINT>{DRV_LOAD, DRV_ENABLE, DRV_DISABLE})
         proc(0, nullptr, message, 0, 0);
       require_equal(proc(0, nullptr, DRV_FREE, 0, 0), 1, "the answer to DRV_FREE");
     }},
    {"DRV_FREE.no_thread", "leaves no thread behind that would run unloaded code",
     [](Subject& subject) {
       const std::size_t before = threads_alive(subject.file());
       play_something(subject);
       subject.unload();
       require_threads(subject, before, "DRV_FREE");
     }},
    {"DRV_INSTALL.answer", "answers DRVCNF_OK, DRVCNF_CANCEL or DRVCNF_RESTART",
     answers_a_result<DRV_INSTALL>},
    {"DRV_REMOVE.answer", "answers DRVCNF_OK, DRVCNF_CANCEL or DRVCNF_RESTART", answers_a_result<DRV_REMOVE>},
    {"DRV_CONFIGURE.answer", "answers DRVCNF_OK, DRVCNF_CANCEL or DRVCNF_RESTART where there is no dialog",
     answers_a_result<DRV_CONFIGURE>},
    {"DRV_POWER.loses_nothing", "answers not 0, and every header still comes back, in order",
     [](Subject& subject) {
       Client client(subject, kOut, 5, kSecond / 5);
       client.queue();
       client.diary.need_done(1);
       for (int i = 0; i < 4; ++i) require(subject.send(DRV_POWER) != 0, "DRV_POWER answered 0");
       client.need_all_in_order();
     }},
    {"DriverProc.unknown", "gives DRV_EXITSESSION, DRV_PNPINSTALL and what it does not know to DefDriverProc",
     [](Subject& subject) {
       for (const UINT message : {UINT{0}, UINT{DRV_EXITSESSION}, UINT{DRV_PNPINSTALL}, UINT{0x0C},
                                  UINT{0x7FF}, UINT{DRV_USER - 1}, UINT{0xFFFF}, UINT{0xFFFFFFFF}}) {
         const LRESULT expected = DefDriverProc(0, subject.handle(), message, 0, 0);
         require_equal(subject.send(message), expected, "the answer to message " + std::to_string(message));
       }
     }},
    {"DriverProc.pointer_width", "reads its parameters in a pointer's full width",
     [](Subject& subject) {
       const HighPage page;
       if (page.data() == nullptr) not_applicable("addresses have 32 bits here");
       std::ranges::copy(WideText(64, WCHAR{' '}),
                         static_cast<WCHAR*>(page.data()));  // the rest of the page is 0
       const auto address = reinterpret_cast<LPARAM>(page.data());
       const LRESULT identifier = subject.driver_proc()(0, subject.handle(), DRV_OPEN, address, address);
       require(identifier != 0, "DRV_OPEN answered 0");
     }},
};

/// Returns: the statistics of the whole driver.
REFWAVE_STATISTICS statistics_of(Subject& subject) {
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof(statistics);
  subject.send(REFWAVE_GET_STATISTICS, reinterpret_cast<LPARAM>(&statistics));
  return statistics;
}

/// Effects: plays five blocks for that client, and ends the rule as broken unless so many messages were
/// counted as delivered, and so many as undelivered.
void need_messages(Subject& subject, const Wish& wish, std::size_t delivered, std::size_t undelivered) {
  Blocks blocks = silent_blocks(5, 480);
  const Stream stream(subject, kOut, wish);
  if (wish.flags == CALLBACK_WINDOW) destroy_window(reinterpret_cast<HWND>(wish.callback));
  stream.queue(blocks);
  need_done(blocks);
  const auto counted = [&] {
    const REFWAVE_STATISTICS now = statistics_of(subject);
    return now.ullMessages == delivered && now.ullUndelivered == undelivered;
  };
  if (eventually(counted)) return;
  const REFWAVE_STATISTICS now = statistics_of(subject);
  require_equal(now.ullMessages, delivered, "the number of messages that are counted");
  require_equal(now.ullUndelivered, undelivered, "the number of undelivered ones");
}

constexpr Entry kStatisticsRules[] = {
    {"REFWAVE_GET_STATISTICS.counts", "counts the blocks and messages of a stream",
     [](Subject& subject) {
       Client client(subject, kOut, 7, 480);
       client.run();
       REFWAVE_STATISTICS statistics{};
       statistics.cbSize = sizeof(statistics);
       const auto ask = [&] {
         client.stream.must_send(REFWAVE_GET_STATISTICS, "REFWAVE_GET_STATISTICS",
                                 reinterpret_cast<DWORD_PTR>(&statistics));
         return statistics.ullMessages;
       };
       require(eventually([&] { return ask() == client.blocks.size(); }), "the messages are not counted");
       require(statistics.ullBlocks == client.blocks.size(), "the blocks are not counted");
       require(statistics.ullUndelivered == 0, "undelivered messages are counted");
     },
     kOurs},
    // The driver's sum keeps what closed streams counted.
    {"REFWAVE_GET_STATISTICS.sums", "keeps in the driver's sum what closed streams counted",
     [](Subject& subject) {
       constexpr ULONGLONG kLives = 3;
       for (ULONGLONG i = 0; i < kLives; ++i) play_something(subject);
       const REFWAVE_STATISTICS sum = statistics_of(subject);
       require(sum.ullBlocks == kLives * 3 && sum.ullMessages == kLives * 3,
               "what closed streams counted is gone");
       require(sum.ullUndelivered == 0, "undelivered messages are counted");
       require(sum.dwSlotsInUse == 0, "closed streams are still counted as open");
     },
     kOurs},
    {"REFWAVE_GET_STATISTICS.short", "fills no more than cbSize bytes, for programs that know fewer",
     [](Subject& subject) {
       subject.need_device(kOut);
       REFWAVE_STATISTICS statistics{};
       statistics.cbSize = offsetof(REFWAVE_STATISTICS, ullXruns);
       statistics.ullXruns = statistics.ullReanchors = 77;
       const auto ask = [&] {
         require(
             subject.send(REFWAVE_GET_STATISTICS, reinterpret_cast<LPARAM>(&statistics)) == MMSYSERR_NOERROR,
             "it is refused");
       };
       ask();
       require(statistics.ullXruns == 77 && statistics.ullReanchors == 77, "it wrote beyond cbSize");
       statistics.cbSize = sizeof(statistics);
       ask();
       require(statistics.ullXruns == 0 && statistics.ullReanchors == 0, "it did not fill all of it");
     },
     kOurs},
    {"REFWAVE_GET_STATISTICS.no_client", "counts nothing as undelivered for CALLBACK_NULL",
     [](Subject& subject) { need_messages(subject, {}, 5, 0); }, kOurs},
    {"REFWAVE_GET_STATISTICS.gone_window", "counts messages to a window that no longer exists",
     [](Subject& subject) {
       need_messages(subject, {reinterpret_cast<DWORD_PTR>(create_window()), 0, CALLBACK_WINDOW}, 0, 5);
     },
     kOurs},
    // Room for WOM_OPEN and two more.
    {"REFWAVE_GET_STATISTICS.full_queue", "counts messages that do not fit in a thread's queue",
     [](Subject& subject) {
       if (!bound_queue(3)) not_applicable("a thread's queue has no bound here");
       need_messages(subject, {GetCurrentThreadId(), 0, CALLBACK_THREAD}, 2, 3);
     },
     kOurs},
};

}  // namespace

std::span<const Entry> driver_rules() { return kDriverRules; }
std::span<const Entry> statistics_rules() { return kStatisticsRules; }

}  // namespace refwave::conform
