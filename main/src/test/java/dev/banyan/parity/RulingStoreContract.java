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

  @Test
  void givesBackWhatWasSavedInItsOrder() {
    store().save("users", List.of(CRITICAL, ACCEPTED));
    store().save("orders", List.of(ACCEPTED));
    assertThat(store().load())
        .isEqualTo(Map.of("users", List.of(CRITICAL, ACCEPTED), "orders", List.of(ACCEPTED)));
  }

  @Test
  void replacesAllOfAFamilyAndNoOther() {
    store().save("users", List.of(CRITICAL, ACCEPTED));
    store().save("orders", List.of(ACCEPTED));
    store().save("users", List.of(ACCEPTED));
    assertThat(store().load())
        .isEqualTo(Map.of("users", List.of(ACCEPTED), "orders", List.of(ACCEPTED)));
    store().save("users", List.of());
    assertThat(store().load()).isEqualTo(Map.of("orders", List.of(ACCEPTED)));
  }

  @Test
  void hasNothingAtFirst() {
    assertThat(store().load()).isEmpty();
  }
}
