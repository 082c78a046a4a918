package dev.banyan.transfer.moving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.transfer.engine.Database;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.postgres.LogicalServer;
import dev.banyan.transfer.report.TransferFailed;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class MemoryTest {
  @RegisterExtension static final LogicalServer SERVER = new LogicalServer();

  @TempDir Path folder;

  private Database sqlite(String name) throws SQLException, TransferFailed {
    String url = "jdbc:sqlite:" + folder.resolve(name + ".db");
    wal(url);
    return Databases.open(
        new DatabaseOptions(name, url, null, null, 4, List.of()), Thread.ofVirtual().factory());
  }

  @Test
  void whoWasTakenForDeadEntersNoOwnerOverALaterOne() throws Exception {
    try (Database database = sqlite("there");
        Target notes = database.target("users_notes", List.of());
        Target rows = database.target("users", List.of())) {
      Memory memory = new Memory(notes, rows);
      assertThat(memory.read().reversed()).isFalse();

      memory.owner(true, 5);
      memory.owner(true, 5); // whoever recovers does so once more
      assertThatThrownBy(() -> memory.owner(false, 4))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("a later owner since (epoch 5, not 4)");
      assertThatThrownBy(() -> memory.owner(false, 5)).isInstanceOf(SQLException.class);
      assertThat(memory.read().reversed()).isTrue();
      assertThat(memory.read().epoch()).isEqualTo(5);

      memory.owner(false, 6);
      assertThat(memory.read().reversed()).isFalse();
    }
  }

  @Test
  void oneProcessAtATimeWorksOnIt() throws Exception {
    Duration silence = Duration.ofSeconds(10);
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    try (Database database = sqlite("there");
        Target notes = database.target("users_notes", List.of());
        Target rows = database.target("users", List.of())) {
      Memory memory = new Memory(notes, rows);
      memory.prepare();
      assertThat(memory.claim("one", now, silence, Optional.empty())).isEqualTo("one");
      Instant soon = now.plusSeconds(9);
      assertThat(memory.claim("two", soon, silence, Optional.empty())).isEqualTo("one");
      assertThat(memory.claim("one", soon, silence, Optional.empty())).isEqualTo("one");
      Instant later = soon.plusSeconds(11);
      assertThat(memory.claim("two", later, silence, Optional.empty())).isEqualTo("two");
      assertThat(memory.claim("one", later, silence, Optional.empty()))
          .as("taken for dead, and back")
          .isEqualTo("two");
      assertThat(memory.read().mover()).isEqualTo("two");
    }
  }

  @Test
  void aHandoverThatWasOvertakenLeavesTheNotesOfTheLaterOne() throws Exception {
    try (Database database = sqlite("there");
        Target notes = database.target("users_notes", List.of());
        Target rows = database.target("users", List.of())) {
      Memory memory = new Memory(notes, rows);
      long stopped = memory.nextTurn(0);
      memory.handover("forward: begun 1", stopped);
      long later = memory.nextTurn(7);
      assertThat(later).as("above what a database has seen").isEqualTo(8);
      memory.handover("back: begun 3", later);

      assertThatThrownBy(() -> memory.handover("", stopped))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("turn 8, not 1");
      assertThat(memory.read().handover()).isEqualTo("back: begun 3");
    }
  }

  @Test
  void noTwoHandoversGetOneTurnAndNoTwoProcessesNameWhatTheyMake() throws Exception {
    Side side = Side.postgres(SERVER);
    try (Database database = Databases.open(side.options("there"), Thread.ofVirtual().factory());
        Target notes = database.target("users_notes", List.of());
        Target rows = database.target("users", List.of());
        ExecutorService processes = Executors.newFixedThreadPool(4)) {
      Memory memory = new Memory(notes, rows);
      notes.prepare();
      List<Future<String>> suffixes = processes.invokeAll(Collections.nCopies(4, memory::suffix));
      List<Future<Long>> turns =
          processes.invokeAll(Collections.nCopies(40, () -> memory.nextTurn(0)));
      Set<String> suffix = new HashSet<>();
      for (Future<String> each : suffixes) {
        suffix.add(each.get());
      }
      assertThat(suffix).hasSize(1);
      Set<Long> given = new HashSet<>();
      for (Future<Long> each : turns) {
        given.add(each.get());
      }
      assertThat(given).hasSize(40).contains(1L, 40L);
    }
  }

  @Test
  void transfersOfOneNameIntoTwoTargetsShareNoNamesAtTheirSource() throws Exception {
    List<String> suffixes = new ArrayList<>();
    for (String file : List.of("one", "other")) {
      try (Database database = sqlite(file);
          Target notes = database.target("users_notes", List.of());
          Target rows = database.target("users", List.of())) {
        Memory memory = new Memory(notes, rows);
        suffixes.add(memory.suffix());
        memory.owner(false, 1);
        assertThat(memory.suffix()).as("it stays").isEqualTo(suffixes.getLast());
      }
    }
    assertThat(suffixes).doesNotHaveDuplicates().allMatch(each -> each.matches("_[0-9a-f]{8}"));
  }

  @Test
  void whatWasBegunUnderItsNameAloneKeepsIt() throws Exception {
    try (Database database = sqlite("there");
        Target notes = database.target("users_notes", List.of());
        Target rows = database.target("users", List.of())) {
      Memory memory = new Memory(notes, rows);
      assertThat(memory.read().reversed()).isFalse();
      memory.owner(true, 3);
      assertThat(memory.suffix()).isEmpty();
    }
  }

  private static void wal(String url) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("pragma journal_mode = wal");
      statement.execute("create table any_table (id integer primary key)");
    }
  }
}
