package dev.banyan.cutover;

import dev.banyan.statistics.Answers;
import dev.banyan.statistics.Latencies;
import dev.banyan.statistics.Pairs;
import dev.banyan.statistics.SideTick;
import dev.banyan.statistics.Sightings;
import dev.banyan.statistics.TrafficTick;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;

/// Clients that nobody has, for trying out what the gates would make of them: their requests come
/// at random, go to a side by their unit and the weight, and fail or are slow by chance. The same
/// seed gives the same crowd.
final class Crowd {
  /// Times of answers: the quantiles of a log-normal distribution around 20 ms.
  private static final int TIMES = 256;

  private final Ways ways;
  private final Random random;
  private final double[] popularity;
  private final long[] micros = new long[TIMES];
  private final long salt;
  private final List<List<Late>> late = new ArrayList<>();
  private int tick;
  private long candidateRequests;
  private long candidateErrors;

  /// What a crowd is like.
  ///
  /// @param rate requests in a second
  /// @param units how many clients there are; 0 for requests that name none
  /// @param skew 0 where all ask as often, 1 where the nth asks one nth as often (Zipf)
  /// @param base the share of the legacy's requests that fail
  /// @param ratio how many times as often the candidate's do
  /// @param slowRatio how many times as many of the candidate's answers are as slow as the legacy's
  ///   slowest
  /// @param weight the candidate's share, by seconds since the beginning
  /// @param outage how many times as often everything fails, by seconds since the beginning
  /// @param storm how often a client whose request failed asks again in vain
  /// @param timeout how many seconds a failure takes to show
  record Ways(
      double rate,
      int units,
      double skew,
      double base,
      double ratio,
      double slowRatio,
      DoubleUnaryOperator weight,
      DoubleUnaryOperator outage,
      int storm,
      double timeout) {
    static Ways plain(double rate, int units, double base, double ratio, double weight) {
      return new Ways(rate, units, 0, base, ratio, 1, at -> weight, at -> 1, 0, 0);
    }
  }

  private record Late(long unit, boolean candidate) {}

  Crowd(Ways ways, long seed) {
    this.ways = ways;
    this.random = new Random(seed);
    this.salt = random.nextLong();
    this.popularity = new double[ways.units];
    double sum = 0;
    for (int i = 0; i < popularity.length; i++) {
      sum += StrictMath.pow(i + 1, -ways.skew);
      popularity[i] = sum;
    }
    for (int i = 0; i < TIMES; i++) {
      double deviations = quantile((i + 0.5) / TIMES);
      micros[i] = Math.round(20_000 * StrictMath.exp(0.8 * deviations));
    }
  }

  /// Of the logistic distribution, which is near enough to the normal one: these are made-up times.
  private static double quantile(double share) {
    return StrictMath.log(share / (1 - share)) / 1.702;
  }

  long candidateRequests() {
    return candidateRequests;
  }

  long candidateErrors() {
    return candidateErrors;
  }

  /// The legacy's answers to so many requests of a time before: what a yardstick is taken from.
  Answers before(int requests) {
    Side side = new Side();
    for (int i = 0; i < requests; i++) {
      side.ended(random.nextDouble() < ways.base, time(1));
    }
    return side.answers();
  }

  /// The next tick.
  ///
  /// @param seconds how long it lasts
  TrafficTick next(double seconds) {
    double at = tick * seconds;
    Seen seen = new Seen();
    for (Late end : tick < late.size() ? late.get(tick) : List.<Late>of()) {
      seen.ended(end.unit, end.candidate, true, 0);
    }
    int requests = poisson(ways.rate * seconds);
    for (int i = 0; i < requests; i++) {
      request(seen, at, seconds);
    }
    tick++;
    return seen.tick();
  }

