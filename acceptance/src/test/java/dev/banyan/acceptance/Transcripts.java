package dev.banyan.acceptance;

import java.util.concurrent.ConcurrentLinkedDeque;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/// Adds to a failure what the last programs said.
final class Transcripts implements TestExecutionExceptionHandler {
  private static final int PROGRAMS = 2;
  private static final int LONGEST = 8_000;
  private static final ConcurrentLinkedDeque<Banyan> LAST = new ConcurrentLinkedDeque<>();

  static void watch(Banyan program) {
    LAST.addFirst(program);
    if (LAST.size() > PROGRAMS) {
      LAST.removeLast();
    }
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    for (Banyan program : LAST) {
      String text = program.transcript();
      String end = text.substring(Math.max(0, text.length() - LONGEST));
      AssertionError said = new AssertionError("the program said\n" + end);
      said.setStackTrace(new StackTraceElement[0]);
      failure.addSuppressed(said);
    }
    throw failure;
  }
}
