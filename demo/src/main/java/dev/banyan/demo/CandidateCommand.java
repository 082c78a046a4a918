package dev.banyan.demo;

import com.zaxxer.hikari.HikariDataSource;
import dev.banyan.demo.candidate.CandidateShop;
import dev.banyan.demo.candidate.ControlPort;
import dev.banyan.demo.candidate.Faults;
import dev.banyan.demo.shop.Connections;
import dev.banyan.demo.shop.Parent;
import dev.banyan.demo.shop.ShopServer;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Serves the candidate until standard input ends.
@Command(
    name = "candidate",
    description = "Serves the rewritten shop until standard input ends.",
    mixinStandardHelpOptions = true)
final class CandidateCommand implements Callable<Integer> {
  @Mixin ServiceOptions options = new ServiceOptions();

  @Option(
      names = "--orders-db",
      required = true,
      description = "JDBC URL of the candidate's own PostgreSQL, for orders.")
  String orders = "";

  @Option(
      names = "--faults",
      defaultValue = "none",
      description = "Contract faults: planted (all), none, or names divided by commas.")
  String planted = "none";

  @Override
  public Integer call() throws IOException {
    Faults faults = new Faults();
    faults.plant(Faults.parse(planted));
    try (HikariDataSource database = Connections.open(options.database);
        HikariDataSource own = Connections.open(orders)) {
      CandidateShop shop = new CandidateShop(database, own, faults);
      try (ShopServer server = ShopServer.start(options.port, shop);
          ShopServer control = ShopServer.start(0, new ControlPort(faults, shop))) {
        System.out.println(
            "candidate: serving on 127.0.0.1:"
                + server.port()
                + ", control on 127.0.0.1:"
                + control.port());
        Parent.awaitEnd(System.in);
      }
    }
    return 0;
  }
}
