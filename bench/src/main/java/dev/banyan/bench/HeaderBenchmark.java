package dev.banyan.bench;

import dev.banyan.proxy.HopByHop;
import java.util.List;
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

/// What it costs to know which header fields are not passed on.
///
/// Run: `java -jar bench/target/banyan-bench.jar HeaderBenchmark -prof gc`.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class HeaderBenchmark {
  private final String[] names = {
    "Host",
    "User-Agent",
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Authorization",
    "Content-Type",
    "Content-Length",
    "Connection",
    "X-Forwarded-For",
    "X-Request-Id",
    "Traceparent",
  };

  /// Twelve names of a usual request, as they are looked at when it is captured for the shadow.
  @Benchmark
  public int twelveNames() {
    int own = 0;
    for (String name : names) {
      if (HopByHop.isConnectionOwn(name)) {
        own++;
      }
    }
    return own;
  }

  /// A `Connection` value that names a field, which is rare.
  @Benchmark
  public List<String> namedByConnection() {
    return HopByHop.named("keep-alive, X-Trace-Hop");
  }
}
