package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands about transfers, as the program itself does them.
class TransferWorkingTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String yaml, String... words) throws Exception {
    Path file = Files.writeString(folder.resolve("banyan.yaml"), yaml);
    String[] all = new String[words.length + 3];
    all[0] = "transfer";
    System.arraycopy(words, 0, all, 1, words.length);
    all[words.length + 1] = "-f";
    all[words.length + 2] = file.toString();
    return Main.run(all, new PrintWriter(out), new PrintWriter(err));
  }

  @Test
  void everyProblemOfTheFileIsToldAndNoPasswordOfIt() throws Exception {
    assertThat(
            run(
                """
                services: { legacy: { url: http://127.0.0.1:3000 } }
                databases: { old: { url: nowhere, password: hunter2xyz } }
                transfers: { users: { from: older, to: old, history: only, tables: [t] } }
                """,
                "status"))
        .isEqualTo(2);
    assertThat(err.toString())
        .contains("databases.old.url: ", "there is no database 'older'")
        .doesNotContain("hunter2xyz");
  }

  @Test
  void whoDeclaresNoTransferIsTold() throws Exception {
    assertThat(run("services: { legacy: { url: http://127.0.0.1:3000 } }", "backfill"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("no transfer is configured");
  }

  @Test
  void processesOfOneNumberAreToldApartByTheirMachines() throws Exception {
    assertThat(TransferWorking.self("gateway"))
        .isEqualTo(
            "the gateway of process %d at %s",
            ProcessHandle.current().pid(), InetAddress.getLocalHost().getHostName());
  }
}
