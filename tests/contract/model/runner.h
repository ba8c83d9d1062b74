// Runs a sequence on the driver and on the model, and compares them after every message: its result, every
// header's flags, every stream's position, and the order of the client's notifications.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/contract/model/direct_driver.h"
#include "tests/contract/model/model.h"
#include "tests/contract/model/sequence.h"

namespace refwave::contract {

struct Phase {
  const char* name;
  const char* settings;
  std::size_t ring;  // in headers: a longer loop is refused
  bool is_direct;    // completion = direct: all messages come on the thread that steps
};

inline constexpr Phase kPhases[] = {
    {"direct", "device=clocked; clock=0; rate=48000; period=16; ring=256; linger_ms=60000; completion=direct",
     256, true},
    {"deferred",
     "device=clocked; clock=0; rate=48000; period=16; ring=16; linger_ms=60000; completion=deferred", 16,
     false}};

class Runner {
 public:
  /// `patience`: a client that has not been notified after this time never will be.
  Runner(const Phase& phase, std::chrono::seconds patience);

  /// Effects: runs the sequence, then resets and closes all streams. Returns: the failure, if there was one,
  /// at the operation where(). After a failure no other sequence can be run.
  std::optional<std::string> run(const Sequence& sequence);
  std::size_t where() const { return where_; }
  std::uint64_t operations() const { return operations_; }
  std::uint64_t notified() const { return notified_; }

 private:
  struct Place {
    Runner* runner = nullptr;
    std::size_t index = 0;
    bool input = false;
    DWORD_PTR handle = 0;  // kept after a close, as a stale one
    bool open = false;
    bool closing = false;
    int depth = 0;                       // nesting of its callbacks
    std::unique_ptr<ModelStream> model;  // kept after a close, until the client is notified
    std::optional<Operation> reaction;
  };
  struct Client {
    std::vector<ModelHeader> model{kHeadersEach};
    std::array<WAVEHDR, kHeadersEach> headers{};
    // Of exactly the stated size, so that AddressSanitizer sees any access beyond.
    std::array<std::unique_ptr<char[]>, kHeadersEach> data{};
  };
  using Handler = void (Runner::*)(Place&, const Operation&);

  static void CALLBACK called(HDRVR, UINT message, DWORD_PTR instance, DWORD_PTR first, DWORD_PTR);
  void on_message(Place& place, UINT message, const WAVEHDR* header);
  void begin();
  void finish();
  void perform(const Operation& operation);
  void react(Place& place);
  void fail(const std::string& what);
  void compare();
  void compare_place(const Place& place);
  bool owes_nothing() const;

  void send(Place& place, UINT message, DWORD_PTR first, DWORD_PTR second, MMRESULT expected);
  void send_as(Place& place, UINT message, DWORD_PTR user, DWORD_PTR first, DWORD_PTR second,
               MMRESULT expected);
  void open(Place& place, const Operation& operation);
  void close(Place& place, const Operation& operation);
  void prepare(Place& place, const Operation& operation);
  void unprepare(Place& place, const Operation& operation);
  void write(Place& place, const Operation& operation);
  void write_as_is(Place& place, std::size_t header);
  void fill_in(Place& place, std::size_t header, std::uint32_t value);
  void hold(Place& place, const Operation& operation);
  void run_on(Place& place, const Operation& operation);
  void reset(Place& place, const Operation& operation);
  void position(Place& place, const Operation& operation);
  void break_loop(Place& place, const Operation& operation);
  void pitch(Place& place, const Operation& operation);
  void scramble_flags(Place& place, const Operation& operation);
  void long_loop(Place& place, const Operation& operation);
  void questions(Place& place, const Operation& operation);

  void step(std::uint32_t periods);
  void settle();

  Client& client(const Place& place) { return clients_[place.input ? 1 : 0]; }
  static UINT either(const Place& place, UINT output, UINT input) { return place.input ? input : output; }

  const Phase phase_;
  const std::chrono::seconds patience_;
  std::recursive_mutex mutex_;  // callbacks come on any thread
  std::array<Place, kPlaces> places_;
  std::array<Client, 2> clients_;
  bool writing_ = false;
  std::optional<std::string> failure_;
  std::size_t where_ = 0;
  std::uint64_t operations_ = 0;
  std::uint64_t notified_ = 0;
  DirectDriver driver_;  // last: its end calls clients
};

}  // namespace refwave::contract
