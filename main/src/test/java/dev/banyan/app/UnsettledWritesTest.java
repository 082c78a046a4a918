package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.ConfigFile;
import dev.banyan.config.ConfigResult;
import dev.banyan.config.Environment;
import dev.banyan.cutover.RowAgreement;
import dev.banyan.dual.Entry;
import dev.banyan.dual.EntryState;
import dev.banyan.dual.Outbox;
import dev.banyan.migration.Side;
import dev.banyan.proxy.UncertainWrites;
import dev.banyan.store.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Writes to one side that were not answered as its owner changed.
class UnsettledWritesTest {
  private static final UncertainWrites.Sent PAID =
      new UncertainWrites.Sent(
          "orders", 3, Side.LEGACY, "POST", "/orders", 7, "r-1", "k-1", "backend-timeout");
  private static final RowAgreement.Moving AGREE =
      new RowAgreement.Moving(
          true,
          Duration.ZERO,
          Duration.ofSeconds(5),
          0,
          List.of(),
          new RowAgreement.Reconciled(10, 0, true, Duration.ZERO),
          Duration.ofMinutes(10));

  @TempDir private Path folder;
  private SqliteStore store;
  private DualSend dual;

  @BeforeEach
  void open() throws IOException {
    store = SqliteStore.open(folder.resolve("data"));
    dual = begun("");
  }

  @AfterEach
  void close() {
    dual.close();
    store.close();
  }

  private DualSend begun(String more) throws IOException {
    DualSend made =
        new DualSend(
            new DualSend.Ports(
                store.outbox(),
                (_, _, _, _, _, _) -> {
                  throw new AssertionError("nothing of it is sent");
                },
                () -> true,
                () -> null,
                "",
                Runnable::run,
                InstantSource.system(),
                System::nanoTime));
    made.adopt(config(more));
    return made;
  }

  private BanyanConfig config(String more) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("banyan.yaml"),
            """
            services:
              legacy: { url: http://127.0.0.1:3000 }
              next: { url: http://127.0.0.1:4000 }
            families:
              orders:
                routes: ["/orders"]
                candidate: next
                sticky: "header:x-unit"
                data: synced
                %s
            """
                .formatted(more));
    ConfigResult read = new ConfigFile(file, Environment.of(Map.of())).load();
    if (read instanceof ConfigResult.Loaded loaded) {
      return loaded.config();
    }
    throw new AssertionError(read);
  }

  private RowAgreement.Reading rows() {
    dual.outbox().refresh();
    return new BothAgreements(
            dual,
            new RowAgreement() {
              @Override
              public Reading of(String family) {
                return AGREE;
              }

              @Override
              public void forget(String family) {}
            },
            dual::indeterminate)
        .of("orders");
  }

  private void written() {
    dual.outbox().turn();
  }

  @Test
  void areListedUntilSomebodySettlesThem() throws IOException {
    assertThat(rows()).isEqualTo(AGREE);
    dual.keep(PAID);
    written();

    // As after a restart: it is in the store.
    DualSend again = begun("");
    Entry.Listed entry = again.outbox().list("orders", 0, 10).getFirst();
    assertThat(entry.state()).isEqualTo(EntryState.INDETERMINATE);
    assertThat(entry.owner()).isEqualTo(Side.LEGACY);
    assertThat(entry.method() + " " + entry.path()).isEqualTo("POST /orders");
    assertThat(entry.key()).isEqualTo("k-1");
    assertThat(entry.says()).isEqualTo("backend-timeout (request r-1, epoch 3)");
    assertThat(rows())
        .isInstanceOfSatisfying(
            RowAgreement.Moving.class,
            moving ->
                assertThat(moving.stopped())
                    .singleElement()
                    .asString()
                    .contains("1 writes were not answered", "banyan outbox list"));

    assertThat(dual.outbox().settling(entry.seq(), true, _ -> true))
        .as("nobody has the whole request")
        .isInstanceOfSatisfying(
            Outbox.Settled.Refused.class, no -> assertThat(no.why()).contains("discard it"));
    assertThat(dual.outbox().settling(entry.seq(), false, _ -> false))
        .isEqualTo(new Outbox.Settled.Done(entry));
    dual.outbox().discard(entry);
    assertThat(dual.outbox().list(null, 0, 10)).isEmpty();
    assertThat(rows()).isEqualTo(AGREE);
    again.close();
  }

  @Test
  void ofFamiliesWhoseWritesGoToBothSidesAreInTheOutboxAlready() throws IOException {
    dual.close();
    dual = begun("writes: dual");
    dual.keep(PAID);
    written();

    assertThat(dual.outbox().list(null, 0, 10)).isEmpty();
  }
}
