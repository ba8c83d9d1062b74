// What the configuration dialog offers and accepts, and the settings that result.
#include "driver/dialog/form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

#include "driver/configuration/configuration_keys.h"

namespace refwave::dialog {
namespace {

using configuration::Configuration;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<hal::DeviceInfo> devices() {
  const auto device = [](const char* name, hal::Direction direction, bool is_default) {
    return hal::DeviceInfo{
        .name = name, .backend = "PortAudio", .direction = direction, .is_default = is_default};
  };
  return {device("WASAPI/Speakers", hal::Direction::output, true),
          device("WASAPI/Lautsprecher é", hal::Direction::output, false),
          device("clocked", hal::Direction::output, false),
          device("WASAPI/Microphone", hal::Direction::input, true),
          device("clocked", hal::Direction::input, false)};
}

Form form_with(const std::string& output) {
  Configuration configuration;
  configuration.output = {output};
  Form form(configuration);
  form.set_devices(devices());
  return form;
}

std::string label(const Form& form, Field field) { return form.options(field)[form.chosen(field)]; }

TEST(Dialog_form, A_part_of_a_name_shows_its_device_and_is_kept) {
  Form form = form_with("speakers");
  EXPECT_EQ(label(form, Field::output), "WASAPI/Speakers");
  form.choose(Field::output, form.chosen(Field::output));
  EXPECT_THAT(form.wanted().output, ElementsAre("speakers"));
}

TEST(Dialog_form, The_first_of_several_devices_is_chosen_and_the_others_stay) {
  Configuration configuration;
  configuration.output = {"WASAPI/Speakers", "clocked"};
  Form form(configuration);
  form.set_devices(devices());
  form.choose(Field::output, 2);
  EXPECT_THAT(form.wanted().output, ElementsAre("WASAPI/Lautsprecher é", "clocked"));
}

TEST(Dialog_form, Every_option_says_what_refwave_toml_calls_it) {
  for (const auto& [field, name] :
       {std::pair{Field::completion, "completion"}, {Field::wake, "wake"}, {Field::done, "done"}}) {
    Form form({});
    const auto key = std::ranges::find(configuration::keys(), name, &configuration::Key::name);
    for (std::size_t i = 0; i < form.options(field).size(); ++i) {
      form.choose(field, i);
      const std::string value = configuration::as_toml(*key, form.wanted());
      EXPECT_THAT(label(form, field), HasSubstr("(" + value.substr(1, value.size() - 2) + ")"));
      EXPECT_EQ(form.chosen(field), i);
    }
  }
}

TEST(Dialog_form, A_period_is_any_number_in_range) {
  Form form({});
  for (const char* typed : {"16", "16384", " 441 "}) {
    form.set_period(typed);
    EXPECT_EQ(form.problem(), "") << typed;
  }
  EXPECT_EQ(form.wanted().period, 441U);
  for (const char* typed :
       {"", "15", "16385", "4x", "480.0", "-64", "64; wake = spin", "\"64\"", "99999999999"}) {
    form.set_period(typed);
    EXPECT_THAT(form.problem(), HasSubstr("16 to 16384")) << typed;
    EXPECT_THAT(form.period_note(form.wanted().period), HasSubstr("16 to 16384"));
    EXPECT_EQ(form.wanted().period, 441U) << typed << " keeps the last proper one";
  }
}

TEST(Dialog_form, Periods_are_offered_and_shown_as_the_chosen_output_makes_them) {
  Configuration configuration;
  configuration.output = {"clocked"};
  configuration.latency_ms = 4;
  for (const auto& [form, period, note] :
       {std::tuple{form_with("default"), "960", "frames; this output takes 240 (5 ms)"},
        {form_with("default"), "240", "frames; 5 ms at 48000 a second"},
        {form_with("clocked"), "960", "frames; 20 ms at 48000 a second"},
        {Form(configuration), "480", "frames; this output takes 96 (2 ms)"}}) {
    Form typed = form;
    typed.set_period(period);
    EXPECT_EQ(typed.period_note(typed.wanted().period), note);
    typed.choose_defaults();
    EXPECT_EQ(typed.wanted().period, Configuration{}.period);
    EXPECT_EQ(typed.chosen(Field::output), 0U);
  }
  EXPECT_EQ(form_with("default").usual_periods().back(), 240U);
  EXPECT_EQ(form_with("clocked").usual_periods().back(), 1024U);
  EXPECT_THAT(form_with("clocked").usual_periods(), Contains(Configuration{}.period));
}

}  // namespace
}  // namespace refwave::dialog
