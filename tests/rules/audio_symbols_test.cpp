// What the functions of the audio thread may import. In driver/core and dsp these are all functions but those
// that are named below, each with its reason, and which no others may call. Those of driver/engine and hal
// are function_effects' and the live rules', as is a call through a function pointer.
#include <cxxabi.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "tests/support/shell.h"

namespace refwave::test {
namespace {

using testing::IsEmpty;
using Symbols = std::set<std::string>;
using Functions = std::map<std::string, Symbols>;
constexpr const char* kTables = "(tables)";  // in place of a function: what constants refer to

bool is_ours(const std::string& symbol) { return symbol.find("refwave::") != std::string::npos; }

/// Returns: what this command says of the file. Throws if it fails or says nothing.
std::istringstream output_of(const std::string& command, const std::string& file) {
  int status = 0;
  const std::string text = text_of(command + " '" + file + "'", &status);
  if (status != 0 || text.empty()) throw std::runtime_error(command + " " + file + " failed");
  return std::istringstream(text);
}

/// Returns: the symbol in one of nm's plain lines ("address type symbol", or "type symbol" if it is
/// undefined).
std::string symbol_of(const std::string& line) {
  const std::size_t type = line.find_first_not_of(" 0123456789abcdef");
  return type == std::string::npos || type + 2 > line.size() ? std::string{} : line.substr(type + 2);
}

/// Returns: the function in this section, demangled; kTables for data; the section's name if it is not one
/// function's; empty for what only debuggers and exceptions read.
std::string function_of(const std::string& section) {
  for (const char* none : {".debug", ".eh_frame", ".gcc_except_table", ".note"})
    if (section.starts_with(none)) return {};
  if (!section.starts_with(".text")) return kTables;
  const std::size_t name = section.find("._Z");
  if (name == std::string::npos) return section;
  // Of a function that the compiler has split or cloned: before ".cold", ".part.0" and the like.
  const std::string mangled = section.substr(name + 1, section.find('.', name + 1) - name - 1);
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> demangled(
      abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, &status), std::free);
  return demangled ? demangled.get() : mangled;
}

/// Returns: the symbol in "OFFSET TYPE SYMBOL+0x1", or the function of the section in its place; empty if
/// that is data or a local label.
std::string relocated_symbol(const std::string& line) {
  std::istringstream words(line);
  std::string offset;
  std::string type;
  std::string symbol;
  words >> offset >> type >> std::ws;
  std::getline(words, symbol);
  static const std::regex addend("[-+]0x[0-9a-f]+$");
  symbol = std::regex_replace(symbol, addend, "");
  if (symbol.starts_with(".text")) return function_of(symbol);
  return symbol.starts_with(".") ? std::string{} : symbol;
}

/// Returns: for each object of a library the symbols that `nm` tells with these options.
std::map<std::string, Symbols> symbols_by_object(const std::string& options, const std::string& file) {
  std::map<std::string, Symbols> objects;
  std::istringstream lines = output_of("nm --demangle " + options, file);
  Symbols* current = &objects[std::filesystem::path(file).filename()];
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with(".o:")) {
      current = &objects[line.substr(0, line.size() - 1)];
    } else if (!line.empty()) {
      current->insert(symbol_of(line));
    }
  }
  return objects;
}

/// Returns: for each object of a static library, for each of its functions, the symbols that it refers to:
/// those from elsewhere, and refwave's own. Precondition: each function has a section of its own.
std::map<std::string, Functions> wanted_by_function(const std::string& file) {
  std::map<std::string, Functions> objects;
  auto imported = symbols_by_object("--undefined-only", file);
  // Those that refer to nothing, too.
  for (const auto& [name, functions] : symbols_by_object("--defined-only --extern-only", file))
    for (const std::string& function : functions)
      if (function.ends_with(")")) objects[name][function];
  std::istringstream lines = output_of(OBJDUMP " --reloc --demangle", file);
  Functions* object = nullptr;
  const Symbols* wanted = nullptr;
  std::string function;
  for (std::string line; std::getline(lines, line);) {
    if (const std::size_t end = line.find(":     file format"); end != std::string::npos) {
      const std::string name = std::filesystem::path(line.substr(0, end)).filename();
      object = &objects[name];
      wanted = &imported[name];
    } else if (line.starts_with("RELOCATION RECORDS")) {
      const std::size_t begin = line.find('[') + 1;
      function = function_of(line.substr(begin, line.find(']') - begin));
      if (object != nullptr && !function.empty()) (*object)[function];
    } else if (object != nullptr && !function.empty() && !line.empty() && !line.starts_with("OFFSET")) {
      const std::string symbol = relocated_symbol(line);
      if (wanted->contains(symbol) || is_ours(symbol)) (*object)[function].insert(symbol);
    }
  }
  return objects;
}

const Symbols kAudioMayImport = {
    // memory and arithmetic
    "memcpy", "memmove", "memset", "memcmp", "llround", "__popcountdi2",
    // the clock, read without a system call; the thread's own number, and the processor it runs on
    "std::chrono::_V2::steady_clock::now()", "pthread_self", "pthread_getcpuclockid", "sched_getcpu",
    // the one wake of a period: LightweightSemaphore::signal()
    "sem_post",
    // tables and flags of the compiler, no calls: what noexcept needs, and whether shared_ptr may count
    // without atomics
    "__gxx_personality_v0", "_GLOBAL_OFFSET_TABLE_", "__libc_single_threaded",
    // where the client that an audio thread calls ends that thread (completion = direct)
    "__cxa_begin_catch", "std::terminate()",
    // of classes with virtual functions
    "__cxa_pure_virtual", "vtable for __cxxabiv1::__class_type_info",
    "vtable for __cxxabiv1::__si_class_type_info"};

