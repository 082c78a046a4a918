package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// `status -w`, as long as there is something to watch.
@ExtendWith(Transcripts.class)
final class WatchIT {

  @Test
  void showsEveryChangeUntilTheControlPlaneGoesAway() throws Exception {
    File shown = File.createTempFile("banyan-acceptance", ".watch");
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items())) {
      Process watching =
          new ProcessBuilder(Program.banyan("status", "-w", "--control", banyan.controlUrl()))
              .redirectErrorStream(true)
              .redirectOutput(shown)
              .start();
      try {
        awaitShown(shown, "legacy");
        banyan.control().promote("items").done();
        awaitShown(shown, "canary at");
        banyan.control().rollback("items").done();
        Await.until(
            "the rollback is shown",
            () -> lastTable(shown).contains("items   catalogue-team  leg"));
        assertThat(watching.isAlive()).isTrue();

        banyan.stop();

        assertThat(watching.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(watching.exitValue()).isEqualTo(3);
        assertThat(Files.readString(shown.toPath())).contains(banyan.controlUrl());
      } finally {
        watching.destroyForcibly().waitFor();
      }
    } finally {
      Files.delete(shown.toPath());
    }
  }

  private static void awaitShown(File shown, String words) throws Exception {
    Await.until(words + " is shown", () -> lastTable(shown).contains(words));
  }

  private static String lastTable(File shown) throws Exception {
    String all = Files.readString(shown.toPath());
    return all.substring(Math.max(0, all.lastIndexOf("FAMILY")));
  }
}
