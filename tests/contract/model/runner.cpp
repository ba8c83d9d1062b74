// Beginning and end of a run, time, callbacks, comparison. messages.cpp has the messages.
#include "tests/contract/model/runner.h"

namespace refwave::contract {

Runner::Runner(const Phase& phase, std::chrono::seconds patience)
    : phase_(phase), patience_(patience), driver_(phase.settings) {
  for (Place& place : places_) {
    place.runner = this;
    place.index = static_cast<std::size_t>(&place - places_.data());
    place.input = place.index >= kOutputs;
  }
}

std::optional<std::string> Runner::run(const Sequence& sequence) {
  begin();
  for (where_ = 0; where_ < sequence.size() && !failure_; ++where_) {
    const Operation& operation = sequence[where_];
    if (operation.act != Act::react) {
      perform(operation);
    } else if (where_ + 1 < sequence.size()) {
      places_[operation.place].reaction = sequence[++where_];
    }
    ++operations_;
  }
  if (!failure_) finish();
  return failure_;
}

void Runner::begin() {
  for (Client& each : clients_) {
    for (std::size_t i = 0; i < kHeadersEach; ++i) {
      each.model[i] = {};
      each.headers[i] = {};
      each.data[i] = std::make_unique<char[]>(1);
      each.headers[i].lpData = each.data[i].get();
    }
  }
}

/// Effects: resets and closes all streams. Expects: no message is owed.
void Runner::finish() {
  for (Place& place : places_) place.reaction.reset();
  for (Place& place : places_) {
    if (!place.open) continue;
    perform({.act = Act::reset, .place = static_cast<std::uint8_t>(place.index)});
    perform({.act = Act::close, .place = static_cast<std::uint8_t>(place.index)});
  }
  if (!owes_nothing()) fail("at the end a client had missed a message");
  for (const Client& each : clients_) {
    for (const ModelHeader& header : each.model) {
      if (header.queued) fail("a header was lost");
    }
  }
}

void Runner::fail(const std::string& what) {
  if (!failure_) failure_ = what;
}

void CALLBACK Runner::called(HDRVR, UINT message, DWORD_PTR instance, DWORD_PTR first, DWORD_PTR) {
  auto& place = *reinterpret_cast<Place*>(instance);
  const std::lock_guard lock(place.runner->mutex_);
  place.runner->on_message(place, message, reinterpret_cast<const WAVEHDR*>(first));
}

void Runner::on_message(Place& place, UINT message, const WAVEHDR* header) {
  ++notified_;
  if (failure_ || !place.model) return;
  const std::string who = "stream " + std::to_string(place.index) + ": ";
  if (writing_) return fail(who + "notified inside the write");
  Client& mine = client(place);
  const Owed owed{message,
                  header == nullptr ? kNoHeader : static_cast<std::size_t>(header - mine.headers.data())};
  if (place.model->owed.empty() || place.model->owed.front() != owed)
    return fail(who + "notified of message " + std::to_string(message) + ", header " +
                std::to_string(owed.header) + ", out of turn");
  place.model->owed.pop_front();
  if (header == nullptr) return;
  if (place.depth != 0 && !place.closing) return fail(who + "notified inside its own callback");
  if (flags_of(*header) != mine.model[owed.header].flags)
    return fail(who + "notified of a header with flags " + std::to_string(flags_of(*header)));
  if (place.input && header->dwBytesRecorded != mine.model[owed.header].recorded)
    return fail(who + "notified of " + std::to_string(header->dwBytesRecorded) + " bytes recorded");
  react(place);
}

/// Effects: runs the sequence's operation for this callback. Only on streams of its direction: a period
/// serves inputs after outputs.
void Runner::react(Place& place) {
  if (!place.reaction) return;
  Operation operation = *place.reaction;
  place.reaction.reset();
  if (operation.act >= Act::long_loop) return;
  const std::size_t first = place.input ? kOutputs : 0;
  const std::size_t count = place.input ? kPlaces - kOutputs : kOutputs;
  operation.place = static_cast<std::uint8_t>(first + operation.place % count);
  const Place& target = places_[operation.place];
  const bool has_all_messages = !target.model || target.model->owed.empty();
  // A close waits for another thread's callback, which waits for this one, and an open would come before the
  // close's message.
  if (operation.act == Act::open && !has_all_messages) return;
  if (operation.act == Act::close && !has_all_messages && &target != &place && !phase_.is_direct) return;
  ++place.depth;
  perform(operation);
  --place.depth;
}

bool Runner::owes_nothing() const {
  for (const Place& place : places_) {
    if (place.model && !place.model->owed.empty()) return false;
  }
  return true;
}

void Runner::compare() {
  if (!owes_nothing()) return fail("a client missed a message");
  for (const Client& each : clients_) {
    for (std::size_t i = 0; i < kHeadersEach; ++i) {
      if (flags_of(each.headers[i]) == each.model[i].flags) continue;
      return fail("header " + std::to_string(i) + " has flags " + std::to_string(flags_of(each.headers[i])) +
                  ", not " + std::to_string(each.model[i].flags));
    }
  }
  for (const Place& place : places_) compare_place(place);
}

void Runner::compare_place(const Place& place) {
  if (!place.open) return;
  MMTIME time{};
  time.wType = TIME_SAMPLES;
  (place.input ? widMessage : wodMessage)(0, either(place, WODM_GETPOS, WIDM_GETPOS), place.handle,
                                          address_of(&time), sizeof(time));
  if (time.u.sample != static_cast<DWORD>(place.model->position()))
    fail("stream " + std::to_string(place.index) + " is at " + std::to_string(time.u.sample) + ", not " +
         std::to_string(place.model->position()));
}

// --- time ---

void Runner::settle() {
  if (!driver_.settle(patience_)) fail("a client was not notified in time");
}

void Runner::step(std::uint32_t periods) {
  for (std::uint32_t i = 0; i < periods && !failure_; ++i) {
    {
      const std::lock_guard lock(mutex_);
      for (Place& place : places_) {
        if (place.open) place.model->pass(kPeriod);
      }
    }
    driver_.step(1);
    settle();
    compare();
  }
}

}  // namespace refwave::contract
