package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Endpoint;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.ParityEvidence.EndpointParity;
import dev.banyan.migration.ParityEvidence.FieldDifference;
import dev.banyan.migration.ParityEvidence.Sample;
import dev.banyan.migration.Severity;
import dev.banyan.parity.ParityStore.Kept;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SharedEvidenceTest {
  private static final Endpoint USERS = new Endpoint("GET", "/users");
  private static final Endpoint ORDERS = new Endpoint("GET", "/orders");

  private static FieldDifference field(
      long count, Severity severity, @Nullable Double noise, String sample) {
    return new FieldDifference(
        "body:$.a",
        "value",
        severity,
        count,
        noise,
        null,
        false,
        List.of(new Sample(sample, "1", "2"), new Sample(sample + "'", "1", "2")));
  }

  private static ParityEvidence evidence(
      long since, long matched, long mismatched, EndpointParity... endpoints) {
    return new ParityEvidence(
        Instant.ofEpochSecond(since),
        matched + mismatched,
        matched,
        mismatched,
        1,
        2,
        Map.of("too large", 3L),
        Map.of("memory", since),
        List.of(endpoints));
  }

  @Test
  void addsUpWhatSeveralCounted() {
    ParityEvidence one =
        evidence(
            20,
            8,
            2,
            new EndpointParity(
                USERS, 200, 10, 2, 1, List.of(field(2, Severity.RISKY, null, "one"))));
    ParityEvidence two =
        evidence(
            10,
            5,
            1,
            new EndpointParity(ORDERS, 200, 3, 0, 0, List.of()),
            new EndpointParity(
                USERS, 200, 3, 1, 0, List.of(field(1, Severity.BREAKING, 0.5, "two"))));

    assertThat(ParitySum.of(List.of(new Kept("", one), new Kept("", two)), 3).evidence())
        .isEqualTo(
            new ParityEvidence(
                Instant.ofEpochSecond(10),
                16,
                13,
                3,
                2,
                4,
                Map.of("too large", 6L),
                Map.of("memory", 30L),
                List.of(
                    new EndpointParity(
                        USERS,
                        200,
                        13,
                        3,
                        1,
                        List.of(
                            new FieldDifference(
                                "body:$.a",
                                "value",
                                Severity.BREAKING,
                                3,
                                0.5,
                                null,
                                false,
                                List.of(
                                    new Sample("one", "1", "2"),
                                    new Sample("two", "1", "2"),
                                    new Sample("one'", "1", "2"))))),
                    new EndpointParity(ORDERS, 200, 3, 0, 0, List.of()))));
  }

  @Test
  void rulesOfOthersAreTakenOverBetweenHearingOfAPeriodAndTakingPartInIt() {
    List<String> done = new ArrayList<>();
    SharedParity store =
        new SharedParity() {
          @Override
          public long begin(String family) {
            throw new AssertionError("another replica has begun it");
          }

          @Override
          public Map<String, Long> begun() {
            done.add("heard");
            return Map.of("users", 6L);
          }

          @Override
          public void adopt(String family, long period) {
            done.add("takes part");
          }

          @Override
          public long adopted(String family) {
            return 5;
          }

          @Override
          public Map<String, Counted> others() {
            return Map.of();
          }
        };
    ParityStore own =
        new ParityStore() {
          @Override
          public void save(String family, Kept kept) {
            done.add("empty");
          }

          @Override
          public Map<String, Kept> load() {
            return Map.of();
          }
        };
    new SharedEvidence(Books.book(own, Instant.EPOCH), store, 3)
        .refresh(Instant.EPOCH, () -> done.add("rules"));

    assertThat(done).containsExactly("heard", "rules", "empty", "takes part");
  }
}
