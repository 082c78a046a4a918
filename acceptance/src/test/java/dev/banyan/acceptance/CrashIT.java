package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

@ExtendWith(Transcripts.class)
final class CrashIT {
  private static final int CRASHES = 3;
  private static final int CHANGES_BEFORE_A_CRASH = 40;

  @Test
  void servesTheSamePhasesAndWeightsAtOnceAfterAKill() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan =
            Banyan.serving(
                sides.items("steps: [50%, 100%]")
                    + Sides.family("done", "steps: [100%]")
                    + Sides.family("idle"))) {
      new Ladder(banyan, "items", Sides.ITEMS).reach("canary 50%");
      new Ladder(banyan, "done", Sides.reading("done")).reach("reads");
      Control control = banyan.control();
      control.hold("idle", "reason", "waits for the others").done();
      String user = candidateUser(banyan);
      List<String> ledger = hashes(control);
      long compared = control.family("done").path("parity").path("compared").asLong();
      long epoch = control.family("items").path("epoch").asLong();

      banyan.kill();
      banyan.start();

      try (Client client = banyan.client()) {
        assertThat(Sides.sideOf(client, user)).isEqualTo("candidate");
        assertThat(client.get("/done/1").server()).isEqualTo("candidate");
        assertThat(client.get("/idle/1").server()).isEqualTo("legacy");
      }
      assertThat(control.phase("items")).isEqualTo("canary 50%");
      assertThat(control.phase("done")).isEqualTo("reads");
      assertThat(control.family("items").path("epoch").asLong()).isEqualTo(epoch);
      assertThat(control.family("idle").path("held").asString(""))
          .isEqualTo("waits for the others");
      assertThat(hashes(control)).startsWith(ledger.toArray(String[]::new));
      assertThat(control.verify().path("ok").asBoolean()).isTrue();
      assertThat(compared).isPositive();
    }
  }

  private static String candidateUser(Banyan banyan) throws IOException {
    try (Client client = banyan.client()) {
      for (int i = 0; ; i++) {
        if (Sides.sideOf(client, "user-" + i).equals("candidate")) {
          return "user-" + i;
        }
        assertThat(i).as("users asked without one for the candidate, at 50 %%").isLessThan(200);
      }
    }
  }

  private static List<String> hashes(Control control) throws IOException, InterruptedException {
    return control.ledger().stream().map(entry -> entry.path("hash").asString("-")).toList();
  }

  @Test
  void losesNothingThatWasAcknowledgedWhenKilledInTheMiddleOfChanges() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items())) {
      Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
      for (int crash = 0; crash < CRASHES; crash++) {
        int enough = acknowledged.size() + CHANGES_BEFORE_A_CRASH;
        Control control = banyan.control();
        String prefix = "crash " + crash;
        Thread changes = Thread.startVirtualThread(() -> change(control, prefix, acknowledged));
        Await.until("changes are under way", () -> acknowledged.size() >= enough);
        banyan.kill();
        changes.join();
        banyan.start();

        Set<String> kept =
            control.ledger().stream()
                .map(entry -> entry.path("reason").asString(""))
                .collect(Collectors.toSet());
        assertThat(kept).containsAll(acknowledged);
        JsonNode verdict = control.verify();
        assertThat(verdict.path("ok").asBoolean()).as(verdict.toString()).isTrue();
      }
    }
  }

  /// Promotes and rolls back until the control plane is gone, and notes each reason whose change
  /// was answered.
  private static void change(Control control, String prefix, Queue<String> acknowledged) {
    try {
      for (int i = 0; ; i++) {
        String reason = prefix + " change " + i;
        Control.Answer answer =
            control.phase("items").equals("legacy")
                ? control.promote("items", "reason", reason)
                : control.rollback("items", "reason", reason);
        if (answer.status() == 200) {
          acknowledged.add(reason);
        }
      }
    } catch (IOException e) {
      // What the test waits for: the program is gone.
      assertThat(acknowledged).isNotEmpty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void stopsCleanlyWhenAsked() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items())) {
      banyan.control().promote("items").done();
      assertThat(banyan.stop()).isIn(0, 143);
      banyan.start();
      assertThat(banyan.control().phase("items")).isEqualTo("shadow");
    }
  }

  @Test
  void refusesASecondProcessOnTheSameDataByName() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items())) {
      Path other = Files.createTempFile("banyan-second", ".yaml");
      Files.writeString(
          other, "listen: 127.0.0.1:0\ncontrol: { listen: 127.0.0.1:0 }\n" + sides.items());

      Program.Ended second =
          Program.run("run", other.toString(), "--data", banyan.data().toString());

      Files.delete(other);
      assertThat(second.exit()).isNotZero();
      assertThat(second.stderr()).contains(banyan.data().toString());
      assertThat(second.stdout()).doesNotContain("serving on");
      assertThat(banyan.control().phase("items")).isEqualTo("legacy");
    }
  }

  @Test
  void seesThatALedgerWasEdited() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items())) {
      Control control = banyan.control();
      control.promote("items", "reason", "an honest reason").done();
      control.rollback("items", "reason", "another").done();
      banyan.stop();
      assertThat(edit(banyan.data(), "an honest reason", "a forged! reason")).isPositive();

      banyan.start();

      JsonNode verdict = control.verify();
      assertThat(verdict.path("ok").asBoolean(true)).isFalse();
      assertThat(verdict.path("brokenAt").isNumber()).isTrue();
      assertThat(banyan.command("ledger", "verify").exit()).isEqualTo(1);
    }
  }

  /// Overwrites a text with one of the same length wherever it stands in a directory's files.
  private static int edit(Path directory, String from, String to) throws IOException {
    int edits = 0;
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        // Latin-1 maps every byte to one character and back.
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (text.contains(from)) {
          Files.writeString(file, text.replace(from, to), StandardCharsets.ISO_8859_1);
          edits++;
        }
      }
    }
    return edits;
  }
}
