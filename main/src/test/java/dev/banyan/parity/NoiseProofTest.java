package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What noise costs, measured on services that were drawn at random. With `-Dsoak=true` a million
/// exchanges, otherwise fifty thousand.
class NoiseProofTest {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final int SERVICES = 40;
  private static final int SAMPLES = 200;
  private static final int EXCHANGES = Boolean.getBoolean("soak") ? 1_000_000 : 50_000;

  private final Comparison comparison = Comparison.of();

  /// One service on both sides, and what was learned of it.
  private final class Twins {
    private final RandomApi api;
    private final RandomApi.Copy legacy;
    private final RandomApi.Copy candidate;
    private final Noise noise = new Noise(comparison, Noise.Limits.STANDARD);
    private final Endpoint endpoint;

    Twins(int seed) {
      api = new RandomApi(new Random(seed));
      legacy = api.new Copy(2L * seed + 1_000, START);
      candidate = api.new Copy(2L * seed + 1_001, START);
      endpoint = new Endpoint("GET", "/s" + seed + "/{id}");
    }

    void learn(int samples) {
      for (int i = 0; i < samples; i++) {
        Response first = legacy.get(i);
        Response second = candidate.get(i);
        noise.learn(endpoint, first, legacy.get(i), second, legacy.now());
      }
    }

    Verdict compare(int resource) {
      return comparison.compare(
          legacy.get(resource),
          candidate.get(resource),
          noise.tolerance(endpoint, 200, legacy.now()));
    }

    Set<String> drawn() {
      Set<String> drawn = new TreeSet<>();
      api.leaves.stream().filter(leaf -> leaf.kind().drawn).forEach(leaf -> drawn.add(leaf.path()));
      return drawn;
    }
  }

  private List<Twins> taught() {
    List<Twins> all = new ArrayList<>();
    for (int seed = 0; seed < SERVICES; seed++) {
      Twins twins = new Twins(seed);
      twins.learn(SAMPLES);
      all.add(twins);
    }
    return all;
  }

  @Test
  void twoHundredDoubleSamplesClassifyWhatIsDrawnAndSilenceNothingElse() {
    int drawn = 0;
    int classified = 0;
    int stable = 0;
    List<String> wrong = new ArrayList<>();
    List<String> silenced = new ArrayList<>();
    for (Twins twins : taught()) {
      Set<String> expected = twins.drawn();
      Set<String> found = new TreeSet<>();
      twins.noise.rules(twins.legacy.now()).forEach(rule -> found.add(rule.where()));
      drawn += expected.size();
      classified += (int) expected.stream().filter(found::contains).count();
      found.stream().filter(where -> !expected.contains(where)).forEach(wrong::add);
      for (RandomApi.Node.Leaf leaf : twins.api.leaves) {
        if (!leaf.kind().drawn) {
          stable++;
          twins.candidate.breakAt(leaf.path());
          boolean seen =
              Answers.found(twins.compare(7)).stream()
                  .anyMatch(difference -> difference.startsWith(leaf.path() + " "));
          if (!seen) {
            silenced.add(twins.endpoint + " " + leaf);
          }
        }
      }
      twins.candidate.breakAt(null);
    }
    System.out.printf(
        "drawn fields: %d of %d classified; stable fields: %d, of them silenced %d%n",
        classified, drawn, stable, silenced.size());
    assertThat(drawn).isGreaterThan(50);
    assertThat(stable).isGreaterThan(50);
    assertThat(classified).isGreaterThanOrEqualTo((drawn * 95 + 99) / 100);
    assertThat(wrong).isEmpty();
    assertThat(silenced).isEmpty();
  }

  @Test
  void theSameServicesOnBothSidesRaiseNoBreakingAlarm() {
    List<Twins> all = taught();
    List<String> alarms = new ArrayList<>();
    for (int i = 0; i < EXCHANGES; i++) {
      Twins twins = all.get(i % SERVICES);
      if (i % 100 < 2) {
        // two in a hundred go on being asked twice, or what was learned would expire
        twins.learn(1);
      }
      Verdict verdict = twins.compare(i);
      Answers.differences(verdict).stream()
          .filter(difference -> difference.severity() == Severity.BREAKING)
          .findFirst()
          .ifPresent(difference -> alarms.add(twins.endpoint + " " + difference));
    }
    System.out.printf("false breaking alarms: %d in %d exchanges%n", alarms.size(), EXCHANGES);
    assertThat(alarms).hasSizeLessThanOrEqualTo(EXCHANGES / 100_000);
  }

