package dev.banyan.cli;

import dev.banyan.transfer.report.StatusReport;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Shows a transfer as it goes on: the same lines again and again on a terminal, elsewhere one line
/// now and then. For one thread at a time.
final class TransferProgress implements Consumer<StatusReport> {
  /// A log is not to be filled by a backfill of a day.
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final PrintWriter out;
  private final boolean terminal;
  private final boolean everyTime;
  private int lines;
  private @Nullable Instant told;
  private StatusReport.@Nullable Phase phase;

  TransferProgress(PrintWriter out, boolean terminal) {
    this(out, terminal, false);
  }

  private TransferProgress(PrintWriter out, boolean terminal, boolean everyTime) {
    this.out = out;
    this.terminal = terminal;
    this.everyTime = everyTime;
  }

  /// One that leaves out nothing that it is told.
  static TransferProgress everyTime(PrintWriter out, boolean terminal) {
    return new TransferProgress(out, terminal, true);
  }

  @Override
  public void accept(StatusReport status) {
    if (terminal) {
      wipe();
      String text = TransferText.status(status);
      lines = (int) text.lines().count();
      out.print(text);
    } else if (everyTime || due(status)) {
      told = status.at();
      phase = status.phase();
      out.print(TransferText.brief(status));
    }
    out.flush();
  }

  private boolean due(StatusReport status) {
    Instant last = told;
    return last == null
        || phase != status.phase()
        || Duration.between(last, status.at()).compareTo(PAUSE) >= 0;
  }

  /// Takes what is shown away again, for what comes in its place.
  void wipe() {
    if (lines > 0) {
      out.print("\u001b[" + lines + "A\r\u001b[J");
      out.flush();
      lines = 0;
    }
  }
}
