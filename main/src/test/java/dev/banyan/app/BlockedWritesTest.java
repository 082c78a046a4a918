package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.banyan.parity.Books;
import dev.banyan.parity.ParityBook;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BlockedWritesTest {
  private final ParityBook book = Books.book(new ForgetfulStore(), Instant.EPOCH);
  private final BlockedWrites blocked = new BlockedWrites(book);

  @Test
  void theBookIsToldOnceOfEach() {
    blocked.count("a");
    blocked.count("a");
    blocked.count("b");
    blocked.tell();
    blocked.tell();
    assertThat(book.evidence("a").skipped()).containsExactly(Map.entry(BlockedWrites.REASON, 2L));
    assertThat(book.evidence("b").skipped()).containsExactly(Map.entry(BlockedWrites.REASON, 1L));
  }

  @Test
  void whatWasCountedBeforeAResetIsNotToldAfterIt() {
    blocked.count("a");
    book.reset("a", Instant.EPOCH);
    blocked.tell();
    assertThat(book.evidence("a").skipped()).isEmpty();
    blocked.count("a");
    blocked.tell();
    assertThat(book.evidence("a").skipped()).containsExactly(Map.entry(BlockedWrites.REASON, 1L));
  }

  @Test
  void countingAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int times = 100_000;
    count(times); // what is made once: the tally, and what the first calls load
    long before = threads.getCurrentThreadAllocatedBytes();
    count(times);
    long each = (threads.getCurrentThreadAllocatedBytes() - before) / times;
    assertThat(each).as("bytes for each write").isZero();
  }

  private void count(int times) {
    for (int i = 0; i < times; i++) {
      blocked.count("a");
    }
  }
}