  /// How a field that is no fault disagrees with itself in 40 of 100 double samples.
  private enum Disagreement {
    EACH_ITS_OWN,
    TWO_VALUES;

    private String draw(Random random) {
      if (this == TWO_VALUES) {
        return random.nextDouble() < 0.5 * (1 - Math.sqrt(0.2)) ? "\"seldom\"" : "\"often\"";
      }
      return random.nextDouble() < Math.sqrt(0.6) ? "\"sound\"" : "\"x" + random.nextInt() + "\"";
    }
  }

  private record Found(double power, double falseShare) {}

  /// Fields that disagree, one of them with a fault in 5 % of the candidate's answers.
  private Found search(Disagreement noise, String wrong, int fields, int runs, int samples) {
    int found = 0;
    double falseShare = 0;
    Endpoint endpoint = new Endpoint("GET", "/noisy");
    for (int run = 0; run < runs; run++) {
      Random random = new Random(run * 7L + 1);
      Noise learned = new Noise(comparison, Noise.Limits.STANDARD);
      for (int i = 0; i < samples; i++) {
        learned.learn(
            endpoint,
            noisy(noise, random, fields, ""),
            noisy(noise, random, fields, ""),
            noisy(noise, random, fields, random.nextInt(20) == 0 ? wrong : ""),
            START);
      }
      List<String> named = learned.defects(0.05).stream().map(Noise.Defect::where).toList();
      boolean hit = named.contains("body:$.f0");
      found += hit ? 1 : 0;
      falseShare += named.isEmpty() ? 0 : (named.size() - (hit ? 1.0 : 0)) / named.size();
    }
    Found result = new Found((double) found / runs, falseShare / runs);
    System.out.printf(
        "5 %% fault %s under 40 %% noise %s, %d such fields, %d double samples, %d runs:"
            + " power %.3f, false %.3f%n",
        wrong, noise, fields, samples, runs, result.power(), result.falseShare());
    return result;
  }

  private static Response noisy(Disagreement noise, Random random, int fields, String wrong) {
    StringBuilder json = new StringBuilder("{\"id\":1");
    for (int field = 0; field < fields; field++) {
      String value = noise.draw(random);
      json.append(",\"f").append(field).append("\":");
      json.append(field == 0 && !wrong.isEmpty() ? wrong : value);
    }
    return Answers.json(200, json.append('}').toString());
  }

  /// Among six noisy fields the evidence must be six times as strong. A wrong value that the legacy
  /// itself gives now and then is then found less often: 0.73 of 1,000 runs.
  @Test
  void aFaultUnderNoiseIsFoundInFiveThousandDoubleSamples() {
    int runs = Boolean.getBoolean("soak") ? 1_000 : 20;
    for (Disagreement noise : Disagreement.values()) {
      for (String wrong : List.of("\"gone\"", "\"seldom\"")) {
        Found alone = search(noise, wrong, 1, Math.max(runs, 300), 5_000);
        assertThat(alone.power()).as(noise + " " + wrong).isGreaterThanOrEqualTo(0.85);
        Found among = search(noise, wrong, 6, runs, 5_000);
        assertThat(among.power()).as("among six: " + noise + " " + wrong).isGreaterThan(0.65);
        assertThat(among.falseShare()).as(noise + " " + wrong).isLessThanOrEqualTo(0.05);
      }
    }
  }

  @Test
  void whereThereIsNoFaultNoneIsNamedInNineteenOfTwentyRuns() {
    for (Disagreement noise : Disagreement.values()) {
      assertThat(search(noise, "", 6, 40, 1_000).falseShare()).isLessThanOrEqualTo(0.05);
    }
  }
}
