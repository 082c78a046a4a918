package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `banyan.yaml` changes while its transfers run: one stays, one gets a further table, one goes,
/// one comes.
@ExtendWith(Transcripts.class)
final class TransferReloadIT {
  private static final int ROWS = 500;

  @TempDir Path directory;

  /// @param transfers each is called as its family
  private static String config(Postgres postgres, Sides sides, Map<String, String> transfers) {
    StringBuilder families = new StringBuilder("families:\n");
    StringBuilder moves = new StringBuilder();
    transfers.forEach((name, tables) -> {
      families.append(Sides.family(name, "data: synced"));
      moves.append(
          "  %1$s: { from: old, to: new, families: [%1$s], tables: [%2$s] }%n"
              .formatted(name, tables));
    });
    return sides.services()
        + families
        + """
        databases:
          old: { url: "%s", user: postgres, password: p }
          new: { url: "%s", user: postgres, password: p }
        transfers:
        """
            .formatted(postgres.url("old"), postgres.url("new"))
        + moves;
  }

  private static void prepare(Postgres postgres) throws Exception {
    postgres.stop();
    postgres.set("wal_level", "logical").again();
    postgres.run("postgres", "create database old", "create database new");
    for (String table : List.of("stays", "grows", "grown", "goes", "comes")) {
      String create = "create table " + table + " (id int primary key, v text)";
      postgres.run(
          "old",
          create,
          "insert into " + table + " select n, 'v' from generate_series(1, " + ROWS + ") n");
      postgres.run("new", create);
    }
  }

  private static List<String> reconciled(Banyan banyan) throws Exception {
    List<String> names = new ArrayList<>();
    for (JsonNode each :
        banyan.control().get("/api/v1/transfers").done().json().path("transfers")) {
      if (each.path("status").path("phase").asString("").equals("reconciled")) {
        names.add(each.path("name").asString(""));
      }
    }
    return names;
  }

  private static void write(Postgres postgres, int id) throws Exception {
    for (String table : List.of("stays", "grows", "grown", "goes", "comes")) {
      postgres.run("old", "insert into " + table + " values (" + id + ", 'later')");
    }
  }

  private static void arrives(Postgres postgres, String table, int id) throws Exception {
    Await.until(
        "row " + id + " of " + table + " is there, and all of before",
        Await.BOUND.multipliedBy(3),
        () ->
            postgres
                .ask(
                    "new",
                    "select count(*) filter (where v = 'v') || ' ' || count(*) filter (where id = "
                        + id
                        + ") from "
                        + table)
                .equals(ROWS + " 1"));
  }

  private static String slots(Postgres postgres, String transfer) throws Exception {
    return postgres.ask(
        "old",
        "select count(*) from pg_replication_slots where slot_name like 'banyan\\_"
            + transfer
            + "\\_%'");
  }

  @Test
  void eachTransferDoesWhatTheFileSaysByNow() throws Exception {
    try (Postgres postgres = Postgres.start();
        Sides sides = Sides.open()) {
      prepare(postgres);
      String before =
          config(postgres, sides, new TreeMap<>(Map.of("a", "stays", "b", "grows", "c", "goes")));
      try (Banyan banyan = Banyan.serving(before)) {
        Await.until(
            "all agree",
            Await.BOUND.multipliedBy(3),
            () -> reconciled(banyan).equals(List.of("a", "b", "c")));
        banyan.replace(
            config(
                postgres,
                sides,
                new TreeMap<>(Map.of("a", "stays", "b", "grows, grown", "d", "comes"))));
        write(postgres, ROWS + 1);
        banyan.control().post("/api/v1/reload", "{}").done();
        write(postgres, ROWS + 2);
        for (String table : List.of("stays", "grows", "grown", "comes")) {
          arrives(postgres, table, ROWS + 1);
          arrives(postgres, table, ROWS + 2);
        }
        Await.until(
            "they agree as the file has them now",
            Await.BOUND.multipliedBy(3),
            () -> reconciled(banyan).equals(List.of("a", "b", "d")));
        assertThat(postgres.ask("new", "select count(*) from goes where id > " + (ROWS + 1)))
            .as("nobody moves it any more")
            .isEqualTo("0");
        assertThat(slots(postgres, "c")).as("which stays until it is removed").isEqualTo("1");

        Path former = Files.writeString(directory.resolve("former.yaml"), before);
        Program.Ended removed = banyan.command("transfer", "remove", "c", "-f", former.toString());
        assertThat(removed.exit()).as(removed.said()).isZero();
        assertThat(slots(postgres, "c")).isEqualTo("0");
        write(postgres, ROWS + 3);
        arrives(postgres, "stays", ROWS + 3);
        arrives(postgres, "comes", ROWS + 3);
      }
    }
  }
}
