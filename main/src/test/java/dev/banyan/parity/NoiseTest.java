package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class NoiseTest {
  private static final Endpoint ITEMS = new Endpoint("GET", "/items/{id}");
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  /// What the service makes anew for each answer.
  private static final List<String> VOLATILE =
      List.of(
          "body:$.at",
          "body:$.requestId",
          "body:$.token",
          "body:$.seq",
          "body:$.page.cursor",
          "body:$.lines[*].etag",
          "header:x-nonce");

  /// One service, asked again and again: what is of the resource stays, the rest is drawn anew.
  private static final class Service {
    private final Random random;
    private long sequence = 1_000;
    private Instant now = START;

    Service(long seed) {
      random = new Random(seed);
    }

    Response get(int id) {
      now = now.plusMillis(700);
      sequence += 1 + random.nextInt(3);
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        lines.add(
            "{\"id\":"
                + (id * 10 + i)
                + ",\"qty\":"
                + (id + i) % 7
                + ",\"etag\":\""
                + hex(16)
                + "\"}");
      }
      Collections.shuffle(lines, random);
      byte[] cursor = new byte[12 + random.nextInt(9)];
      random.nextBytes(cursor);
      String body =
          "{\"id\":"
              + id
              + ",\"name\":\"item-"
              + id % 1_000
              + "\",\"price\":"
              + id % 90
              + ".50"
              + ",\"state\":\""
              + (id % 3 == 0 ? "OPEN" : "DONE")
              + "\",\"createdAt\":\""
              + START.minusSeconds(86_400L * (id % 300) + 100_000)
              + "\",\"at\":\""
              + now.toString().replaceFirst("(:\\d\\d)Z", "$1.000Z")
              + "\",\"requestId\":\""
              + new UUID(random.nextLong(), random.nextLong())
              + "\",\"token\":\""
              + hex(32)
              + "\",\"seq\":"
              + sequence
              + ",\"page\":{\"cursor\":\""
              + Base64.getUrlEncoder().encodeToString(cursor)
              + "\"}"
              + ",\"lines\":["
              + String.join(",", lines)
              + "]}";
      return Answers.answer(
          200, body, "Content-Type", "application/json", "X-Nonce", hex(24), "X-Kind", "item");
    }

    private String hex(int digits) {
      StringBuilder hex = new StringBuilder();
      for (int i = 0; i < digits; i++) {
        hex.append("0123456789abcdef".charAt(random.nextInt(16)));
      }
      return hex.toString();
    }
  }

  private final Comparison comparison = Comparison.of();
  private final Noise noise = new Noise(comparison, Noise.Limits.STANDARD);
  private final Service legacy = new Service(1);
  private final Service candidate = new Service(2);

  private void learn(int samples) {
    for (int i = 0; i < samples; i++) {
      Response first = legacy.get(i);
      noise.learn(ITEMS, first, legacy.get(i), candidate.get(i), legacy.now);
    }
  }

  private Verdict compare(Response one, Response other) {
    return comparison.compare(one, other, noise.tolerance(ITEMS, 200, legacy.now));
  }

  @Test
  void twoHundredDoubleSamplesClassifyWhatIsVolatileAndNothingElse() {
    learn(200);
    assertThat(noise.rules(legacy.now))
        .extracting(Noise.Rule::where)
        .containsExactlyInAnyOrderElementsOf(VOLATILE);
    assertThat(noise.rules(legacy.now).stream().filter(rule -> rule.where().equals("body:$.at")))
        .singleElement()
        .extracting(Noise.Rule::volatileClass)
        .isEqualTo(new VolatileClass.Time("iso", 3, 3, "Z"));
  }

  @Test
  void theSameServiceOnBothSidesRaisesNoAlarm() {
    learn(200);
    int exchanges = Boolean.getBoolean("soak") ? 1_000_000 : 50_000;
    int alarms = 0;
    for (int i = 0; i < exchanges; i++) {
      if (i % 100 == 0) {
        // one in a hundred goes on being asked twice, or what was learned would expire
        learn(1);
      }
      Verdict verdict = compare(legacy.get(i), candidate.get(i));
      alarms +=
          Answers.differences(verdict).stream()
                  .anyMatch(difference -> difference.severity() == Severity.BREAKING)
              ? 1
              : 0;
    }
    assertThat(alarms).isLessThanOrEqualTo(exchanges / 100_000);
  }

  @Test
  void aVolatileFieldIsStillComparedByTypePresenceAndForm() {
    learn(200);
    Response sound = legacy.get(5);
    String body = new String(sound.body().toByteArray(), StandardCharsets.UTF_8);
    for (String[] fault :
        new String[][] {
          {"\"requestId\":\"[^\"]*\"", "\"requestId\":null", "body:$.requestId type breaking"},
          {"\"token\":\"[^\"]*\",", "", "body:$.token missing breaking"},
          {"\"token\":\"[^\"]*\"", "\"token\":\"short-1\"", "body:$.token value breaking"},
          {"\"at\":\"([^\"]*)Z\"", "\"at\":\"$1\"", "body:$.at value breaking"},
          {"\"seq\":(\\d+)", "\"seq\":\"$1\"", "body:$.seq type breaking"},
          {"\"requestId\":\"[^\"]*\"", "\"requestId\":\"none\"", "body:$.requestId value breaking"},
          {"\"price\":\\d+", "\"price\":91", "body:$.price value breaking"},
          {"\"createdAt\":\"2", "\"createdAt\":\"1", "body:$.createdAt value breaking"},
        }) {
      Response faulty =
          Answers.answer(
              200,
              body.replaceFirst(fault[0], fault[1]),
              "Content-Type",
              "application/json",
              "X-Nonce",
              "0123456789abcdef01234567",
              "X-Kind",
              "item");
      assertThat(Answers.found(compare(sound, faulty))).as(fault[1]).containsExactly(fault[2]);
    }
  }

  @Test
  void aFieldThatARaceChangesNowAndThenIsNotClassified() {
    Random random = new Random(3);
    for (int i = 0; i < 2_000; i++) {
      String version = "\"" + (random.nextInt(10) == 0 ? "state-0002" : "state-0001") + "\"";
      String again = "\"" + (random.nextInt(10) == 0 ? "state-0002" : "state-0001") + "\"";
      noise.learn(
          ITEMS,
          Answers.json(200, "{\"v\":" + version + ",\"n\":" + random.nextInt(2) + "}"),
          Answers.json(200, "{\"v\":" + again + ",\"n\":" + random.nextInt(2) + "}"),
          Answers.json(200, "{\"v\":" + version + ",\"n\":1}"),
          START);
    }
    assertThat(noise.rules(START)).isEmpty();
  }

  @Test
  void whatIsLearnedExpiresAndIsForgottenAfterADeploy() {
    learn(50);
    Instant later = legacy.now.plus(Duration.ofHours(25));
    assertThat(noise.rules(legacy.now)).isNotEmpty();
    assertThat(noise.rules(later)).isEmpty();
    assertThat(noise.tolerance(ITEMS, 200, later).tolerates(nonce())).isFalse();
    assertThat(noise.tolerance(ITEMS, 200, legacy.now).tolerates(nonce())).isTrue();
    assertThat(noise.tolerance(ITEMS, 404, legacy.now).tolerates(nonce())).isFalse();
    noise.reset();
    assertThat(noise.rules(legacy.now)).isEmpty();
  }

  private static Difference nonce() {
    String hex = "0123456789abcdef01234567";
    return new Difference(
        "header:x-nonce", Difference.Kind.VALUE, Severity.RISKY, hex, hex.replace('0', 'a'));
  }

  @Test
  void aDefectUnderNoiseIsFoundAndASoundFieldIsNot() {
    int found = 0;
    int wrong = 0;
    for (int run = 0; run < 20; run++) {
      Random random = new Random(run);
      Noise fresh = new Noise(comparison, Noise.Limits.STANDARD);
      for (int i = 0; i < 5_000; i++) {
        boolean defect = random.nextInt(20) == 0;
        fresh.learn(
            ITEMS, stock(random, false), stock(random, false), stock(random, defect), START);
      }
      List<String> defects = fresh.defects(0.05).stream().map(Noise.Defect::where).toList();
      found += defects.contains("body:$.bad") ? 1 : 0;
      wrong += defects.contains("body:$.good") ? 1 : 0;
    }
    assertThat(found).isGreaterThanOrEqualTo(17);
    assertThat(wrong).isLessThanOrEqualTo(1);
  }

  /// Two fields, on each of which two answers disagree in 40 of 100.
  private static Response stock(Random random, boolean defect) {
    double sound = Math.sqrt(0.6);
    String bad = random.nextDouble() < sound ? "in stock" : "word " + random.nextInt();
    String good = random.nextDouble() < sound ? "in stock" : "word " + random.nextInt();
    return Answers.json(
        200, "{\"bad\":\"" + (defect ? "gone" : bad) + "\",\"good\":\"" + good + "\"}");
  }

  @Test
  void learnsNoMoreThanItsLimits() {
    Noise small = new Noise(comparison, new Noise.Limits(1, 2, 2, Duration.ofHours(1)));
    for (int i = 0; i < 20; i++) {
      for (int endpoint = 0; endpoint < 3; endpoint++) {
        Response first = legacy.get(i);
        small.learn(
            new Endpoint("GET", "/" + endpoint),
            first,
            legacy.get(i),
            candidate.get(i),
            legacy.now);
      }
    }
    assertThat(small.rules(legacy.now))
        .hasSizeLessThanOrEqualTo(2)
        .allMatch(rule -> rule.endpoint().template().equals("/0"));
  }

  @Test
  void aSandwichTellsARaceFromADifferenceAndFromNoise() {
    Response one = Answers.json(200, "{\"a\":1,\"b\":1}");
    Response two = Answers.json(200, "{\"a\":2,\"b\":1}");
    Response three = Answers.json(200, "{\"a\":3,\"b\":1}");
    assertThat(comparison.sandwich(one, two, two)).isInstanceOf(Verdict.Raced.class);
    assertThat(comparison.sandwich(one, two, three)).isEqualTo(new Verdict.Match());
    assertThat(Answers.found(comparison.sandwich(one, two, one)))
        .containsExactly("body:$.a value breaking");
    assertThat(
            Answers.found(comparison.sandwich(one, Answers.json(200, "{\"a\":2,\"b\":2}"), three)))
        .containsExactly("body:$.b value breaking");
  }

  @Test
  void doubleSamplesWithoutACandidateClassifyAndProveNothing() {
    assertThat(noise.wants(ITEMS, 200, 1)).isTrue();
    assertThat(noise.share(ITEMS, 200, "body:$.token", Difference.Kind.VALUE)).isNull();
    for (int i = 0; i < 50; i++) {
      noise.learn(ITEMS, legacy.get(i), legacy.get(i), legacy.now);
    }
    assertThat(noise.wants(ITEMS, 200, 50)).isFalse();
    assertThat(noise.wants(ITEMS, 200, 51)).isTrue();
    assertThat(noise.share(ITEMS, 200, "body:$.token", Difference.Kind.VALUE)).isEqualTo(1);
    assertThat(noise.share(ITEMS, 200, "body:$.id", Difference.Kind.VALUE)).isZero();
    assertThat(compare(legacy.get(7), candidate.get(7))).isEqualTo(new Verdict.Match());
    assertThat(noise.defects(0.5)).isEmpty();
  }
}
