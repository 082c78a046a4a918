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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What every [ParityStore] does.
public abstract class ParityStoreContract {
  private static final Instant SINCE = Instant.parse("2026-01-02T03:04:05.678901234Z");

  protected abstract ParityStore store();

  @Test
  void givesBackWhatWasSaved() {
    FieldDifference difference =
        new FieldDifference(
            "body:$.items[*].\"é\"",
            "type",
            Severity.RISKY,
            2,
            0.4,
            "agreed with \"billing\"",
            true,
            List.of(new Sample("GET /users/1?a=\"b\"", "9007199254740993", "(absent)")));
    ParityEvidence evidence =
        new ParityEvidence(
            SINCE,
            10,
            8,
            2,
            3,
            1,
            Map.of("too large", 3L),
            Map.of("memory", 4L),
            List.of(
                new EndpointParity(
                    new Endpoint("GET", "/users/{id}"), 404, 10, 2, 3, List.of(difference))));
    store().save("users", new Kept("a\nb", evidence));
    store().save("orders", new Kept("", ParityEvidence.none(SINCE)));

    assertThat(store().load())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "users",
                new Kept("a\nb", evidence),
                "orders",
                new Kept("", ParityEvidence.none(SINCE))));
  }

  @Test
  void replacesWhatWasThere() {
    store().save("users", new Kept("", ParityEvidence.none(SINCE)));
    store().save("users", new Kept("", ParityEvidence.none(Instant.EPOCH)));

    assertThat(store().load())
        .containsExactly(Map.entry("users", new Kept("", ParityEvidence.none(Instant.EPOCH))));
  }

  @Test
  void keepsWhichUnitsWereMet() {
    UnitBits seen = new UnitBits();
    for (long unit = 1; unit <= 1_000; unit++) {
      seen.add(unit * 7919);
    }
    UnitBits differed = new UnitBits();
    differed.add(7919);
    Endpoint endpoint = new Endpoint("GET", "/users/{id}");
    Kept kept =
        new Kept("", ParityEvidence.none(SINCE), Map.of(endpoint, new Units(5, 2, seen, differed)));
    store().save("users", kept);

    assertThat(store().load()).containsExactly(Map.entry("users", kept));
  }

  @Test
  void hasNothingAtFirst() {
    assertThat(store().load()).isEmpty();
  }
}
