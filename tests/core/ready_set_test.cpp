#include "driver/core/handover/ready_set.h"

#include <gtest/gtest.h>

#include <numeric>
#include <thread>
#include <vector>

#include "tests/support/eventually.h"

namespace refwave::core {
namespace {

TEST(ReadySet, Finds_what_was_set_until_it_is_claimed) {
  ReadySet set;
  EXPECT_FALSE(set.any());
  for (const std::size_t index : {std::size_t{0}, std::size_t{63}, std::size_t{64}, kSlots - 1, kRetireBit}) {
    set.set(index);
    EXPECT_EQ(set.find(), index);
    EXPECT_TRUE(set.claim(index));
    EXPECT_FALSE(set.claim(index));
    EXPECT_FALSE(set.any());
  }
}

TEST(ReadySet, A_bit_has_exactly_one_claimer) {
  constexpr std::size_t kRounds = 5'000;
  ReadySet set;
  std::atomic<std::size_t> set_rounds{0};
  std::atomic<std::size_t> claims{0};
  std::vector<std::thread> claimers;
  for (int i = 0; i < 3; ++i) {
    claimers.emplace_back([&] {
      while (claims.load() < kRounds) {
        if (set.claim(5)) ++claims;
        std::this_thread::yield();
      }
    });
  }
  while (set_rounds < kRounds) {
    while (set.any()) std::this_thread::yield();
    ++set_rounds;
    set.set(5);
  }
  for (auto& claimer : claimers) claimer.join();
  EXPECT_EQ(claims.load(), kRounds);
}

TEST(Waker, Only_the_first_wake_needs_a_signal_while_the_role_is_taken) {
  Waker waker;
  EXPECT_TRUE(waker.wake_one());
  EXPECT_FALSE(waker.wake_one()) << "the role lies in the semaphore";
  waker.sleep_until_role();  // returns at once: the token is there
  EXPECT_FALSE(waker.wake_one()) << "the role is ours";
  EXPECT_FALSE(waker.take_role());
  waker.give_up_role();
  EXPECT_TRUE(waker.take_role());
}

/// The protocol's threads, with counters for clients: what Notifiers does, without streams.
struct Clients {
  static constexpr std::size_t kClients = 8;

  ReadySet ready;
  Waker waker;
  std::array<std::atomic<std::uint32_t>, kClients> pending{};
  std::array<std::uint64_t, kClients> delivered{};  // the owner's: two owners at a time would lose some
  std::atomic<std::uint64_t> total{0};
  std::atomic<std::size_t> to_retire{0};

  bool raise(std::size_t client) {
    if (pending[client].fetch_add(1, std::memory_order_acq_rel) != 0) return false;
    ready.set(client);
    return true;
  }

  void deliver(std::size_t client) {
    std::uint32_t n = 0;
    do {
      n = pending[client].load(std::memory_order_acquire);
      delivered[client] += n;
      total.fetch_add(n);
    } while (pending[client].fetch_sub(n, std::memory_order_acq_rel) != n);
  }

  /// Returns: a client claimed, or none: then the caller has no role.
  std::optional<std::size_t> search(bool has_role) {
    for (;;) {
      while (const auto found = ready.find()) {
        if (ready.claim(*found)) return found;
      }
      if (!has_role) return std::nullopt;
      waker.give_up_role();
      if (!ready.any() || !waker.take_role()) return std::nullopt;
    }
  }

  void notify() {
    for (;;) {
      waker.sleep_until_role();
      bool has_role = true;
      while (const auto client = search(has_role)) {
        if (*client == kRetireBit && to_retire.fetch_sub(1) > 1) ready.set(kRetireBit);
        if (has_role) waker.give_up_role();
        has_role = false;
        if (ready.any()) waker.wake_one();
        if (*client == kRetireBit) return;
        deliver(*client);
      }
    }
  }
};

TEST(Waker, No_raise_of_a_million_is_lost_though_each_period_signals_once_at_most) {
  constexpr std::uint64_t kAPeriod = 10;
  constexpr std::uint64_t kPeriods = 100'000;
  constexpr std::uint64_t kRaises = kAPeriod * kPeriods;
  constexpr std::size_t kNotifiers = 4;
  Clients clients;
  std::vector<std::thread> notifiers;
  for (std::size_t i = 0; i < kNotifiers; ++i) notifiers.emplace_back([&] { clients.notify(); });

  for (std::uint64_t period = 0; period < kPeriods; ++period) {
    bool raised = false;
    for (std::uint64_t i = 0; i < kAPeriod; ++i)
      raised |= clients.raise((period * 7 + i * 3) % Clients::kClients);
    if (raised) clients.waker.wake_one();
    // Let them fall asleep now and then: that is where a wake is lost.
    if (period % 100 == 0) {
      ASSERT_TRUE(test::eventually([&] { return clients.total == kAPeriod * (period + 1); }))
          << "at " << period;
    }
  }
  EXPECT_TRUE(test::eventually([&] { return clients.total == kRaises; }));

  clients.to_retire = kNotifiers;
  clients.ready.set(kRetireBit);
  clients.waker.wake_one();
  for (auto& notifier : notifiers) notifier.join();
  EXPECT_EQ(std::accumulate(clients.delivered.begin(), clients.delivered.end(), std::uint64_t{0}), kRaises);
}

TEST(Waker, One_notifier_at_a_time_sleeps_where_no_token_reaches_it) {
  Waker waker;
  EXPECT_TRUE(waker.begin_nap());
  EXPECT_FALSE(waker.begin_nap());
  waker.end_nap();
  EXPECT_TRUE(waker.begin_nap());
}

}  // namespace
}  // namespace refwave::core
