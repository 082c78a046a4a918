package dev.banyan.cli;

import dev.banyan.compare.CompareOptions;
import dev.banyan.compare.ComparisonReport;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/// For commands that need none of them.
record NoPrograms() implements Programs {
  @Override
  public int run(Path file, Path data) {
    throw new AssertionError("only the help is asked for");
  }

  @Override
  public int check(Path file, OutputFormat format) {
    throw new AssertionError("only the help is asked for");
  }

  @Override
  public int transfers(Path file, TransferWork work) {
    throw new AssertionError("only the help is asked for");
  }

  @Override
  public ComparisonReport compare(CompareOptions options, LongConsumer progress) {
    throw new AssertionError("only the help is asked for");
  }
}
