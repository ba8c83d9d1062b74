// Handles that are numbers, not addresses. An unknown, closed or foreign handle is recognised by a look-up,
// and no handle is dereferenced. Numbers are never used twice, and no two tables share one. Any thread; the
// lock is held for a look-up.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>

#include "hal/system/mutex.h"

namespace refwave::host {

/// Returns: a number that no handle had before; above 0xFFFF, so that it cannot be taken for a device id, and
/// no multiple of 4, so that it is never a handle of Windows' own winmm, which is an object's address.
inline std::uintptr_t next_handle_number() {
  static std::atomic<std::uintptr_t> last{0x10002};
  return last.fetch_add(4, std::memory_order_relaxed) + 4;  // relaxed: only its being unique matters
}

/// Returns: whether `number` may be such a handle, open or closed.
inline bool is_handle_number(std::uintptr_t number) { return number > 0xFFFF && number % 4 == 2; }

/// Objects by handle. An object that find() returns stays alive while the caller holds it, even if it is
/// removed meanwhile.
template <class Handle, class Object>
class HandleTable {
 public:
  Handle add(std::shared_ptr<Object> object) {
    const Handle handle = reinterpret_cast<Handle>(next_handle_number());
    const hal::MutexLock lock(mutex_);
    objects_.emplace(handle, std::move(object));
    return handle;
  }

  std::shared_ptr<Object> find(Handle handle) const {
    const hal::MutexLock lock(mutex_);
    const auto found = objects_.find(handle);
    return found == objects_.end() ? nullptr : found->second;
  }

  /// Returns: the removed object. If several threads remove the same handle, one gets the object and the
  /// others null.
  std::shared_ptr<Object> remove(Handle handle) {
    const hal::MutexLock lock(mutex_);
    const auto node = objects_.extract(handle);
    return node.empty() ? nullptr : node.mapped();
  }

  void clear() {
    std::unordered_map<Handle, std::shared_ptr<Object>> removed;
    const hal::MutexLock lock(mutex_);
    removed.swap(objects_);
  }

 private:
  mutable hal::Mutex mutex_;
  std::unordered_map<Handle, std::shared_ptr<Object>> objects_ GUARDED_BY(mutex_);
};

}  // namespace refwave::host
