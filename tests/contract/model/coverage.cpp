#include "tests/contract/model/coverage.h"

#include <cstdio>
#include <initializer_list>

namespace refwave::contract {
namespace {

constexpr MMRESULT kOk = MMSYSERR_NOERROR;
constexpr MMRESULT kBadHandle = MMSYSERR_INVALHANDLE;
constexpr MMRESULT kBadParameter = MMSYSERR_INVALPARAM;
constexpr MMRESULT kBadDevice = MMSYSERR_BADDEVICEID;
constexpr MMRESULT kStillPlaying = WAVERR_STILLPLAYING;
constexpr MMRESULT kUnprepared = WAVERR_UNPREPARED;

struct Answers {
  std::array<UINT, 2> messages;  // to an output, and to an input; 0: none
  const char* name;
  std::initializer_list<MMRESULT> results;
};

const Answers kAnswers[] = {
    {{WODM_GETNUMDEVS, WIDM_GETNUMDEVS}, "GETNUMDEVS", {1}},  // the number of devices
    {{WODM_GETDEVCAPS, WIDM_GETDEVCAPS}, "GETDEVCAPS", {kOk, kBadParameter, kBadDevice}},
    {{WODM_OPEN, WIDM_OPEN}, "OPEN", {kOk, kBadParameter, kBadDevice, WAVERR_BADFORMAT}},
    {{WODM_CLOSE, WIDM_CLOSE}, "CLOSE", {kOk, kBadHandle, kBadDevice, kStillPlaying}},
    {{WODM_PREPARE, WIDM_PREPARE}, "PREPARE", {kOk, kBadHandle, kBadParameter}},
    {{WODM_UNPREPARE, WIDM_UNPREPARE}, "UNPREPARE", {kOk, kBadHandle, kBadParameter, kStillPlaying}},
    {{WODM_WRITE, WIDM_ADDBUFFER},
     "WRITE or ADDBUFFER",
     {kOk, kBadHandle, kBadParameter, kBadDevice, kStillPlaying, kUnprepared}},
    {{WODM_WRITE, 0}, "WRITE", {MMSYSERR_NOMEM}},
    {{WODM_PAUSE, WIDM_STOP}, "PAUSE or STOP", {kOk, kBadHandle, kBadDevice}},
    {{WODM_RESTART, WIDM_START}, "RESTART or START", {kOk, kBadHandle, kBadDevice}},
    {{WODM_RESET, WIDM_RESET}, "RESET", {kOk, kBadHandle, kBadDevice}},
    {{WODM_GETPOS, WIDM_GETPOS}, "GETPOS", {kOk, kBadHandle, kBadParameter, kBadDevice, MMSYSERR_ERROR}},
    {{WODM_BREAKLOOP, 0}, "BREAKLOOP", {kOk, kBadHandle, kBadDevice}},
    {{WODM_SETVOLUME, 0}, "SETVOLUME", {kOk, kBadHandle}},
    {{WODM_GETVOLUME, 0}, "GETVOLUME", {kOk, kBadHandle, kBadParameter}},
    {{WODM_GETPITCH, 0}, "GETPITCH", {kOk, kBadHandle, kBadParameter}},
    {{WODM_SETPITCH, 0}, "SETPITCH", {kOk, kBadHandle, kBadParameter}},
    {{WODM_GETPLAYBACKRATE, 0}, "GETPLAYBACKRATE", {kOk, kBadHandle, kBadParameter}},
    {{WODM_SETPLAYBACKRATE, 0}, "SETPLAYBACKRATE", {kOk, kBadHandle, kBadParameter}},
};

struct Moves {
  bool input;
  State from;
  std::initializer_list<State> to;
};

const Moves kMoves[] = {
    {false, State::closed, {State::idle}},
    {false, State::idle, {State::closed, State::flowing, State::held_empty}},
    {false, State::flowing, {State::idle, State::looping, State::held}},
    {false, State::looping, {State::idle, State::flowing, State::held}},
    {false, State::held_empty, {State::closed, State::idle, State::held}},
    {false, State::held, {State::idle, State::flowing, State::looping}},
    {true, State::closed, {State::held_empty}},
    {true, State::idle, {State::closed, State::flowing, State::held_empty}},
    {true, State::flowing, {State::idle, State::held, State::held_empty}},
    {true, State::held_empty, {State::closed, State::idle, State::held}},
    {true, State::held, {State::flowing, State::held_empty}},
};

}  // namespace

int Coverage::missing() const {
  int count = 0;
  for (const Answers& row : kAnswers) {
    for (const MMRESULT result : row.results) {
      for (const std::size_t direction : {0U, 1U}) {
        const UINT message = row.messages[direction];
        if (message == 0 || answers_[direction][message][result] != 0) continue;
        std::printf("never reached: %s of an %s answered with %u\n", row.name,
                    direction == 0 ? "output" : "input", result);
        ++count;
      }
    }
  }
  for (const Moves& row : kMoves) {
    for (const State to : row.to) {
      if (moves_[row.input ? 1 : 0][static_cast<std::size_t>(row.from)][static_cast<std::size_t>(to)] != 0)
        continue;
      std::printf("never reached: %s from %s to %s\n", row.input ? "input" : "output",
                  name_of(row.from).data(), name_of(to).data());
      ++count;
    }
  }
  return count;
}

}  // namespace refwave::contract
