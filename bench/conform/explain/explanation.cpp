#include "bench/conform/explain/explain.h"

#include <algorithm>

#include "driver/configuration/nearest_name.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/console/text.h"

namespace refwave::conform {
namespace {

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view meant_by(std::string_view pattern, const std::vector<Rule>& rules) {
  std::vector<std::string_view> names;
  for (const Rule& rule : rules) names.insert(names.end(), {rule.id, rule.group, rule.message()});
  return configuration::nearest_name(pattern, names);
}

constexpr std::string_view kClientsCall =
    "Clients call the driver from inside their callback, although the documents advise against it.";
constexpr std::string_view kNestedClose = "driver/control/close_protocol.cpp, finish_nested_close";
constexpr std::string_view kFormatsTried =
    "Programs try formats until one is accepted, and rely on WAVERR_BADFORMAT for the others.";
constexpr std::string_view kParser = "driver/winmm/wave_format.cpp, parse_wave_format";
constexpr std::string_view kGames = "Games play engines and music as loops of one or many headers.";
constexpr std::string_view kUnmapped =
    "After DRV_FREE the driver's code is unmapped, and a thread inside it crashes the program.";
constexpr std::string_view kOldHandles =
    "Programs use handles after closing them, or pass addresses that never were a stream's.";

struct Reason {
  std::string_view pattern;  // the rules that it is for: an id, a group, or a pattern
  std::string_view why;      // the effect on programs if a driver breaks the rule
  std::string_view place{};  // where refwave does it, if not where it takes the message
};

/// The first match counts, so the reasons for single rules come before the reason for their group.
constexpr Reason kReasons[] = {
    {"Process.*",
     "Many programs just return from main. One that hangs there keeps its device and its files."},
    {"*.starts_nothing", "winmm loads every registered driver, even into programs that never play."},
    {"*.ends_threads", kUnmapped},
    {"DRV_FREE.no_thread", kUnmapped},
    {"*.pointer_width", "A 64-bit program's headers and instances may lie above 4 GB."},
    {"*.random_handle", kOldHandles},
    {"*.closed_handle", kOldHandles},
    {"*.not_inside_*", "A program that holds a lock while it writes deadlocks in its callback."},
    {"*.once_in_order", "Programs count messages, and take the n-th message for the n-th header."},
    {"*.sixteen_bytes", "A PCMWAVEFORMAT has 16 bytes, and old programs allocate no more."},
    {"*.hosts_flags", "winmm and the program keep flags of their own in dwFlags."},
    {"*.any_address", "Windows declares WAVEHDR without alignment, so a program's may lie at any address."},
    {"*.other_fields", "dwUser, lpNext and reserved belong to the program and to winmm."},
    {"*.modulo", "A stream that plays for a day passes 32 bits, and programs subtract positions."},
    {"*.bad_target", "Programs pass structures that are too short or null."},
    {"*.blocked_callback", "One client's callback may take long, or never return.",
     "driver/control/close_protocol.cpp, wait_for_owner"},
    {"*.blocked_*", "One client's callback may take long, and the others must keep playing."},
    {"*.may_close", kClientsCall, kNestedClose},
    {"*.may_close_at_end", kClientsCall, kNestedClose},
    {"*.may_follow", kClientsCall, kNestedClose},
    {"W?M_*.flags", "Programs check the flags inside the callback, and write or free the header there."},
    {"*.pcm_and_float", kFormatsTried, kParser},
    {"*.extensible", kFormatsTried, kParser},
    {"*_GETPOS.formats", "Programs play what their files have, and synchronize pictures with the position.",
     kParser},
    {"*.loops", kGames, "driver/core/stream/playback_state.cpp, return_all"},
    {"DRV_DISABLE.ends_*",
     "After DRV_DISABLE the driver may be unloaded, and its clients free their headers."},
    {"driver",
     "winmm sends these messages when it loads, enables and frees a driver, in any order and number."},
    {"device", "Programs query devices and their capabilities before they open one, and trust the answers."},
    {"open", "Every program begins with an open; many ask with WAVE_FORMAT_QUERY first."},
    {"format", kFormatsTried},
    {"callback", "The messages are all that a program learns of its stream."},
    {"header", "The flags of a header say who owns its memory; a mistake frees memory that is being played."},
    {"queue", "Players keep a few blocks in flight and time themselves by their return."},
    {"reset", "Programs free their blocks as soon as waveOutReset returns."},
    {"close", "After a close the program frees everything that it gave to the stream."},
    {"position", "Programs synchronize pictures with the position."},
    {"loop", kGames},
    {"volume", "A program's own volume must not change the others'."},
    {"input", "Recorders trust dwBytesRecorded, and get the last part by WIDM_STOP."},
    {"client", kClientsCall},
    {"crowd", "Programs open many streams from many threads at the same time."},
    {"statistics", "refwave's own tools read these figures."},
};

const Reason& reason_for(const Rule& rule) {
  return *std::ranges::find_if(kReasons, [&](const Reason& each) { return means(each.pattern, rule); });
}

}  // namespace

bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*' && matches(pattern.substr(1), text)) return true;
  if (text.empty()) return false;
  if (pattern[0] == '*') return matches(pattern, text.substr(1));
  const bool is_same = pattern[0] == '?' || small(pattern[0]) == small(text[0]);
  return is_same && matches(pattern.substr(1), text.substr(1));
}

bool means(std::string_view pattern, const Rule& rule) {
  const std::string_view name = rule.id.substr(rule.id.find('.'));
  return matches(pattern, rule.id) || matches(pattern, rule.group) || matches(pattern, rule.message()) ||
         matches(pattern, std::string(rule.group) + std::string(name));
}

std::vector<Rule> chosen_rules(const std::vector<std::string>& patterns) {
  std::vector<Rule> rules = all_rules();
  if (patterns.empty()) return rules;
  for (const std::string& pattern : patterns) {
    if (std::ranges::any_of(rules, [&](const Rule& rule) { return means(pattern, rule); })) continue;
    const std::string_view meant = meant_by(pattern, rules);
    throw cli::Failure(pattern + ": no such rule; " +
                           (meant.empty() ? "`refwave conform --list` prints all"
                                          : "did you mean " + std::string(meant) + "?"),
                       cli::kUsage);
  }
  std::erase_if(rules, [&](const Rule& rule) {
    return std::ranges::none_of(patterns, [&](const std::string& pattern) { return means(pattern, rule); });
  });
  return rules;
}

std::string explanation(const Rule& rule, std::size_t columns) {
  const Message& message = message_of(rule);
  const Reason& reason = reason_for(rule);
  std::string text = std::string(rule.id) + '\n';
  const auto item = [&](const char* name, std::string_view what) {
    constexpr std::size_t kIndent = 4;
    text += "  " + std::string(name) + '\n' + std::string(kIndent, ' ') +
            cli::wrapped(what, columns, kIndent, kIndent);
  };
  item("the rule", std::string(rule.sentence) + (rule.is(kOurs) ? " (refwave's choice)" : ""));
  item("the page", message.document);
  item("the reason", reason.why);
  item("the usual mistake", usual_mistake_of(rule).text);
  item("in refwave", reason.place.empty() ? std::string(message.file) + ", " + std::string(message.function)
                                          : std::string(reason.place));
  item("try it", "refwave conform DRIVER --rule " + std::string(rule.id) + " --all");
  return text;
}

}  // namespace refwave::conform
