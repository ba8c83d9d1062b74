// The classic shapes, each with orders that allow its weak outcome and with orders that forbid it.
#include "hal/system/threads.h"
#include "tests/memory_model/litmus.h"

namespace refwave::memory_model::litmus {
namespace {

using enum std::memory_order;
using Order = std::memory_order;

template <Order kOrder>
void x_one(Shared& shared) {
  shared.x.store(1, kOrder);
}
template <Order kOrder>
void y_one(Shared& shared) {
  shared.y.store(1, kOrder);
}
template <Order kStore, Order kLoad>
void store_x_load_y(Shared& shared) {
  shared.x.store(1, kStore);
  shared.r[0] = shared.y.load(kLoad);
}
template <Order kStore, Order kLoad>
void store_y_load_x(Shared& shared) {
  shared.y.store(1, kStore);
  shared.r[1] = shared.x.load(kLoad);
}
void fenced_x_y(Shared& shared) {
  shared.x.store(1, relaxed);
  std::atomic_thread_fence(seq_cst);
  shared.r[0] = shared.y.load(relaxed);
}
void fenced_for_all_x_y(Shared& shared) {
  shared.x.store(1, relaxed);
  hal::fence_all_threads();
  shared.r[0] = shared.y.load(relaxed);
}
void fenced_y_x(Shared& shared) {
  shared.y.store(1, relaxed);
  std::atomic_thread_fence(seq_cst);
  shared.r[1] = shared.x.load(relaxed);
}

template <Order kStore>
void send(Shared& shared) {
  shared.x.store(1, relaxed);
  shared.y.store(1, kStore);
}
template <Order kLoad>
void receive(Shared& shared) {
  shared.r[0] = shared.y.load(kLoad);
  shared.r[1] = shared.x.load(relaxed);
}
void send_fenced(Shared& shared) {
  shared.x.store(1, relaxed);
  std::atomic_thread_fence(release);
  shared.y.store(1, relaxed);
}
void receive_fenced(Shared& shared) {
  shared.r[0] = shared.y.load(relaxed);
  std::atomic_thread_fence(acquire);
  shared.r[1] = shared.x.load(relaxed);
}
template <Order kStore>
void send_plain(Shared& shared) {
  shared.plain = 1;
  shared.y.store(1, kStore);
}
template <Order kLoad>
void receive_plain(Shared& shared) {
  if (shared.y.load(kLoad) == 1) shared.r[0] = shared.plain;
}

template <Order kLoad, Order kStore>
void load_x_store_y(Shared& shared) {
  shared.r[0] = shared.x.load(kLoad);
  shared.y.store(1, kStore);
}
template <Order kLoad, Order kStore>
void load_y_store_x(Shared& shared) {
  shared.r[1] = shared.y.load(kLoad);
  shared.x.store(1, kStore);
}

template <Order kLoad, std::size_t kFirst>
void load_x_y(Shared& shared) {
  shared.r[kFirst] = shared.x.load(kLoad);
  shared.r[kFirst + 1] = shared.y.load(kLoad);
}
template <Order kLoad, std::size_t kFirst>
void load_y_x(Shared& shared) {
  shared.r[kFirst] = shared.y.load(kLoad);
  shared.r[kFirst + 1] = shared.x.load(kLoad);
}
template <std::size_t kFirst>
void load_x_y_fenced(Shared& shared) {
  shared.r[kFirst] = shared.x.load(relaxed);
  std::atomic_thread_fence(seq_cst);
  shared.r[kFirst + 1] = shared.y.load(relaxed);
}
template <std::size_t kFirst>
void load_y_x_fenced(Shared& shared) {
  shared.r[kFirst] = shared.y.load(relaxed);
  std::atomic_thread_fence(seq_cst);
  shared.r[kFirst + 1] = shared.x.load(relaxed);
}

template <Order kStore>
void x_one_y_two(Shared& shared) {
  shared.x.store(1, kStore);
  shared.y.store(2, kStore);
}
template <Order kStore>
void y_one_x_two(Shared& shared) {
  shared.y.store(1, kStore);
  shared.x.store(2, kStore);
}

// Write to read causality.
template <Order kLoad, Order kStore>
void pass_on(Shared& shared) {
  if (shared.x.load(kLoad) == 1) shared.y.store(1, kStore);
}
template <Order kLoad>
void receive_passed(Shared& shared) {
  shared.r[0] = shared.y.load(kLoad);
  shared.r[1] = shared.x.load(relaxed);
}

// The shapes R and S.
template <Order kOrder>
void x_one_y_one(Shared& shared) {
  shared.x.store(1, kOrder);
  shared.y.store(1, kOrder);
}
template <Order kOrder>
void y_two_load_x(Shared& shared) {
  shared.y.store(2, kOrder);
  shared.r[0] = shared.x.load(kOrder);
}
template <Order kStore>
void x_two_y_one(Shared& shared) {
  shared.x.store(2, relaxed);
  shared.y.store(1, kStore);
}
template <Order kLoad>
void load_y_x_one(Shared& shared) {
  shared.r[0] = shared.y.load(kLoad);
  shared.x.store(1, relaxed);
}

std::set<std::string> all_but(std::size_t bits, const std::set<std::string>& others) {
  std::set<std::string> outcomes;
  for (std::size_t value = 0; value < std::size_t{1} << bits; ++value) {
    std::string outcome;
    for (std::size_t i = bits; i-- > 0;) outcome += (value >> i & 1U) != 0 ? '1' : '0';
    if (!others.contains(outcome)) outcomes.insert(outcome);
  }
  return outcomes;
}

std::vector<Program> store_buffering() {
  return {
      {"store buffering, relaxed",
       {store_x_load_y<relaxed, relaxed>, store_y_load_x<relaxed, relaxed>},
       2,
       false,
       all_but(2, {})},
      {"store buffering, release and acquire",
       {store_x_load_y<release, acquire>, store_y_load_x<release, acquire>},
       2,
       false,
       all_but(2, {})},
      {"store buffering, seq_cst",
       {store_x_load_y<seq_cst, seq_cst>, store_y_load_x<seq_cst, seq_cst>},
       2,
       false,
       all_but(2, {"00"})},
      {"store buffering, one relaxed load",
       {store_x_load_y<seq_cst, relaxed>, store_y_load_x<seq_cst, seq_cst>},
       2,
       false,
       all_but(2, {})},
      {"store buffering, seq_cst fences", {fenced_x_y, fenced_y_x}, 2, false, all_but(2, {"00"})},
      {"store buffering, one fence",
       {fenced_x_y, store_y_load_x<relaxed, relaxed>},
       2,
       false,
       all_but(2, {})},
      {"store buffering, a fence of all threads",
       {fenced_for_all_x_y, store_y_load_x<relaxed, relaxed>},
       2,
       false,
       all_but(2, {"00"})},
      {"store buffering, a fence and seq_cst",
       {fenced_x_y, store_y_load_x<seq_cst, seq_cst>},
       2,
       false,
       all_but(2, {"00"})},
  };
}

std::vector<Program> message_passing() {
  return {
      {"message passing, relaxed", {send<relaxed>, receive<relaxed>}, 2, false, all_but(2, {})},
      {"message passing, release alone", {send<release>, receive<relaxed>}, 2, false, all_but(2, {})},
      {"message passing, acquire alone", {send<relaxed>, receive<acquire>}, 2, false, all_but(2, {})},
      {"message passing, release and acquire",
       {send<release>, receive<acquire>},
       2,
       false,
       all_but(2, {"10"})},
      {"message passing, fences", {send_fenced, receive_fenced}, 2, false, all_but(2, {"10"})},
      {"message passing, release fence, acquire",
       {send_fenced, receive<acquire>},
       2,
       false,
       all_but(2, {"10"})},
      {"message passing, release, acquire fence",
       {send<release>, receive_fenced},
       2,
       false,
       all_but(2, {"10"})},
  };
}

std::vector<Program> plain_messages_and_load_buffering() {
  return {
      {"message passing, plain, release and acquire",
       {send_plain<release>, receive_plain<acquire>},
       1,
       false,
       {"0", "1"}},
      {"message passing, plain, relaxed",
       {send_plain<relaxed>, receive_plain<acquire>},
       1,
       false,
       {"0", "race"}},
      {"message passing, plain, relaxed load",
       {send_plain<release>, receive_plain<relaxed>},
       1,
       false,
       {"0", "race"}},
      // "11" is allowed, and the checker does not show it: a load never reads what is stored later.
      {"load buffering, relaxed",
       {load_x_store_y<relaxed, relaxed>, load_y_store_x<relaxed, relaxed>},
       2,
       false,
       all_but(2, {"11"})},
      {"load buffering, release and acquire",
       {load_x_store_y<acquire, release>, load_y_store_x<acquire, release>},
       2,
       false,
       all_but(2, {"11"})},
  };
}

std::vector<Program> four_threads_and_three() {
  return {
      {"IRIW, relaxed",
       {x_one<relaxed>, y_one<relaxed>, load_x_y<relaxed, 0>, load_y_x<relaxed, 2>},
       4,
       false,
       all_but(4, {})},
      {"IRIW, release and acquire",
       {x_one<release>, y_one<release>, load_x_y<acquire, 0>, load_y_x<acquire, 2>},
       4,
       false,
       all_but(4, {})},
      {"IRIW, seq_cst",
       {x_one<seq_cst>, y_one<seq_cst>, load_x_y<seq_cst, 0>, load_y_x<seq_cst, 2>},
       4,
       false,
       all_but(4, {"1010"})},
      {"IRIW, seq_cst fences",
       {x_one<relaxed>, y_one<relaxed>, load_x_y_fenced<0>, load_y_x_fenced<2>},
       4,
       false,
       all_but(4, {"1010"})},
      {"write to read causality, relaxed",
       {x_one<relaxed>, pass_on<relaxed, relaxed>, receive_passed<relaxed>},
       2,
       false,
       all_but(2, {})},
      {"write to read causality, release and acquire",
       {x_one<relaxed>, pass_on<acquire, release>, receive_passed<acquire>},
       2,
       false,
       all_but(2, {"10"})},
  };
}

std::vector<Program> orders_of_stores() {
  return {
      {"2+2W, relaxed", {x_one_y_two<relaxed>, y_one_x_two<relaxed>}, 0, true, {",11", ",12", ",21", ",22"}},
      {"2+2W, release", {x_one_y_two<release>, y_one_x_two<release>}, 0, true, {",11", ",12", ",21", ",22"}},
      {"2+2W, seq_cst", {x_one_y_two<seq_cst>, y_one_x_two<seq_cst>}, 0, true, {",12", ",21", ",22"}},
      {"R, release and acquire",
       {x_one_y_one<release>, y_two_load_x<relaxed>},
       1,
       true,
       {"0,11", "1,11", "0,12", "1,12"}},
      {"R, seq_cst", {x_one_y_one<seq_cst>, y_two_load_x<seq_cst>}, 1, true, {"0,11", "1,11", "1,12"}},
      {"S, relaxed",
       {x_two_y_one<relaxed>, load_y_x_one<relaxed>},
       1,
       true,
       {"0,11", "0,21", "1,11", "1,21"}},
      {"S, release and acquire",
       {x_two_y_one<release>, load_y_x_one<acquire>},
       1,
       true,
       {"0,11", "0,21", "1,11"}},
  };
}

}  // namespace

std::vector<Program> ordinary_programs() {
  std::vector<Program> programs;
  for (const auto& part : {store_buffering(), message_passing(), plain_messages_and_load_buffering(),
                           four_threads_and_three(), orders_of_stores()})
    programs.insert(programs.end(), part.begin(), part.end());
  return programs;
}

}  // namespace refwave::memory_model::litmus
