package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.control.FakeTransfers;
import dev.banyan.control.TransferView;
import dev.banyan.telemetry.RequestMeter;
import dev.banyan.telemetry.Scrape;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a scrape says of transfers.
class TransferNumbersTest {
  @Test
  void toldAreThoseThatAreKnownAndThatTheOthersAreNot() {
    List<TransferView> transfers =
        List.of(
            FakeTransfers.copying("users"),
            new TransferView("orders", "old", "new", List.of(), null, "new can not be reached"));
    String page;
    try (Scrape scrape =
        new Scrape(new RequestMeter(), List.of(new TransferNumbers(() -> transfers)))) {
      page = scrape.text();
    }

    assertThat(page.lines())
        .contains(
            "banyan_transfer_known{transfer=\"users\"} 1.0",
            "banyan_transfer_known{transfer=\"orders\"} 0.0",
            "banyan_transfer_phase{phase=\"backfill\",transfer=\"users\"} 1.0",
            "banyan_transfer_phase{phase=\"reverse\",transfer=\"users\"} 0.0",
            "banyan_transfer_rows_total{table=\"app.users\",transfer=\"users\"} 4200000.0",
            "banyan_transfer_lag_bytes{transfer=\"users\"} 12595.0",
            "banyan_transfer_lag_seconds{transfer=\"users\"} 0.4",
            "banyan_transfer_differences{transfer=\"users\"} 3.0",
            "banyan_transfer_tables_stopped{transfer=\"users\"} 1.0",
            "banyan_transfer_epoch{transfer=\"users\"} 1.0");
    assertThat(page)
        .doesNotContain("banyan_transfer_epoch{transfer=\"orders\"}")
        .doesNotContain("banyan_transfer_certificate_green{");
  }
}
