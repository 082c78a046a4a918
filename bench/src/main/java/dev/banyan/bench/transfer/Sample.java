package dev.banyan.bench.transfer;

import dev.banyan.bench.machine.ProcessFigures;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// One measurement.
///
/// @param seconds from its beginning to its end
/// @param moverSeconds of CPU that whatever moved or compared the rows used itself: this JVM with
///   all its threads, or the programs that were started
/// @param serverSeconds of CPU that all database servers used meanwhile
record Sample(long rows, double seconds, double moverSeconds, double serverSeconds) {
  private static final double MILLION = 1e6;

  /// A session of a server is counted with it only when it has ended and its parent has noticed.
  private static final Duration AFTER = Duration.ofMillis(200);

  /// What is measured.
  interface Work {
    /// @return rows
    long run() throws Exception;
  }

  double perSecond() {
    return rows / seconds;
  }

  double moverPerMillion() {
    return moverSeconds / rows * MILLION;
  }

  double serverPerMillion() {
    return serverSeconds / rows * MILLION;
  }

  /// Programs that were started count with this process, once they have ended.
  static Sample of(List<Server> servers, Work work) throws Exception {
    double mover = seconds(ProcessFigures.of(ProcessHandle.current(), false));
    double server = servers(servers);
    long began = System.nanoTime();
    long rows = work.run();
    double took = (System.nanoTime() - began) / 1e9;
    Thread.sleep(AFTER);
    return new Sample(
        rows,
        took,
        seconds(ProcessFigures.of(ProcessHandle.current(), false)) - mover,
        servers(servers) - server);
  }

  private static double servers(List<Server> servers) throws IOException {
    double all = 0;
    for (Server each : servers) {
      all += seconds(ProcessFigures.of(each.process(), true));
    }
    return all;
  }

  private static double seconds(ProcessFigures figures) {
    return figures.cpu().toNanos() / 1e9;
  }
}
