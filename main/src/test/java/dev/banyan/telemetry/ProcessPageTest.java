package dev.banyan.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ProcessPageTest {
  @Test
  void readsWhatTheClientLibrariesWrite() {
    ProcessPage page =
        ProcessPage.read(
            """
            # HELP process_cpu_seconds_total Total user and system CPU time spent in seconds.
            # TYPE process_cpu_seconds_total counter
            process_cpu_seconds_total 12.25
            # TYPE process_resident_memory_bytes gauge
            process_resident_memory_bytes{pid="7"} 4.194304e+07 1700000000000
            process_resident_memory_bytes 1
            """);

    assertThat(page)
        .isEqualTo(new ProcessPage(OptionalDouble.of(41_943_040), OptionalDouble.of(12.25)));
  }

  @Test
  void nothingElseIsTakenForIt() {
    ProcessPage nothing = new ProcessPage(OptionalDouble.empty(), OptionalDouble.empty());

    assertThat(ProcessPage.read("")).isEqualTo(nothing);
    assertThat(
            ProcessPage.read(
                """
                x_process_cpu_seconds_total 1
                process_cpu_seconds_total_sum 1
                process_cpu_seconds_total NaN
                process_cpu_seconds_total -1
                process_resident_memory_bytes 1.2.3
                process_resident_memory_bytes +Inf
                """))
        .isEqualTo(nothing);
  }
}
