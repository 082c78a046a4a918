package dev.banyan.app;

import dev.banyan.compare.CompareOptions;
import dev.banyan.compare.ComparisonReport;
import dev.banyan.compare.SideUnreachableException;
import dev.banyan.requests.RequestFileException;
import java.util.function.LongConsumer;

/// Joins the parts of `banyan compare`.
final class Comparing {
  private Comparing() {}

  @SuppressWarnings("DoNotCallSuggester")
  static ComparisonReport compare(CompareOptions options, LongConsumer progress)
      throws RequestFileException, SideUnreachableException {
    throw new UnsupportedOperationException(options + " " + progress);
  }
}
