package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Who owns the rows decides how far a family may go, and a checklist when the legacy may go.
@ExtendWith(Transcripts.class)
final class OwnershipIT {

  @Test
  void aFamilyWithSyncedDataStaysInShadowForWantOfATransfer() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items("data: synced"))) {
      Control control = banyan.control();
      control.promote("items").done();
      // Evidence that would open every other gate.
      try (Client client = banyan.client()) {
        Await.until(
            "thirty answers are compared",
            () -> {
              Sides.ITEMS.go(client, System.nanoTime());
              return control.family("items").path("parity").path("compared").asLong() >= 30;
            });
      }

      Control.Answer refused = control.promote("items");

      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.code()).isEqualTo("gate-refused");
      assertThat(refused.body())
          .contains("no transfer of banyan.yaml names this family")
          .contains("certificate");
      assertThat(control.phase("items")).isEqualTo("shadow");
      assertThat(control.family("items").path("data").asString("")).isEqualTo("synced");
    }
  }

  @Test
  void aFamilyIsRetiredOnlyWhenItsLegacyWasNotNeededForASoak() throws Exception {
    AtomicBoolean failing = new AtomicBoolean();
    try (Sides sides = Sides.open();
        Banyan banyan =
            Banyan.serving(
                sides.items("steps: [100%]", "auto: off").replace("soak: 0s", "soak: 2s"));
        Client client = banyan.client()) {
      sides.candidate().behave(request -> failing.get() ? Reply.error() : Reply.plain(request));
      Ladder ladder = new Ladder(banyan, "items", Sides.ITEMS);
      ladder.reach("writes 100%");
      for (int i = 0; i < 100; i++) {
        client.get("/items/" + i);
      }
      // One in a hundred: not enough for the error gate to mind.
      failing.set(true);
      assertThat(client.get("/items/rescued").server()).isEqualTo("legacy");
      failing.set(false);

      Control.Answer refused = banyan.control().promote("items", "to", "retired");

      assertThat(refused.code()).isEqualTo("gate-refused");
      assertThat(refused.body()).contains("legacy");
      ladder.reach("retired");
      sides.legacy().refuse();
      for (int i = 0; i < 20; i++) {
        Message answer = client.get("/items/" + i);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.server()).isEqualTo("candidate");
        assertThat(client.post("/items", "{}").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aRetiredFamilyAsksItsLegacyNothing() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items("steps: [100%]"));
        Client client = banyan.client()) {
      Ladder ladder = new Ladder(banyan, "items", Sides.ITEMS);
      ladder.reach("writes 100%");
      banyan.control().hold("items").done();
      assertThat(banyan.control().promote("items").code()).isEqualTo("family-held");
      banyan.control().resume("items").done();
      ladder.reach("retired");
      Await.until(
          "no shadow leg is under way",
          () -> banyan.control().family("items").path("shadow").path("inFlight").asLong() == 0);
      long before = sides.legacy().count();

      for (int i = 0; i < 50; i++) {
        assertThat(client.get("/items/late" + i).server()).isEqualTo("candidate");
        client.post("/items", "{}");
      }

      assertThat(sides.legacy().count(request -> request.target().startsWith("/items/late")))
          .isZero();
      assertThat(sides.legacy().count()).isEqualTo(before);
    }
  }
}
