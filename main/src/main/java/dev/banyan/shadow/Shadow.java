package dev.banyan.shadow;

import dev.banyan.migration.Endpoint;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Sends sampled requests to the other side as well, and hands both answers over to be compared.
///
/// It can only lose: memory, second legs under way, their time and the comparisons waiting are all
/// bounded, and over a bound a sample is dropped and counted by reason. Of a side that keeps
/// failing only a few answers are asked for. While the event loops are late, less is sampled in the
/// first place. Nothing here blocks or waits. Safe to use from any thread.
public final class Shadow implements AutoCloseable {

  /// What the shadow asks of the rest of the program.
  ///
  /// @param randomness evenly from 0 to less than 1, from any thread
  /// @param nanos a monotonic clock
  /// @param secondLeg sends what nobody waits for
  /// @param judge gets each finished exchange
  /// @param comparing runs the comparisons, and refuses by a
  ///   [java.util.concurrent.RejectedExecutionException] when its bounded queue is full
  public record Ports(
      DoubleSupplier randomness,
      LongSupplier nanos,
      SecondLeg secondLeg,
      Judge judge,
      Executor comparing) {}

  /// Is told of samples that were not sent because their second side fails. They are no matches,
  /// and who judges a family by what was compared must know of them.
  public interface LeftOut {
    /// @param period of evidence that they began in
    void leftOut(String family, long period, long count);
  }

  private final Ports ports;
  private final Map<String, FamilyTally> tallies = new ConcurrentHashMap<>();

  /// By service.
  private final Map<String, Fuse> fuses = new ConcurrentHashMap<>();

  private final AtomicInteger underWay = new AtomicInteger();
  private final MemoryBudget memory;
  private final Shedding shedding = new Shedding();
  private volatile Settings settings;
  private volatile boolean closed;

  private record Settings(ShadowOptions options, Map<String, Double> shares) {}

  /// @param shares by family, how much of its comparable traffic is sampled, from 0 to 1; all of it
  ///   where a family is not named
  public Shadow(ShadowOptions options, Map<String, Double> shares, Ports ports) {
    this.settings = new Settings(options, Map.copyOf(shares));
    this.ports = ports;
    this.memory = new MemoryBudget(options.memoryBytes());
  }

  /// Changes what is sampled from the next request on. The memory budget stays as it was made.
  public void adopt(ShadowOptions options, Map<String, Double> shares) {
    settings = new Settings(options, Map.copyOf(shares));
  }

  /// A request begins that may be compared.
  ///
  /// @param period of evidence that it begins in: a token, handed to the comparison as it is
  /// @param service where its second leg would go
  /// @return what collects it, or null when it is not sampled
  public @Nullable Sample begin(
      String id, String family, long epoch, long period, Endpoint endpoint, String service) {
    return begin(id, family, epoch, period, endpoint, service, null);
  }

  /// A request begins that may be compared.
  ///
  /// @param errand sends something else than the same request, and judges what comes of it; or null
  /// @return what collects it, or null when it is not sampled; the errand hears of nothing then
  public @Nullable Sample begin(
      String id,
      String family,
      long epoch,
      long period,
      Endpoint endpoint,
      String service,
      @Nullable Errand errand) {
    double share = share(family);
    double kept = shedding.kept();
    double drawn = share < 1 || kept < 1 ? ports.randomness().getAsDouble() : 0;
    if (closed || drawn >= share) {
      return null;
    }
    FamilyTally tally = tally(family);
    if (drawn >= share * kept) {
      tally.shed();
      return null;
    }
    tally.sampled();
    if (underWay.get() >= options().concurrency()) {
      // Better to know now than after the bodies have been held for nothing.
      tally.dropped(Drop.CONCURRENCY);
      return null;
    }
    Fuse fuse = fuse(service);
    if (!fuse.admits(ports.nanos())) {
      if (errand != null) {
        tally.dropped(Drop.COPIES_FAILING); // it says nothing of the candidate that clients meet
      } else if (fuse.fails()) {
        tally.leftOut(period);
      } else {
        tally.dropped(Drop.SECOND_SIDE_ON_TRIAL);
      }
      return null;
    }
    return new Sample(this, tally, fuse, id, family, epoch, period, endpoint, service, errand);
  }

