// A prepared buffer causes the audio thread no page faults. Not under a sanitizer, whose shadow memory causes
// some.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "tests/stream/assembled_driver.h"

namespace refwave::control {
namespace {

long page_faults() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_minflt + usage.ru_majflt;
}

TEST(Streams, A_prepared_buffer_is_there_for_the_audio_thread_to_record_into) {
  constexpr std::size_t kPages = 64;
  const std::size_t bytes = kPages * static_cast<std::size_t>(getpagesize());
  void* const fresh = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(fresh, MAP_FAILED);
  madvise(fresh, bytes, MADV_NOHUGEPAGE);
  auto* const data = static_cast<unsigned char*>(fresh);
  data[0] = 77;

  test::Client client;
  test::AssembledDriver driver({}, 0);
  ASSERT_EQ(driver.open(client, 256, hal::Direction::input), Error::none);
  core::ClientHeader header{};
  header.data = reinterpret_cast<std::byte*>(data);
  header.length = static_cast<std::uint32_t>(bytes);
  ASSERT_EQ(driver.streams->prepare(client.handle, hal::Direction::input, header), Error::none);
  EXPECT_EQ(data[0], 77) << "what is in it stays";
  const long before = page_faults();
  for (std::size_t at = 0; at < bytes; at += 1'024) data[at] = 1;
  EXPECT_LT(page_faults() - before, static_cast<long>(kPages / 4));
  munmap(fresh, bytes);
}

}  // namespace
}  // namespace refwave::control
