// What the objects of the audio thread may import. Each object of driver/core and dsp is either all audio,
// and then held to the short list, or named below with what else it needs and why. Of driver/engine and hal,
// whose other objects are the control threads', those are held to the list that the audio thread runs, and
// the pause of a thread that spins.
//
// Not reached, because control and audio code share an object: portaudio_stream.cpp, whose callback is
// between PortAudio's calls, and wav_capture.cpp, which may wait for the disk where nobody is promised real
// time. A call through a function pointer does not show here either. The live rules are for these.
#include <gmock/gmock.h>

#include "tests/rules/symbols.h"

namespace refwave::test {
namespace {

using testing::IsEmpty;
using testing::IsSupersetOf;

const Symbols kAudioMayImport = {
    // memory and arithmetic
    "memcpy", "memmove", "memset", "llround", "__popcountdi2",
    // the clock, read without a system call; the thread's own number, and the processor it runs on
    "std::chrono::_V2::steady_clock::now()", "pthread_self", "sched_getcpu",
    // the one wake of a period: LightweightSemaphore::signal()
    "sem_post",
    // tables and flags of the compiler, no calls: what noexcept needs, and whether shared_ptr may count
    // without atomics
    "__gxx_personality_v0", "_GLOBAL_OFFSET_TABLE_", "__libc_single_threaded"};

struct ControlObject {
  Symbols may_import_too;
  const char* reason;
};

const std::map<std::string, ControlObject> kControlObjects = {
    {"stream.cpp.o",
     {{"_Unwind_Resume",
       "__cxa_begin_catch",
       "__cxa_end_catch",
       "operator delete(void*, std::align_val_t)",
       "operator delete(void*, unsigned long)",
       "operator delete(void*, unsigned long, std::align_val_t)",
       "operator delete[](void*, std::align_val_t)",
       "operator new(unsigned long)",
       "operator new(unsigned long, std::align_val_t)",
       "operator new[](unsigned long, std::align_val_t)",
       "std::__detail::_List_node_base::_M_hook(std::__detail::_List_node_base*)",
       "std::__detail::_List_node_base::_M_transfer(std::__detail::_List_node_base*, "
       "std::__detail::_List_node_base*)",
       "std::__detail::_List_node_base::_M_unhook()",
       "typeinfo for std::bad_alloc",
       "__cxa_allocate_exception",
       "__cxa_throw",
       "std::bad_alloc::~bad_alloc()",
       "vtable for std::bad_alloc",
       "__cxa_pure_virtual",
       "vtable for __cxxabiv1::__class_type_info",
       "vtable for __cxxabiv1::__si_class_type_info"},
      "is what control threads do with a stream: makes, replaces and frees its halves, and lists what "
      "waits"}},
    {"pipeline.cpp.o",
     {{"operator new(unsigned long, std::nothrow_t const&)", "operator delete(void*, unsigned long)",
       "std::nothrow"},
      "makes the scratch memory when a stream meets a device"}},
    {"filter_bank.cpp.o",
     {{"operator new(unsigned long, std::nothrow_t const&)",
       "operator new[](unsigned long, std::align_val_t, std::nothrow_t const&)", "std::nothrow",
       "operator new[](unsigned long, std::nothrow_t const&)", "operator delete[](void*)",
       "operator delete(void*, unsigned long)", "operator delete[](void*, std::align_val_t)",
       "__cxa_throw_bad_array_new_length", "pthread_mutex_lock", "pthread_mutex_unlock",
       "std::__throw_system_error(int)"},
      "makes a bank for the first resampler of its kind; its mutex is between those who make and destroy"}},
    {"filter_design.cpp.o", {{"sin"}, "is arithmetic for the banks"}},
    {"kernels.cpp.o",
     {{"hwy::GetChosenTarget()", "hwy::SupportedTargets()"},
      "asks for the processor's instructions once, when a resampler or a pipeline is made"}},
    {"resampler_make.cpp.o",
     {{"operator new(unsigned long, std::nothrow_t const&)", "operator delete(void*, unsigned long)",
       "operator delete[](void*, std::align_val_t)", "std::nothrow"},
      "makes the resampler; exchange and release of a pipeline are the control thread's"}},
    {"speed_make.cpp.o",
     {{"operator new(unsigned long, std::nothrow_t const&)", "operator delete(void*, unsigned long)",
       "operator delete[](void*, std::align_val_t)", "std::nothrow"},
      "makes the change of rate and pitch when a client first asks for one"}},
    {"time_stretch_make.cpp.o",
     {{"operator new(unsigned long, std::nothrow_t const&)", "operator delete(void*, unsigned long)",
       "operator delete[](void*, std::align_val_t)", "std::nothrow", "cos"},
      "is a part of that"}},
    {"varispeed_make.cpp.o",
     {{"operator new(unsigned long, std::nothrow_t const&)", "operator delete(void*, unsigned long)",
       "operator delete[](void*, std::align_val_t)", "std::nothrow", "exp2"},
      "is a part of that, and makes the filters for a client's rate"}},
    {"speed_stage_make.cpp.o",
     {{"operator new(unsigned long, std::nothrow_t const&)", "operator delete(void*, unsigned long)",
       "operator delete[](void*, std::align_val_t)", "std::nothrow"},
      "makes a stream's stage when a client first asks for another rate or pitch"}},
    {"trace_control.cpp.o",
     {{"_Unwind_Resume", "operator delete(void*, std::align_val_t)",
       "operator delete(void*, unsigned long, std::align_val_t)", "operator delete[](void*)",
       "operator new(unsigned long, std::align_val_t)", "operator new[](unsigned long)", "pthread_mutex_lock",
       "pthread_mutex_unlock", "std::__throw_system_error(int)"},
      "makes the ring when a trace is started; its mutex is between those who start, stop and read"}},
    {"trace_cost.cpp.o",
     {{"_Unwind_Resume", "operator delete(void*, unsigned long)",
       "operator delete(void*, unsigned long, std::align_val_t)", "operator delete[](void*)",
       "operator new(unsigned long)"},
      "makes a trace of its own to measure with"}},
};

bool is_ours(const std::string& symbol) { return symbol.find("refwave::") != std::string::npos; }

Symbols forbidden(const std::string& object, const Symbols& wanted) {
  const auto control = kControlObjects.find(object);
  Symbols found;
  for (const std::string& symbol : wanted) {
    if (is_ours(symbol) || kAudioMayImport.contains(symbol)) continue;
    if (control != kControlObjects.end() && control->second.may_import_too.contains(symbol)) continue;
    found.insert(symbol);
  }
  return found;
}

class AudioSymbols : public testing::TestWithParam<const char*> {};

TEST_P(AudioSymbols, Objects_import_nothing_that_allocates_locks_waits_or_throws) {
  const auto objects = wanted_by_object(GetParam());
  EXPECT_GE(objects.size(), 3U);
  for (const auto& [object, wanted] : objects) EXPECT_THAT(forbidden(object, wanted), IsEmpty()) << object;
}

INSTANTIATE_TEST_SUITE_P(Libraries, AudioSymbols, testing::Values(CORE_LIBRARY, DSP_LIBRARY),
                         [](const auto& library) { return library.index == 0 ? "core" : "dsp"; });

struct AudioObject {
  const char* library;
  const char* object;
};

class AudioObjects : public testing::TestWithParam<AudioObject> {};

TEST_P(AudioObjects, Import_nothing_that_allocates_locks_waits_or_throws) {
  const auto objects = wanted_by_object(GetParam().library);
  const auto found = objects.find(GetParam().object);
  ASSERT_NE(found, objects.end());
  EXPECT_THAT(forbidden(found->first, found->second), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Libraries, AudioObjects,
                         testing::Values(AudioObject{ENGINE_LIBRARY, "device_side.cpp.o"},
                                         AudioObject{HAL_LIBRARY, "clocked_line_audio.cpp.o"},
                                         AudioObject{THREAD_ID_LIBRARY, "thread_id_linux.cpp.o"},
                                         AudioObject{THREAD_ID_LIBRARY, PROCESSOR_OBJECT}),
                         [](const auto& object) {
                           const std::string name = object.param.object;
                           return name.substr(0, name.find('.'));
                         });

/// An exemption that nothing needs any more would hide the next mistake.
TEST(AudioSymbols, Exemptions_are_all_in_use) {
  auto objects = wanted_by_object(CORE_LIBRARY);
  objects.merge(wanted_by_object(DSP_LIBRARY));
  for (const auto& [object, control] : kControlObjects)
    EXPECT_THAT(objects[object], IsSupersetOf(control.may_import_too)) << object << " " << control.reason;
}

TEST(AudioSymbols, An_object_that_does_all_of_it_is_found_out) {
  const auto objects = wanted_by_object(OFFENDER_OBJECT);
  ASSERT_EQ(objects.size(), 1U);
  const Symbols found = forbidden("offender.cpp.o", objects.begin()->second);
  EXPECT_THAT(found,
              IsSupersetOf({"malloc", "free", "operator new(unsigned long)", "pthread_mutex_lock", "printf",
                            "__cxa_throw", "nanosleep", "std::__throw_length_error(char const*)"}));
}

}  // namespace
}  // namespace refwave::test
