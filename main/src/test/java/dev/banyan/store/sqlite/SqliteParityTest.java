package dev.banyan.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Endpoint;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.Severity;
import dev.banyan.parity.ParityStore;
import dev.banyan.parity.ParityStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteParityTest extends ParityStoreContract {
  @TempDir private Path directory;
  private SqliteStore store;

  @BeforeEach
  void open() throws IOException {
    store = SqliteStore.open(directory);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Override
  protected ParityStore store() {
    return store.parity();
  }

  /// What the version before wrote: no statuses, nothing accepted, no drops.
  @Test
  void readsWhatAnOlderVersionKept() {
    String old =
        """
        {"since":"2026-01-02T03:04:05Z","compared":10,"matched":8,"mismatched":2,"raced":1,\
        "skipped":{"too large":3},"endpoints":[{"endpoint":{"method":"GET","template":"/users"},\
        "compared":10,"mismatched":2,"differences":[{"where":"body:$.a","kind":"type",\
        "severity":"RISKY","count":2,"samples":[{"request":"GET /users","legacy":"1",\
        "candidate":"(absent)"}]}]}]}\
        """;
    store
        .database()
        .transaction(
            "for the test",
            connection -> {
              try (PreparedStatement insert =
                  connection.prepareStatement("insert into parity values ('users', ?, 'sides')")) {
                insert.setString(1, old);
                return insert.executeUpdate();
              }
            });

    ParityEvidence.FieldDifference field =
        new ParityEvidence.FieldDifference(
            "body:$.a",
            "type",
            Severity.RISKY,
            2,
            null,
            null,
            false,
            List.of(new ParityEvidence.Sample("GET /users", "1", "(absent)")));
    assertThat(store().load())
        .containsExactly(
            Map.entry(
                "users",
                new ParityStore.Kept(
                    "sides",
                    new ParityEvidence(
                        Instant.parse("2026-01-02T03:04:05Z"),
                        10,
                        8,
                        2,
                        0,
                        1,
                        Map.of("too large", 3L),
                        Map.of(),
                        List.of(
                            new ParityEvidence.EndpointParity(
                                new Endpoint("GET", "/users"), 0, 10, 2, 0, List.of(field)))))));
  }
}
