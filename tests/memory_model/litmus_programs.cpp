// The classic shapes, each with orders that allow its weak outcome and with orders that forbid it; coherence,
// read-modify-writes, release sequences, locks, and memory that is freed.
#include "tests/memory_model/litmus.h"

namespace refwave::memory_model::litmus {
namespace {

using Outcomes = std::set<std::string>;

Outcomes all_but(std::size_t bits, const Outcomes& others) {
  Outcomes outcomes;
  for (std::size_t value = 0; value < std::size_t{1} << bits; ++value) {
    std::string outcome;
    for (std::size_t i = bits; i-- > 0;) outcome += (value >> i & 1U) != 0 ? '1' : '0';
    if (!others.contains(outcome)) outcomes.insert(outcome);
  }
  return outcomes;
}

}  // namespace

std::vector<Program> programs() {
  return {
      {"store buffering, relaxed", {"x=1 a=y", "y=1 b=x"}, all_but(2, {})},
      {"store buffering, seq_cst", {"x=1.sc a=y.sc", "y=1.sc b=x.sc"}, all_but(2, {"00"})},
      {"store buffering, seq_cst fences", {"x=1 fence.sc a=y", "y=1 fence.sc b=x"}, all_but(2, {"00"})},
      {"store buffering, a fence of all threads", {"x=1 fence.all a=y", "y=1 b=x"}, all_but(2, {"00"})},
      {"store buffering, a fence and seq_cst", {"x=1 fence.sc a=y", "y=1.sc b=x.sc"}, all_but(2, {"00"})},
      {"message passing, relaxed", {"x=1 y=1", "a=y b=x"}, all_but(2, {})},
      {"message passing, release and acquire", {"x=1 y=1.rel", "a=y.acq b=x"}, all_but(2, {"10"})},
      {"message passing, release fence, acquire", {"x=1 fence.rel y=1", "a=y.acq b=x"}, all_but(2, {"10"})},
      {"message passing, release, acquire fence", {"x=1 y=1.rel", "a=y fence.acq b=x"}, all_but(2, {"10"})},
      {"message passing, plain, release and acquire", {"p=1 y=1.rel", "y==1.acq a=p"}, {"0", "1"}},
      {"message passing, plain, relaxed", {"p=1 y=1", "y==1.acq a=p"}, {"0", "race"}},
      {"message passing, plain, relaxed load", {"p=1 y=1.rel", "y==1 a=p"}, {"0", "race"}},
      // "11" is allowed, and the checker does not show it: a load never reads what is stored later.
      {"load buffering, relaxed", {"a=x y=1", "b=y x=1"}, all_but(2, {"11"})},
      {"IRIW, release and acquire",
       {"x=1.rel", "y=1.rel", "a=x.acq b=y.acq", "c=y.acq d=x.acq"},
       all_but(4, {})},
      {"IRIW, seq_cst", {"x=1.sc", "y=1.sc", "a=x.sc b=y.sc", "c=y.sc d=x.sc"}, all_but(4, {"1010"})},
      {"IRIW, seq_cst fences", {"x=1", "y=1", "a=x fence.sc b=y", "c=y fence.sc d=x"}, all_but(4, {"1010"})},
      {"write to read causality, release and acquire",
       {"x=1", "x==1.acq y=1.rel", "a=y.acq b=x"},
       all_but(2, {"10"})},
      {"2+2W, relaxed", {"x=1 y=2", "y=1 x=2"}, {",11", ",12", ",21", ",22"}},
      {"2+2W, seq_cst", {"x=1.sc y=2.sc", "y=1.sc x=2.sc"}, {",12", ",21", ",22"}},
      {"R, seq_cst", {"x=1.sc y=1.sc", "y=2.sc a=x.sc"}, {"0,11", "1,11", "1,12"}},
      {"S, release and acquire", {"x=2 y=1.rel", "a=y.acq x=1"}, {"0,11", "0,21", "1,11"}},
      {"coherence, read and read", {"x=1 x=2", "a=x b=x"}, {"00", "01", "02", "11", "12", "22"}},
      {"coherence, write and read", {"x=1 a=x", "x=2"}, {"1,10", "1,20", "2,20"}},
      {"coherence, read and write", {"a=x x=1", "x=2"}, {"0,10", "0,20", "2,10"}},
      {"two additions", {"a=x+1", "b=x+1"}, {"01,20", "10,20"}},
      {"one winner", {"a=take", "b=take"}, {"10,10", "01,10"}},
      {"message by exchange, acq_rel", {"x=1 d=y<1.ar", "a=y<2.ar b=x"}, {"00", "01", "11"}},
      // A read-modify-write may miss a store that another location already tells of.
      {"an addition after a message, release, acquire", {"x=1 y=1.rel", "a=y.acq b=x+2"}, {"00", "01", "11"}},
      {"release sequence, continued by an addition", {"p=7 y=1.rel", "b=y+1", "y==2.acq a=p"}, {"0", "7"}},
      {"release sequence, ended by another store", {"p=7 y=1.rel", "y=2", "y==2.acq a=p"}, {"0", "race"}},
      {"release sequence, ended by an own store (C++20)", {"p=7 y=1.rel y=2", "y==2.acq a=p"}, {"0", "race"}},
      {"release fence before two stores", {"p=7 fence.rel y=1 y=2", "y==2.acq a=p"}, {"0", "7"}},
      {"failed compare-exchange, acquire", {"p=7 y=1.rel", "refused.acq a=p"}, {"0", "7"}},
      {"failed compare-exchange, relaxed", {"p=7 y=1.rel", "refused a=p"}, {"0", "race"}},
      {"mutex", {"lock p++ a=p unlock", "lock p++ a=p unlock"}, {"2"}},
      {"semaphore", {"p=7 post", "wait a=p"}, {"7"}},
      {"semaphore that is never posted", {"wait a=p"}, {"thread first waits for ever"}},
      {"plain write and read", {"p=1", "a=p"}, {"race"}},
      {"plain reads", {"a=p", "b=p"}, {"00"}},
      {"neighbours", {"a=1", "b=1"}, {"11"}},
      // No other thread runs between two accesses of plain memory, so it is always the read that comes too
      // late.
      {"read after free", {"new y=1.rel delete", "y==1.acq a=h"}, {"0", "freed"}},
      {"free after read", {"new y=1.rel", "y==1.acq a=h delete"}, {"0", "1"}},
      {"atomic read, plain write", {"a=x", "overwrite"}, {"race"}},
  };
}

}  // namespace refwave::memory_model::litmus