/// Functions by the beginnings of their names.
struct ControlFunctions {
  std::vector<std::string> functions;
  const char* reason;
};

const std::vector<ControlFunctions> kControl = {
    {{"refwave::core::Stream::furnish(", "refwave::core::Stream::clear_out(",
      "refwave::core::Stream::make_spare(", "refwave::core::Stream::replace_state(",
      "refwave::core::Stream::lose_state(", "std::default_delete<refwave::core::PositionClock>",
      "std::unique_ptr<refwave::core::Pipeline,", "refwave::core::PlaybackState::PlaybackState(",
      "refwave::core::PlaybackState::~PlaybackState(", "refwave::core::PlaybackState::make_fresh(",
      "std::_Optional_payload_base<refwave::core::SpeedParts>", "refwave::core::CaptureState::CaptureState(",
      "refwave::core::CaptureState::~CaptureState(", "refwave::core::CaptureState::make_fresh("},
     "make, replace and free a stream's states"},
    {{"refwave::core::Stream::queue(", "refwave::core::Stream::write(", "refwave::core::Stream::refill(",
      "refwave::core::Stream::return_all(", "refwave::core::Stream::return_waiting(",
      "refwave::core::Stream::take(", "refwave::core::Stream::take_locked(", "refwave::core::deliver_all("},
     "list what waits until the ring has room, and take messages from there"},
    {{"refwave::core::AudioSection::AudioSection(", "refwave::core::replace_overdue(",
      "refwave::core::(anonymous namespace)::seize_and_replace("},
     "wait for a stream's lock, and replace the audio state of a thread that stays inside"},
    {{"refwave::core::Trace::start(", "refwave::core::Trace::stop(", "refwave::core::Trace::read(",
      "refwave::core::trace_cost_ps("},
     "make the ring when a trace is started; the mutex is between those who start, stop and read"},
    {{"refwave::dsp::make_floats(", "refwave::dsp::shared_bank(", "refwave::dsp::bank_key(",
      "refwave::dsp::BankReturn::operator()(", "refwave::dsp::(anonymous namespace)::fill_",
      "refwave::dsp::impulse_response("},
     "make and free memory; the mutex is between those who make and free banks"},
    {{"refwave::core::Pipeline::Pipeline(", "refwave::core::Pipeline::make(", "refwave::core::Mixer::Mixer(",
      "refwave::core::Recorder::Recorder(", "refwave::dsp::kernels(",
      "refwave::dsp::Kernels const* hwy::FunctionCache<", "refwave::dsp::decoder(", "refwave::dsp::encoder(",
      "refwave::dsp::measurer(", "refwave::dsp::non_finite_counter(", "refwave::dsp::ChannelMap::ChannelMap(",
      "refwave::dsp::Encoder::Encoder(", "refwave::dsp::Resampler::Resampler(",
      "refwave::dsp::Resampler::make(", "refwave::dsp::Resampler::make_room(",
      "refwave::dsp::Resampler::~Resampler("},
     "choose loops and make scratch memory and a resampler when a stream meets a device"},
    {{"refwave::core::PlaybackState::prepare_speed(", "refwave::core::PlaybackState::speed_request(",
      "refwave::core::make_speed_parts(", "std::default_delete<refwave::dsp::Speed>",
      "refwave::dsp::Speed::make(", "refwave::dsp::Speed::prepare(", "refwave::dsp::TimeStretch::make(",
      "refwave::dsp::TimeStretch::make_room(", "refwave::dsp::FractionalDelay::make(",
      "refwave::dsp::Varispeed::make(", "refwave::dsp::Varispeed::make_room(",
      "refwave::dsp::Varispeed::Varispeed(", "refwave::dsp::Varispeed::key_of(",
      "refwave::dsp::Varispeed::prepare("},
     "make and free what a client's rate and pitch need"},
};

bool is_control(const std::string& function) {
  return std::ranges::any_of(kControl, [&](const ControlFunctions& control) {
    return std::ranges::any_of(control.functions,
                               [&](const auto& begin) { return function.starts_with(begin); });
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
  std::size_t known = 0;
  for (const auto& [object, functions] : wanted_by_function(GetParam())) {
    EXPECT_FALSE(functions.contains(".text")) << object << " has functions without sections of their own";
    known += functions.size();
    for (const auto& [function, wanted] : functions) {
      if (is_control(function)) continue;
      EXPECT_THAT(forbidden(function, wanted), IsEmpty()) << object << ": " << function;
    }
  }
  EXPECT_GE(known, 50U);
}

INSTANTIATE_TEST_SUITE_P(Libraries, AudioSymbols, testing::Values(CORE_LIBRARY, DSP_LIBRARY),
                         [](const auto& library) { return library.index == 0 ? "core" : "dsp"; });

/// An exemption that nothing needs any more would hide the next mistake. And what they exempt is found, from
/// memory and locks to exceptions.
TEST(AudioSymbols, Exemptions_are_all_in_use) {
  Functions functions;
  for (const char* library : {CORE_LIBRARY, DSP_LIBRARY})
    for (auto& [object, wanted] : wanted_by_function(library)) functions.merge(wanted);
  for (const ControlFunctions& control : kControl) {
    for (const std::string& begin : control.functions) {
      const bool needs_it = std::ranges::any_of(functions, [&](const auto& one) {
        return one.first.starts_with(begin) && !forbidden(one.first, one.second).empty();
      });
      EXPECT_TRUE(needs_it) << begin << "…) " << control.reason;
    }
  }
}

}  // namespace
}  // namespace refwave::test
