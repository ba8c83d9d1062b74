// REFWAVE_GET_STATISTICS: what refwave counts.
#include "bench/conform/client/client.h"
#include "bench/conform/rules/rules.h"
#include "driver/winmm/refwave.h"

namespace refwave::conform {
namespace {

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
  const bool right = eventually(counted);
  const REFWAVE_STATISTICS now = statistics_of(subject);
  require(right, std::to_string(now.ullMessages) + " messages and " + std::to_string(now.ullUndelivered) +
                     " undelivered are counted, and not " + std::to_string(delivered) + " and " +
                     std::to_string(undelivered));
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

std::span<const Entry> statistics_rules() { return kStatisticsRules; }

}  // namespace refwave::conform
