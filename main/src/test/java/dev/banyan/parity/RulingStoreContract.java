package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Endpoint;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What every [RulingStore] does.
public abstract class RulingStoreContract {
  private static final Ruling ACCEPTED =
      new Ruling.Accepted(
          new Acceptances.Entry(
              new Scope(
                  Optional.of(new Endpoint("GET", "/users/{id}")),
                  "body:$.\"é\"",
                  Optional.of(Kind.SPELLING)),
              "agreed with \"billing\"",
              "ann@desk",
              LocalDate.parse("2028-02-29")));
  private static final Ruling CRITICAL =
      new Ruling.Critical(
          new Scope(Optional.empty(), "header:vary", Optional.empty()), "privacy", "bob");

  protected abstract RulingStore store();

  private void save(String family, List<Ruling> rulings) {
    assertThat(store().change(family, _ -> rulings)).isEqualTo(rulings);
  }

  @Test
  void aChangeIsOneOfWhatIsKeptByThen() {
    save("users", List.of(CRITICAL));
    save("orders", List.of(ACCEPTED));
    List<Ruling> both = store().change("users", kept -> List.of(kept.getFirst(), ACCEPTED));

    assertThat(both).containsExactly(CRITICAL, ACCEPTED);
    assertThat(store().load()).containsEntry("users", both);
  }

  @Test
  void givesBackWhatWasSavedInItsOrder() {
    save("users", List.of(CRITICAL, ACCEPTED));
    save("orders", List.of(ACCEPTED));
    assertThat(store().load())
        .isEqualTo(Map.of("users", List.of(CRITICAL, ACCEPTED), "orders", List.of(ACCEPTED)));
  }

  @Test
  void replacesAllOfAFamilyAndNoOther() {
    save("users", List.of(CRITICAL, ACCEPTED));
    save("orders", List.of(ACCEPTED));
    save("users", List.of(ACCEPTED));
    assertThat(store().load())
        .isEqualTo(Map.of("users", List.of(ACCEPTED), "orders", List.of(ACCEPTED)));
    save("users", List.of());
    assertThat(store().load()).isEqualTo(Map.of("orders", List.of(ACCEPTED)));
  }

  @Test
  void hasNothingAtFirst() {
    assertThat(store().load()).isEmpty();
  }
}
