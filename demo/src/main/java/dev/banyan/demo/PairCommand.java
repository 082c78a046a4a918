package dev.banyan.demo;

import com.zaxxer.hikari.HikariDataSource;
import dev.banyan.demo.candidate.CandidateShop;
import dev.banyan.demo.candidate.Faults;
import dev.banyan.demo.legacy.LegacyShop;
import dev.banyan.demo.shop.Connections;
import dev.banyan.demo.shop.Parent;
import dev.banyan.demo.shop.ShopDatabase;
import dev.banyan.demo.shop.ShopServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Serves both shops, each over a copy of its own of the same rows, until standard input ends.
@Command(
    name = "pair",
    description = {
      "Serves the legacy and the candidate, each over a copy of its own of the same rows,",
      "for `banyan compare`. Ends with standard input, or when interrupted."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./banyan demo pair --faults planted"})
final class PairCommand implements Callable<Integer> {
  @Option(
      names = "--legacy-port",
      defaultValue = "3000",
      description = "0 for a free one. Default: 3000.")
  int legacyPort;

  @Option(
      names = "--candidate-port",
      defaultValue = "4000",
      description = "0 for a free one. Default: 4000.")
  int candidatePort;

  @Option(
      names = "--faults",
      defaultValue = "none",
      description = "Contract faults: planted (all), none, or names divided by commas.")
  String planted = "none";

  @Override
  public Integer call() throws IOException, SQLException {
    Path directory = Files.createTempDirectory("banyan-pair-");
    try (ShopDatabase database = ShopDatabase.start(directory)) {
      serve(database);
    } finally {
      delete(directory);
    }
    return 0;
  }

  private void serve(ShopDatabase database) throws IOException, SQLException {
    Faults faults = new Faults();
    faults.plant(Faults.parse(planted));
    database.copy("pair");
    try (HikariDataSource legacyRows = Connections.open(database.url(ShopDatabase.SHOP, "legacy"));
        HikariDataSource candidateRows = Connections.open(database.url("pair", "candidate"));
        ShopServer legacy = ShopServer.start(legacyPort, new LegacyShop(legacyRows));
        ShopServer candidate =
            ShopServer.start(
                candidatePort, new CandidateShop(candidateRows, candidateRows, faults))) {
      System.out.println(
          "pair: legacy on http://127.0.0.1:"
              + legacy.port()
              + ", candidate on http://127.0.0.1:"
              + candidate.port());
      Parent.awaitEnd(System.in);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
