// Headers and data on missing pages: the call blocks, or a client's signal handler jumps out of it. Either
// way all other calls on the stream proceed.
#include <gtest/gtest.h>

#include <new>
#include <thread>

#include "tests/stream/assembled_driver.h"
#include "tests/support/late_page.h"

namespace refwave::control {
namespace {

using namespace test;

enum class Missing { data, header };
enum class Act { prepare, write, unprepare };

struct Case {
  const char* name;
  hal::Direction direction;
  Act act;
  Missing missing;
};

class MissingMemory : public testing::TestWithParam<Case> {
 protected:
  MissingMemory() {
    driver_.open(client_, 256, GetParam().direction);
    if (GetParam().missing == Missing::header) {
      header_ = new (page_.data()) core::ClientHeader{};
      header_->data = reinterpret_cast<std::byte*>(samples_);
      header_->length = sizeof samples_;
    } else {
      header_->data = page_.data();
      header_->length = static_cast<std::uint32_t>(page_.size());
    }
    if (GetParam().act != Act::prepare) header_->flags = core::kPrepared;
  }

  Error act() {
    switch (GetParam().act) {
      case Act::prepare:
        return driver_.streams->prepare(client_.handle, GetParam().direction, *header_);
      case Act::unprepare:
        return driver_.streams->unprepare(client_.handle, GetParam().direction, *header_);
      case Act::write:
        break;
    }
    return driver_.streams->write(client_.handle, GetParam().direction, *header_);
  }
  /// Returns: whether statistics, a reset and a close of the stream end in time.
  bool others_go_on() {
    std::atomic<bool> ended{false};
    std::thread other([&] {
      driver_.streams->total();
      driver_.streams->reset(client_.handle, GetParam().direction);
      EXPECT_EQ(driver_.streams->close(client_.handle, GetParam().direction), Error::none);
      ended = true;
    });
    const bool in_time = eventually([&] { return ended.load(); }, std::chrono::seconds(3));
    if (in_time) {
      other.join();
    } else {
      other.detach();
    }
    return in_time;
  }

  LatePage page_;
  std::int16_t samples_[64] = {};
  core::ClientHeader own_{};
  core::ClientHeader* header_ = &own_;
  Client client_;
  AssembledDriver driver_{{}, kStepped};
};

TEST_P(MissingMemory, Holds_up_the_call_that_touches_it_alone) {
  page_.leave();
  Error result = Error::none;
  std::thread calling([&] { result = act(); });
  ASSERT_TRUE(eventually([&] { return page_.is_awaited(); }));
  EXPECT_TRUE(others_go_on());
  page_.arrive();
  calling.join();
  if (GetParam().act == Act::write) {
    EXPECT_EQ(result, Error::bad_handle) << "closed meanwhile";
    EXPECT_EQ(core::load_flags(*header_), core::kPrepared) << "as it was before";
  }
}

TEST_P(MissingMemory, Whose_handler_jumps_out_of_the_call_leaves_the_stream_usable) {
  static sigjmp_buf place;
  if (sigsetjmp(place, 1) == 0) {
    page_.leave_and_jump_to(place);
    act();
    FAIL() << "the page is there";
  }
  page_.arrive();
  EXPECT_EQ(core::load_flags(*header_) & core::kInQueue, 0U);
  // ASSERT: a thread that is left inside would keep the driver from ending.
  ASSERT_TRUE(others_go_on());
}

INSTANTIATE_TEST_SUITE_P(
    Calls, MissingMemory,
    testing::Values(Case{"output_prepare_data", kOutput, Act::prepare, Missing::data},
                    Case{"input_prepare_data", kInput, Act::prepare, Missing::data},
                    Case{"output_write_data", kOutput, Act::write, Missing::data},
                    Case{"input_write_data", kInput, Act::write, Missing::data},
                    Case{"output_prepare_header", kOutput, Act::prepare, Missing::header},
                    Case{"output_write_header", kOutput, Act::write, Missing::header},
                    Case{"input_write_header", kInput, Act::write, Missing::header},
                    Case{"output_unprepare_header", kOutput, Act::unprepare, Missing::header}),
    [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace refwave::control