  /// Of all that is sent to a service and that nobody waits for.
  Fuse fuse(String service) {
    Fuse known = fuses.get(service);
    return known != null ? known : fuses.computeIfAbsent(service, name -> new Fuse());
  }

  /// What a service did until now says nothing of what it will do: it was deployed anew.
  public void replaced(String service) {
    Fuse known = fuses.get(service);
    if (known != null) {
      known.replace();
    }
  }

  /// Tells what was left out since the last call, because second legs kept failing.
  public void tellLeftOut(LeftOut told) {
    tallies.forEach((family, tally) -> tally.tellLeftOut(family, told));
  }

  private FamilyTally tally(String family) {
    FamilyTally known = tallies.get(family);
    return known != null ? known : tallies.computeIfAbsent(family, name -> new FamilyTally());
  }

  /// What became of a family's samples since the start.
  public ShadowCounts counts(String family) {
    FamilyTally tally = tallies.get(family);
    return tally == null ? ShadowCounts.NONE : tally.counts();
  }

  /// Follow-ups of a family's exchanges that were given up since the start, by the words of [Drop].
  /// Their exchanges were judged all the same, and are among those sent.
  public Map<String, Long> givenUp(String family) {
    FamilyTally tally = tallies.get(family);
    return tally == null ? Map.of() : tally.givenUp();
  }

  /// How much of a family's comparable traffic is sampled now.
  public ShadowRate rate(String family) {
    FamilyTally tally = tallies.get(family);
    double share = share(family);
    return new ShadowRate(share, share * kept(), tally == null ? 0 : tally.timesShed());
  }

  /// Requests that were not sampled because event loops were late, of all families since the start.
  public long timesShed() {
    return tallies.values().stream().mapToLong(FamilyTally::timesShed).sum();
  }

  private double share(String family) {
    return settings.shares().getOrDefault(family, 1.0);
  }

  /// What is kept up of all sampling: 1, and less while the event loops are late.
  public double kept() {
    return shedding.kept();
  }

  /// Whether the event loops are so late that nothing is sampled, and what is under way had better
  /// be given up too.
  public boolean isOverrun() {
    return shedding.kept() == 0;
  }

  /// The longest lateness of an event loop since all sampling was kept up; zero while it is.
  public Duration worstLag() {
    return shedding.worst();
  }

  /// An event loop tells how late it came to its regular tick. Above [ShadowOptions#lag] less is
  /// sampled from now on. For event loops: waits for nothing and allocates nothing.
  ///
  /// @param late in nanoseconds
  /// @param now of a monotonic clock, in nanoseconds; of the same one at every call
  public void late(long late, long now) {
    shedding.late(late, options().lag().toNanos(), now);
  }

  /// Bytes held for comparison now. Never more than [ShadowOptions#memoryBytes].
  public long memoryTaken() {
    return memory.taken();
  }

  /// Samples nothing more. Second legs under way end by themselves, within their deadline.
  @Override
  public void close() {
    closed = true;
  }

  public ShadowOptions options() {
    return settings.options();
  }

  MemoryBudget memory() {
    return memory;
  }

  SecondLeg secondLeg() {
    return ports.secondLeg();
  }

  Judge judge() {
    return ports.judge();
  }

  Executor comparing() {
    return ports.comparing();
  }

  LongSupplier clock() {
    return ports.nanos();
  }

  long nanos() {
    return ports.nanos().getAsLong();
  }

  boolean isClosed() {
    return closed;
  }

  /// Asks for a second leg; null when there may be one, which [#leave] ends.
  @Nullable Drop enter() {
    if (closed) {
      return Drop.SHUTTING_DOWN;
    }
    if (isOverrun()) {
      return Drop.EVENT_LOOP_LAG;
    }
    if (underWay.incrementAndGet() > options().concurrency()) {
      underWay.decrementAndGet();
      return Drop.CONCURRENCY;
    }
    return null;
  }

  void leave() {
    underWay.decrementAndGet();
  }
}
