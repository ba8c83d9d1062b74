// The functions that g++ calls in place of atomic operations under -fsanitize=thread. ThreadSanitizer's
// library has them as a rule; here they ask the checker.
#include <cstdint>

#include "tests/memory_model/checker/execution.h"
#include "tests/memory_model/checker/memory.h"
#include "tests/memory_model/checker/sites.h"

namespace refwave::memory_model {
namespace {

Operation operation_of(const volatile void* at, std::size_t size, int order, Address caller) {
  return {.at = reinterpret_cast<Address>(at),
          .size = static_cast<std::uint8_t>(size),
          .order = static_cast<Order>(order),
          .failure = static_cast<Order>(order),
          .caller = caller};
}

template <typename Value>
Value load(const volatile Value* at, int order, Address caller) {
  if (!watching) return __atomic_load_n(at, __ATOMIC_SEQ_CST);
  const Unwatched unwatched;
  Operation operation = operation_of(at, sizeof(Value), order, caller);
  visit(operation, Doing::load);
  return static_cast<Value>(memory().load(operation));
}

template <typename Value>
void store(volatile Value* at, Value value, int order, Address caller) {
  if (!watching) return __atomic_store_n(at, value, __ATOMIC_SEQ_CST);
  const Unwatched unwatched;
  Operation operation = operation_of(at, sizeof(Value), order, caller);
  visit(operation, Doing::store);
  memory().store(operation, value);
}

template <typename Value>
Value change(volatile Value* at, Change kind, Value operand, int order, Address caller) {
  if (!watching) {
    const Value before = *at;
    *at = static_cast<Value>(apply(kind, before, operand));
    return before;
  }
  const Unwatched unwatched;
  Operation operation = operation_of(at, sizeof(Value), order, caller);
  visit(operation, Doing::change);
  return static_cast<Value>(memory().change(operation, kind, operand));
}

template <typename Value>
int compare_exchange(volatile Value* at, Value* expected, Value wanted, int order, int failure,
                     Memory::Strength strength, Address caller) {
  if (!watching)
    return __atomic_compare_exchange_n(at, expected, wanted, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  const Unwatched unwatched;
  Operation operation = operation_of(at, sizeof(Value), order, caller);
  operation.failure = static_cast<Order>(failure);
  visit(operation, Doing::compare_exchange);
  std::uint64_t found = *expected;
  const bool exchanged = memory().compare_exchange(operation, strength, found, wanted);
  *expected = static_cast<Value>(found);
  return exchanged ? 1 : 0;
}

}  // namespace
}  // namespace refwave::memory_model

using refwave::memory_model::Address;
using refwave::memory_model::Change;
using refwave::memory_model::Memory;

// The code that called a hook.
#define REFWAVE_CALLER reinterpret_cast<Address>(__builtin_return_address(0))

#define REFWAVE_CHANGE_HOOK(bits, name, kind)                                                \
  std::uint##bits##_t __tsan_atomic##bits##_##name(volatile std::uint##bits##_t* at,         \
                                                   std::uint##bits##_t operand, int order) { \
    return refwave::memory_model::change(at, Change::kind, operand, order, REFWAVE_CALLER);  \
  }

#define REFWAVE_EXCHANGE_HOOK(bits, name)                                                                 \
  int __tsan_atomic##bits##_compare_exchange_##name(volatile std::uint##bits##_t* at,                     \
                                                    std::uint##bits##_t* expected,                        \
                                                    std::uint##bits##_t wanted, int order, int failure) { \
    return refwave::memory_model::compare_exchange(at, expected, wanted, order, failure,                  \
                                                   Memory::Strength::name, REFWAVE_CALLER);               \
  }

#define REFWAVE_HOOKS(bits)                                                                                  \
  std::uint##bits##_t __tsan_atomic##bits##_load(const volatile std::uint##bits##_t* at, int order) {        \
    return refwave::memory_model::load(at, order, REFWAVE_CALLER);                                           \
  }                                                                                                          \
  void __tsan_atomic##bits##_store(volatile std::uint##bits##_t* at, std::uint##bits##_t value, int order) { \
    refwave::memory_model::store(at, value, order, REFWAVE_CALLER);                                          \
  }                                                                                                          \
  REFWAVE_CHANGE_HOOK(bits, exchange, exchange)                                                              \
  REFWAVE_CHANGE_HOOK(bits, fetch_add, add)                                                                  \
  REFWAVE_CHANGE_HOOK(bits, fetch_sub, sub)                                                                  \
  REFWAVE_CHANGE_HOOK(bits, fetch_and, bit_and)                                                              \
  REFWAVE_CHANGE_HOOK(bits, fetch_or, bit_or)                                                                \
  REFWAVE_EXCHANGE_HOOK(bits, strong)                                                                        \
  REFWAVE_EXCHANGE_HOOK(bits, weak)

extern "C" {

REFWAVE_HOOKS(8)
REFWAVE_HOOKS(32)
REFWAVE_HOOKS(64)

void __tsan_atomic_thread_fence(int order) {
  using namespace refwave::memory_model;
  if (!watching) return;
  const Unwatched unwatched;
  Operation operation = operation_of(nullptr, 0, order, REFWAVE_CALLER);
  visit(operation, Doing::fence);
  memory().fence(operation);
}

void __tsan_atomic_signal_fence(int) {}

}  // extern "C"
