// What the functions of the audio thread may import. In driver/core and dsp these are all functions but those
// that are named below, each with its reason, and which no others may call. In driver/engine and hal, where
// most is for control threads, those of the audio thread are named.
//
// A call through a function pointer does not show here. The live rules are for these.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <vector>

#include "tests/rules/symbols.h"

namespace refwave::test {
namespace {

using testing::IsEmpty;
using testing::IsSupersetOf;

const Symbols kAudioMayImport = {
    // memory and arithmetic
    "memcpy", "memmove", "memset", "memcmp", "llround", "__popcountdi2",
    // the clock, read without a system call; the thread's own number, and the processor it runs on
    "std::chrono::_V2::steady_clock::now()", "pthread_self", "sched_getcpu",
    // the one wake of a period: LightweightSemaphore::signal()
    "sem_post",
    // tables and flags of the compiler, no calls: what noexcept needs, and whether shared_ptr may count
    // without atomics
    "__gxx_personality_v0", "_GLOBAL_OFFSET_TABLE_", "__libc_single_threaded",
    // of classes with virtual functions
    "__cxa_pure_virtual", "vtable for __cxxabiv1::__class_type_info",
    "vtable for __cxxabiv1::__si_class_type_info"};

/// Functions by the beginnings of their names.
struct ControlFunctions {
  const char* object;
  std::vector<std::string> functions;
  const char* reason;
};

const std::vector<ControlFunctions> kControl = {
    {"stream.cpp.o",
     {"refwave::core::Stream::furnish(", "refwave::core::Stream::clear_out(",
      "refwave::core::Stream::make_spare(", "refwave::core::Stream::replace_state(",
      "refwave::core::Stream::lose_state("},
     "make, replace and free a stream's states"},
    {"playback_state.cpp.o",
     {"refwave::core::PlaybackState::PlaybackState(", "refwave::core::PlaybackState::~PlaybackState(",
      "refwave::core::PlaybackState::make_fresh(", "std::_Optional_payload_base<refwave::core::SpeedParts>"},
     "make and free one for playback"},
    {"playback_speed.cpp.o",
     {"refwave::core::PlaybackState::prepare_speed(", "refwave::core::PlaybackState::speed_request("},
     "take what a client's rate and pitch need"},
    {"capture_state.cpp.o",
     {"refwave::core::CaptureState::CaptureState(", "refwave::core::CaptureState::~CaptureState(",
      "refwave::core::CaptureState::make_fresh("},
     "make and free one for recording"},
    {"stream.cpp.o",
     {"refwave::core::Stream::write(", "refwave::core::Stream::refill(", "refwave::core::Stream::return_all(",
      "refwave::core::Stream::return_waiting(", "refwave::core::Stream::take_locked("},
     "list what waits until the ring has room"},
    {"audio_section.cpp.o",
     {"refwave::core::AudioSection::AudioSection(", "refwave::core::replace_overdue(",
      "refwave::core::(anonymous namespace)::seize_and_replace("},
     "wait for a stream's lock, and replace the audio state of a thread that stays inside"},
    {"pipeline.cpp.o",
     {"refwave::core::Pipeline::Pipeline(", "refwave::core::Pipeline::make("},
     "make the scratch memory when a stream meets a device"},
    {"device_round.cpp.o",
     {"refwave::core::Mixer::Mixer(", "refwave::core::Recorder::Recorder("},
     "choose a device's loops"},
    {"speed_stage.cpp.o",
     {"refwave::core::make_speed_parts(", "std::default_delete<refwave::dsp::Speed>"},
     "make and free what changes rate and pitch"},
    {"trace.cpp.o",
     {"refwave::core::Trace::start(", "refwave::core::Trace::stop(", "refwave::core::Trace::read("},
     "make the ring when a trace is started; the mutex is between those who start, stop and read"},
    {"trace_cost.cpp.o",
     {"refwave::core::trace_cost_ps(", "refwave::core::(anonymous namespace)::empty("},
     "make a trace of their own to measure with"},
    {"filter_bank.cpp.o",
     {"refwave::dsp::make_floats(", "refwave::dsp::shared_bank(", "refwave::dsp::bank_key(",
      "refwave::dsp::BankReturn::operator()(", "refwave::dsp::(anonymous namespace)::fill_"},
     "make and free memory; the mutex is between those who make and free banks"},
    {"filter_design.cpp.o", {"refwave::dsp::impulse_response("}, "is arithmetic for the banks"},
    {"kernels.cpp.o",
     {"refwave::dsp::kernels(", "refwave::dsp::Kernels const* hwy::FunctionCache<"},
     "ask for the processor's instructions"},
    {"conversion.cpp.o",
     {"refwave::dsp::decoder(", "refwave::dsp::encoder(", "refwave::dsp::measurer(",
      "refwave::dsp::mix_measurer(", "refwave::dsp::non_finite_counter("},
     "choose a loop, when a stream meets a device"},
    {"channel_map.cpp.o", {"refwave::dsp::ChannelMap::ChannelMap("}, "does so, too"},
    {"encoder.cpp.o", {"refwave::dsp::Encoder::Encoder("}, "does so, too"},
    {"resampler.cpp.o",
     {"refwave::dsp::Resampler::Resampler(", "refwave::dsp::Resampler::make(",
      "refwave::dsp::Resampler::make_room(", "refwave::dsp::Resampler::~Resampler("},
     "make and free a resampler"},
    {"speed.cpp.o",
     {"refwave::dsp::Speed::make(", "refwave::dsp::Speed::prepare("},
     "make a change of rate and pitch, and the filters for a client's rate"},
    {"time_stretch.cpp.o",
     {"refwave::dsp::TimeStretch::make(", "refwave::dsp::TimeStretch::make_room("},
     "make a part of that"},
    {"fractional_delay.cpp.o", {"refwave::dsp::FractionalDelay::make("}, "makes a part of that"},
    {"varispeed.cpp.o",
     {"refwave::dsp::Varispeed::make(", "refwave::dsp::Varispeed::make_room(",
      "refwave::dsp::Varispeed::Varispeed(", "refwave::dsp::Varispeed::key_of(",
      "refwave::dsp::Varispeed::prepare("},
     "make a part of that"},
};

/// Returns: whether it is one of these.
bool is_among(const std::string& function, const std::vector<std::string>& beginnings) {
  return std::ranges::any_of(beginnings, [&](const auto& begin) { return function.starts_with(begin); });
}

/// `object`: empty for that of any.
bool is_control(const std::string& function, const std::string& object = {}) {
  return std::ranges::any_of(kControl, [&](const ControlFunctions& one) {
    return (object.empty() || object == one.object) && is_among(function, one.functions);
  });
}

/// Returns: what an audio thread's function may not refer to, or an object's constants: a virtual table has
/// control functions, too.
Symbols forbidden(const std::string& function, const Symbols& wanted) {
  const bool is_table = function == kTables;
  Symbols found;
  for (const std::string& symbol : wanted) {
    const bool is_known = is_ours(symbol) || kAudioMayImport.contains(symbol);
    if (is_table ? is_known || symbol.starts_with("typeinfo for ") : is_known && !is_control(symbol))
      continue;
    found.insert(symbol);
  }
  return found;
}

class AudioSymbols : public testing::TestWithParam<const char*> {};

TEST_P(AudioSymbols, Functions_import_nothing_that_allocates_locks_waits_or_throws) {
  const auto objects = wanted_by_function(GetParam());
  EXPECT_GE(objects.size(), 3U);
  for (const auto& [object, functions] : objects) {
    EXPECT_FALSE(functions.contains(".text")) << object << " has functions without sections of their own";
    for (const auto& [function, wanted] : functions) {
      if (is_control(function, object)) continue;
      EXPECT_THAT(forbidden(function, wanted), IsEmpty()) << object << ": " << function;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Libraries, AudioSymbols, testing::Values(CORE_LIBRARY, DSP_LIBRARY),
                         [](const auto& library) { return library.index == 0 ? "core" : "dsp"; });

struct AudioFunctions {
  const char* library;
  const char* object;
  std::vector<std::string> functions;  // and what they call there; empty: all of the object
};

/// Returns: the functions of an object that begin so, and those that they call; all if none are named.
std::set<std::string> reached_from(const std::vector<std::string>& beginnings, const Functions& functions) {
  std::vector<std::string> left;
  for (const auto& [function, wanted] : functions)
    if (beginnings.empty() || is_among(function, beginnings)) left.push_back(function);
  EXPECT_GE(left.size(), beginnings.size()) << "some of them are not there";
  std::set<std::string> reached;
  while (!left.empty()) {
    const std::string function = left.back();
    left.pop_back();
    if (!reached.insert(function).second) continue;
    for (const std::string& called : functions.at(function))
      if (functions.contains(called)) left.push_back(called);
  }
  return reached;
}

class AudioObjects : public testing::TestWithParam<AudioFunctions> {};

TEST_P(AudioObjects, Import_nothing_that_allocates_locks_waits_or_throws) {
  const auto& [library, object, functions] = GetParam();
  const auto objects = wanted_by_function(library);
  const auto found = objects.find(object);
  ASSERT_NE(found, objects.end());
  ASSERT_FALSE(found->second.contains(".text")) << "functions without sections of their own";
  for (const std::string& function : reached_from(functions, found->second))
    EXPECT_THAT(forbidden(function, found->second.at(function)), IsEmpty()) << function;
}

INSTANTIATE_TEST_SUITE_P(
    Libraries, AudioObjects,
    testing::Values(
        AudioFunctions{ENGINE_LIBRARY, "device_side.cpp.o", {"refwave::engine::DeviceSide::process("}},
        AudioFunctions{HAL_LIBRARY, "clocked_line.cpp.o", {"refwave::hal::ClockedLine::run("}},
        AudioFunctions{
            HAL_LIBRARY,
            "stream.cpp.o",
            {"refwave::hal::PortAudioStream::process(", "refwave::hal::PortAudioStream::finished("}},
        AudioFunctions{THREADS_LIBRARY,
                       "threads_linux.cpp.o",
                       {"refwave::hal::this_thread_id(", "refwave::hal::current_processor("}},
        AudioFunctions{THREADS_LIBRARY, PROCESSOR_OBJECT, {}}),
    [](const auto& object) {
      const std::string name = object.param.object;
      return name.substr(0, name.find('.'));
    });

/// An exemption that nothing needs any more would hide the next mistake.
TEST(AudioSymbols, Exemptions_are_all_in_use) {
  auto objects = wanted_by_function(CORE_LIBRARY);
  objects.merge(wanted_by_function(DSP_LIBRARY));
  for (const ControlFunctions& control : kControl) {
    for (const std::string& begin : control.functions) {
      const bool needs_it = std::ranges::any_of(objects[control.object], [&](const auto& one) {
        return one.first.starts_with(begin) && !forbidden(one.first, one.second).empty();
      });
      EXPECT_TRUE(needs_it) << control.object << ": " << begin << "…) " << control.reason;
    }
  }
}

TEST(AudioSymbols, An_object_that_does_all_of_it_is_found_out) {
  const auto objects = wanted_by_function(OFFENDER_OBJECT);
  ASSERT_EQ(objects.size(), 1U);
  Symbols found;
  for (const auto& [function, wanted] : objects.begin()->second) found.merge(forbidden(function, wanted));
  EXPECT_THAT(found,
              IsSupersetOf({"malloc", "free", "operator new(unsigned long)", "pthread_mutex_lock", "printf",
                            "__cxa_throw", "nanosleep", "std::__throw_length_error(char const*)"}));
}

}  // namespace
}  // namespace refwave::test
