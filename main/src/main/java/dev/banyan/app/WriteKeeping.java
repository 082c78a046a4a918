package dev.banyan.app;

import dev.banyan.proxy.AfterWrites;
import dev.banyan.proxy.Freshness;
import dev.banyan.proxy.UncertainWrites;
import dev.banyan.proxy.WriteCare;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The writes to families whose sides each have data of their own, in this process: they are held
/// while their owner changes, their readers find them, and those that nobody knows the fate of are
/// listed.
final class WriteKeeping {
  private static final Logger LOG = LoggerFactory.getLogger(WriteKeeping.class);

  /// How often the change streams are asked how far they are.
  private static final Duration ASK = Duration.ofMillis(50);

  private static final int WORD = 36;
  private static final String TOKENS = "after-writes";

  private final Steering steering;
  private final WriteCare care;

  /// @param key of the tokens that clients carry, the same for all who share the store
  WriteKeeping(
      Steering steering,
      Freshness freshness,
      UncertainWrites uncertain,
      byte[] key,
      LongSupplier nanos,
      InstantSource clock) {
    this.steering = steering;
    String process = new BigInteger(WORD, new SecureRandom()).toString(WORD);
    this.care = new WriteCare(new AfterWrites(freshness, key, process, nanos, clock), uncertain);
  }

  /// What this process keeps from now on.
  ///
  /// @param freshness how far the change streams are
  /// @param uncertain hears of writes that nobody knows the fate of
  /// @param store has the key, which all who share it get
  static WriteKeeping begin(
      Steering steering,
      Storage store,
      Freshness freshness,
      UncertainWrites uncertain,
      Clockwork clockwork,
      InstantSource clock) {
    byte[] key = store.secret(TOKENS);
    WriteKeeping keeping =
        new WriteKeeping(steering, freshness, uncertain, key, System::nanoTime, clock);
    keeping.begin(clockwork);
    return keeping;
  }

  WriteCare care() {
    return care;
  }

  /// Asks the change streams from now on. What they answer late only keeps reads with the owner.
  private void begin(Clockwork clockwork) {
    clockwork.loop(
        "banyan-fresh",
        () -> {
          try {
            care.after().refresh();
          } catch (RuntimeException e) {
            LOG.warn("how far the change streams are is not known; reads stay with the owner", e);
          }
          return ASK;
        });
  }

  /// Holds the writes of families back, in this process.
  ///
  /// @param underWay as [dev.banyan.proxy.transport.Gateway#writesUnderWay]
  /// @throws IllegalArgumentException when a family's data is not `synced`
  Hold hold(Set<String> families, Function<Set<String>, OptionalInt> underWay) {
    Set<String> held = Set.copyOf(families);
    steering.hold(held);
    return new Hold(held, underWay);
  }

  /// A hold, until it is released. Safe to use from any thread.
  final class Hold {
    private final Set<String> families;
    private final Function<Set<String>, OptionalInt> underWay;
    private final AtomicBoolean released = new AtomicBoolean();

    private Hold(Set<String> families, Function<Set<String>, OptionalInt> underWay) {
      this.families = families;
      this.underWay = underWay;
    }

    /// Writes of the families that were sent, or are about to be, to the owner they had when the
    /// hold began. Once it is 0 it stays so: this process sends none until the release. Asks the
    /// event loops, which takes a moment.
    ///
    /// @return empty when an event loop did not answer within a second
    OptionalInt inFlight() {
      return underWay.apply(families);
    }

    /// Ends the hold: what was held, and is still waiting, goes where the table in force says.
    void release() {
      if (released.compareAndSet(false, true)) {
        steering.release(families);
      }
    }
  }
}
