package dev.banyan.bench;

import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import dev.banyan.parity.Comparison;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What comparing two answers of about 10 KB costs.
///
/// Run: `java -jar bench/target/banyan-bench.jar ComparisonBenchmark -prof gc`.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ComparisonBenchmark {
  private final Comparison comparison = Comparison.of();
  private final Response legacy = Answers.json("legacy", Answers.users("Ann"));
  private final Response same = Answers.json("legacy", Answers.users("Ann"));
  private final Response spaced = Answers.json("legacy", Answers.users("Ann") + "\n");
  private final Response renamed = Answers.json("legacy", Answers.users("Bob"));
  private final Response repriced =
      Answers.json("legacy", Answers.users("Ann").replace("12.50", "12.51"));
  private final Response ordered = Answers.json("legacy", Answers.objects(false));
  private final Response shuffled = Answers.json("legacy", Answers.objects(true));

  /// Settled without parsing.
  @Benchmark
  public Verdict equalBytes() {
    return comparison.compare(legacy, same);
  }

  /// Other bytes that mean the same: both sides are parsed and walked.
  @Benchmark
  public Verdict equalJson() {
    return comparison.compare(legacy, spaced);
  }

  /// One value in the last element differs.
  @Benchmark
  public Verdict oneValueDiffers() {
    return comparison.compare(legacy, renamed);
  }

  /// One value in every element differs.
  @Benchmark
  public Verdict everyElementDiffers() {
    return comparison.compare(legacy, repriced);
  }

  /// Ten thousand objects in another order, one of them with another value.
  @Benchmark
  public Verdict tenThousandShuffled() {
    return comparison.compare(ordered, shuffled);
  }
}
