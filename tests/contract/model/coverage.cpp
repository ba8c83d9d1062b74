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
  bool input;
  UINT message;
  const char* name;
  std::initializer_list<MMRESULT> results;
};

const Answers kAnswers[] = {
    {false, WODM_GETNUMDEVS, "WODM_GETNUMDEVS", {1}},  // the number of devices
    {false, WODM_GETDEVCAPS, "WODM_GETDEVCAPS", {kOk, kBadParameter, kBadDevice}},
    {false, WODM_OPEN, "WODM_OPEN", {kOk, kBadParameter, kBadDevice, WAVERR_BADFORMAT}},
    {false, WODM_CLOSE, "WODM_CLOSE", {kOk, kBadHandle, kBadDevice, kStillPlaying}},
    {false, WODM_PREPARE, "WODM_PREPARE", {kOk, kBadHandle, kBadParameter}},
    {false, WODM_UNPREPARE, "WODM_UNPREPARE", {kOk, kBadHandle, kBadParameter, kStillPlaying}},
    {false,
     WODM_WRITE,
     "WODM_WRITE",
     {kOk, kBadHandle, kBadParameter, kBadDevice, kStillPlaying, kUnprepared, MMSYSERR_NOMEM}},
    {false, WODM_PAUSE, "WODM_PAUSE", {kOk, kBadHandle, kBadDevice}},
    {false, WODM_RESTART, "WODM_RESTART", {kOk, kBadHandle, kBadDevice}},
    {false, WODM_RESET, "WODM_RESET", {kOk, kBadHandle, kBadDevice}},
    {false, WODM_GETPOS, "WODM_GETPOS", {kOk, kBadHandle, kBadParameter, kBadDevice, MMSYSERR_ERROR}},
    {false, WODM_BREAKLOOP, "WODM_BREAKLOOP", {kOk, kBadHandle, kBadDevice}},
    {false, WODM_SETVOLUME, "WODM_SETVOLUME", {kOk, kBadHandle}},
    {false, WODM_GETVOLUME, "WODM_GETVOLUME", {kOk, kBadHandle, kBadParameter}},
    {false, WODM_GETPITCH, "WODM_GETPITCH", {kOk, kBadHandle, kBadParameter}},
    {false, WODM_SETPITCH, "WODM_SETPITCH", {kOk, kBadHandle, kBadParameter}},
    {false, WODM_GETPLAYBACKRATE, "WODM_GETPLAYBACKRATE", {kOk, kBadHandle, kBadParameter}},
    {false, WODM_SETPLAYBACKRATE, "WODM_SETPLAYBACKRATE", {kOk, kBadHandle, kBadParameter}},
    {true, WIDM_GETNUMDEVS, "WIDM_GETNUMDEVS", {1}},
    {true, WIDM_GETDEVCAPS, "WIDM_GETDEVCAPS", {kOk, kBadParameter, kBadDevice}},
    {true, WIDM_OPEN, "WIDM_OPEN", {kOk, kBadParameter, kBadDevice, WAVERR_BADFORMAT}},
    {true, WIDM_CLOSE, "WIDM_CLOSE", {kOk, kBadHandle, kBadDevice, kStillPlaying}},
    {true, WIDM_PREPARE, "WIDM_PREPARE", {kOk, kBadHandle, kBadParameter}},
    {true, WIDM_UNPREPARE, "WIDM_UNPREPARE", {kOk, kBadHandle, kBadParameter, kStillPlaying}},
    {true,
     WIDM_ADDBUFFER,
     "WIDM_ADDBUFFER",
     {kOk, kBadHandle, kBadParameter, kBadDevice, kStillPlaying, kUnprepared}},
    {true, WIDM_START, "WIDM_START", {kOk, kBadHandle, kBadDevice}},
    {true, WIDM_STOP, "WIDM_STOP", {kOk, kBadHandle, kBadDevice}},
    {true, WIDM_RESET, "WIDM_RESET", {kOk, kBadHandle, kBadDevice}},
    {true, WIDM_GETPOS, "WIDM_GETPOS", {kOk, kBadHandle, kBadParameter, kBadDevice, MMSYSERR_ERROR}},
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
      if (answers_[row.input ? 1 : 0][row.message][result] != 0) continue;
      std::printf("never reached: %s answered with %u\n", row.name, result);
      ++count;
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
