package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.config.ConfigFile;
import dev.banyan.config.ConfigResult;
import dev.banyan.config.ConfigWatcher;
import dev.banyan.config.Environment;
import dev.banyan.cutover.Change;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.Standing;
import dev.banyan.cutover.Written;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.ParityEvidence.EndpointParity;
import dev.banyan.migration.Phase;
import dev.banyan.parity.ParityStore;
import dev.banyan.store.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceOfOthersTest {
  private static final String SIDES =
      "http://127.0.0.1:3000\nhttp://127.0.0.1:%d\nunits by ip\nGET /users";

  @TempDir private Path directory;

  @Test
  void evidenceOfACandidateElsewhereBeginsAnewAtTheStart() throws IOException {
    keep(SIDES.formatted(4001));
    startAndStop();

    try (SqliteStore store = SqliteStore.open(data())) {
      assertThat(store.parity().load())
          .extractingByKey("users")
          .satisfies(kept -> {
            assertThat(kept.sides()).isEqualTo(SIDES.formatted(4000));
            assertThat(kept.evidence().compared()).isZero();
          });
      assertThat(store.migrations().page(0, 10))
          .filteredOn(entry -> entry.kind() == LedgerEntry.Kind.PARITY_RESET)
          .singleElement()
          .satisfies(entry -> {
            assertThat(entry.family()).isEqualTo("users");
            assertThat(entry.actor()).isEqualTo("banyan");
          });
    }
  }

  @Test
  void whereTheCandidateIsWatchedAllEvidenceOfOneElsewhereBeginsAnew() throws IOException {
    keep(SIDES.formatted(4001));
    watch();
    startAndStop();

    try (SqliteStore store = SqliteStore.open(data())) {
      assertThat(store.parity().load())
          .extractingByKey("users")
          .satisfies(kept -> assertThat(kept.evidence().compared()).isZero());
      assertThat(store.migrations().standings())
          .singleElement()
          .satisfies(standing -> {
            assertThat(standing.state().phase()).isEqualTo(new Phase.Shadow());
            assertThat(standing.state().epoch()).isEqualTo(2);
          });
      assertThat(store.migrations().page(1, 10))
          .filteredOn(entry -> entry.family() != null)
          .singleElement()
          .satisfies(entry -> {
            assertThat(entry.kind()).isEqualTo(LedgerEntry.Kind.DEPLOY);
            assertThat(entry.reason()).startsWith("a side is elsewhere: ");
          });
    }
  }

  @Test
  void byOtherRulesTheComparisonsAloneBeginAnew() throws IOException {
    keep(SIDES.formatted(4000) + "\nfile accepted every difference at body:$.at");
    watch();
    startAndStop();

    try (SqliteStore store = SqliteStore.open(data())) {
      assertThat(store.migrations().standings())
          .singleElement()
          .satisfies(standing -> assertThat(standing.state().epoch()).isEqualTo(1));
    }
  }

  /// The family is in shadow.
  private void watch() throws IOException {
    FamilyState first = FamilyState.initial("users", Instant.EPOCH);
    FamilyState shadow = first.moved(new Phase.Shadow(), Instant.EPOCH);
    LedgerEntry.Draft draft =
        new LedgerEntry.Draft(
            Instant.EPOCH,
            LedgerEntry.Kind.PROMOTE,
            "users",
            "ann",
            "because",
            first,
            shadow,
            List.of(),
            null,
            null);
    try (SqliteStore store = SqliteStore.open(data())) {
      Change move = new Change.Move(new Standing(first, null), new Standing(shadow, null));
      assertThat(store.migrations().write(draft, move, null)).isInstanceOf(Written.Done.class);
    }
  }

  @Test
  void evidenceOfTheSameSidesStays() throws IOException {
    keep(SIDES.formatted(4000));
    startAndStop();

    try (SqliteStore store = SqliteStore.open(data())) {
      assertThat(store.parity().load())
          .extractingByKey("users")
          .satisfies(kept -> assertThat(kept.evidence().compared()).isEqualTo(400));
      assertThat(store.migrations().page(0, 10))
          .extracting(LedgerEntry::kind)
          .containsExactly(LedgerEntry.Kind.START);
    }
  }

  @Test
  void evidenceByOtherRulesBeginsAnewAtTheStart() throws IOException {
    keep(SIDES.formatted(4000) + "\nfile accepted every difference at body:$.at");
    startAndStop();

    try (SqliteStore store = SqliteStore.open(data())) {
      assertThat(store.parity().load())
          .extractingByKey("users")
          .satisfies(kept -> assertThat(kept.evidence().compared()).isZero());
      assertThat(store.migrations().page(0, 10))
          .filteredOn(entry -> entry.kind() == LedgerEntry.Kind.PARITY_RESET)
          .singleElement()
          .satisfies(entry -> assertThat(entry.reason()).contains("rules"));
    }
  }

  private Path data() {
    return directory.resolve("data");
  }

  private void keep(String sides) throws IOException {
    Endpoint endpoint = new Endpoint("GET", "/users");
    ParityEvidence evidence =
        new ParityEvidence(
            Instant.EPOCH,
            400,
            400,
            0,
            0,
            0,
            Map.of(),
            Map.of(),
            List.of(new EndpointParity(endpoint, 200, 400, 0, 0, List.of())));
    try (SqliteStore store = SqliteStore.open(data())) {
      store.parity().save("users", new ParityStore.Kept(sides, evidence));
    }
  }

  private void startAndStop() throws IOException {
    Path file = directory.resolve("banyan.yaml");
    Files.writeString(
        file,
        """
        listen: 127.0.0.1:0
        control: { listen: "127.0.0.1:0" }
        services:
          legacy: { url: http://127.0.0.1:3000 }
          users: { url: http://127.0.0.1:4000 }
        families:
          users: { routes: ["GET /users"], candidate: users }
        """);
    ConfigWatcher watcher = new ConfigWatcher(new ConfigFile(file, Environment.of(Map.of())));
    ConfigResult.Loaded loaded = (ConfigResult.Loaded) watcher.load();
    Banyan.start(new Banyan.Setup(loaded.config(), watcher, file, data(), "test")).close();
  }
}