  private void request(Seen seen, double at, double seconds) {
    long unit = unit();
    double share = ways.weight.applyAsDouble(at);
    double bucket = unit == 0 ? random.nextDouble() : bucket(unit);
    boolean candidate = bucket < share;
    double chance = ways.base * ways.outage.applyAsDouble(at) * (candidate ? ways.ratio : 1);
    boolean failed = random.nextDouble() < chance;
    int times = 1 + (failed ? ways.storm : 0);
    for (int i = 0; i < times; i++) {
      seen.routed(unit, candidate);
      candidateRequests += candidate ? 1 : 0;
      candidateErrors += candidate && failed ? 1 : 0;
      if (failed && ways.timeout > 0) {
        later((int) Math.ceil(ways.timeout / seconds), new Late(unit, candidate));
      } else {
        seen.ended(unit, candidate, failed, time(candidate ? ways.slowRatio : 1));
      }
    }
  }

  private void later(int ticks, Late end) {
    while (late.size() <= tick + ticks) {
      late.add(new ArrayList<>());
    }
    late.get(tick + ticks).add(end);
  }

  private long unit() {
    if (popularity.length == 0) {
      return 0;
    }
    int which;
    if (ways.skew == 0) {
      which = random.nextInt(popularity.length);
    } else {
      double at = random.nextDouble() * popularity[popularity.length - 1];
      int found = Arrays.binarySearch(popularity, at);
      which = Math.min(popularity.length - 1, found < 0 ? -found - 1 : found);
    }
    return mixed(which + 1);
  }

  /// The finaliser of SplitMix64, with which buckets are as good as random.
  private long mixed(long number) {
    long mixed = (number + salt) * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    mixed ^= mixed >>> 31;
    return mixed == 0 ? 1 : mixed;
  }

  private static double bucket(long unit) {
    return (unit >>> 11) * 0x1.0p-53;
  }

  /// A slower side has the same times, and those beyond each quantile so many times as often.
  private long time(double times) {
    double beyond = random.nextDouble();
    double rank = 1 - Math.min(beyond / times, 1);
    return micros[(int) Math.min(TIMES - 1.0, rank * TIMES)];
  }

  private int poisson(double mean) {
    // Knuth's, in parts small enough for its product not to vanish.
    int count = 0;
    double rest = mean;
    while (rest > 0) {
      double part = Math.min(rest, 30);
      rest -= part;
      double limit = StrictMath.exp(-part);
      double product = random.nextDouble();
      while (product > limit) {
        count++;
        product *= random.nextDouble();
      }
    }
    return count;
  }

  /// One side in one tick.
  private static final class Side {
    private long requests;
    private long errors;
    private final TreeMap<Long, Long> times = new TreeMap<>();

    void ended(boolean failed, long micros) {
      requests++;
      if (failed) {
        errors++;
      } else {
        times.merge(micros, 1L, Long::sum);
      }
    }

    Answers answers() {
      long[] micros = times.keySet().stream().mapToLong(Long::longValue).toArray();
      long[] counts = times.values().stream().mapToLong(Long::longValue).toArray();
      return new Answers(requests, errors, Latencies.of(micros, counts));
    }
  }

  /// One tick.
  private static final class Seen {
    private final Side legacy = new Side();
    private final Side candidate = new Side();
    private long[] sightings = new long[256];
    private int length;

    void routed(long unit, boolean byCandidate) {
      add(unit, Sightings.routed(byCandidate));
    }

    void ended(long unit, boolean byCandidate, boolean failed, long micros) {
      (byCandidate ? candidate : legacy).ended(failed, micros);
      add(unit, Sightings.ended(byCandidate, failed, micros));
    }

    private void add(long unit, long what) {
      if (length + 2 > sightings.length) {
        sightings = Arrays.copyOf(sightings, sightings.length * 2);
      }
      sightings[length++] = unit;
      sightings[length++] = what;
    }

    TrafficTick tick() {
      return new TrafficTick(
          new SideTick(legacy.answers(), Answers.NONE, 0),
          new SideTick(candidate.answers(), Answers.NONE, 0),
          Sightings.of(sightings, length, 0),
          Pairs.NONE);
    }
  }
}
